import { annotations, apiVersionOf, BrokerType, type Trigger, TriggerType } from '../../../lib/api';
import type { Problem } from '../findings';
import { defined } from '../shape';
import { type ConsumerProps, consumerAnnotations, consumerProblems, consumerPropNames } from './consumer';
import { type DeliveryLike, deliverySpec } from './delivery';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { type FilterLike, looksAtData } from './filter';
import { destinationOf, referenceTo, type SinkInput, type SinkTarget } from './sink';

/** Which events of a broker go where. */
export interface TriggerOptions extends EventingProps, ConsumerProps {
  /** Who gets the events. */
  readonly to: SinkInput;
  /** Which events, beside their type; all of a list must match. @default - all */
  readonly where?: FilterLike | readonly FilterLike[];
  /** How events are delivered. @default - as the broker says */
  readonly delivery?: DeliveryLike;
  /** An object that must be ready first, such as the source of the events. @default - none */
  readonly dependsOn?: SinkTarget;
}

/**
 * The events of a broker that go to one subscriber.
 * @see https://knative.dev/docs/eventing/triggers/
 */
export interface TriggerProps extends TriggerOptions {
  /** The broker, or the name of one in the same namespace. It cannot be changed later. */
  readonly broker: string | SinkTarget;
  /** Type of the events: short for `Filter.exact({ type })`. @default - every type */
  readonly type?: string;
}

const listOf = (where: TriggerProps['where']): readonly FilterLike[] =>
  where === undefined ? [] : Array.isArray(where) ? (where as readonly FilterLike[]) : [where as FilterLike];

const filtersOf = ({ type, where }: TriggerProps) => [
  ...(type === undefined ? [] : [{ exact: { type } }]),
  ...listOf(where).map(({ spec }) => spec),
];

function brokerOf(broker: TriggerProps['broker'], namespace: string | undefined) {
  if (typeof broker === 'string') return { broker };
  const own = broker?.namespace ?? broker?.metadata?.namespace;
  if (own === undefined || own === namespace) return { broker: broker?.name };
  return {
    brokerRef: referenceTo(
      { apiVersion: apiVersionOf(BrokerType), kind: BrokerType.kind, name: broker.name, namespace: own },
      namespace,
    ),
  };
}

const DATA_FILTER: Problem = {
  message: "the dialect 'data' is this package's own: upstream Knative drops the filter, and the trigger takes every event",
  paths: ['spec.filters'],
  remedy: 'Use it where the platform of this package runs; elsewhere put what you filter by into an attribute.',
  level: 'warning',
  rule: 'data-filter',
};

/** A trigger for one type joins nothing. */
const joinProblems = ({ type, join }: TriggerProps): Problem[] =>
  type === undefined || !join?.types
    ? []
    : [
        {
          message: `events of type ${type} alone come here, and none to join with them`,
          paths: ['join.types'],
          remedy: 'Leave the type out: onAny() and join.types say which events are wanted.',
        },
      ];

export const triggerRecipe = eventingRecipe<TriggerProps, Trigger>(
  TriggerType,
  {
    ...eventingPropNames,
    ...consumerPropNames,
    ...{ broker: 'any', type: 'any', to: 'any', where: 'any', delivery: 'any', dependsOn: 'any' },
  },
  (props, namespace) => {
    const filters = filtersOf(props);
    return {
      ...brokerOf(props.broker, namespace),
      ...(filters.length > 0 ? { filters } : {}),
      subscriber: destinationOf(props.to, namespace),
      ...defined({ delivery: deliverySpec(props.delivery, namespace) }),
    };
  },
  {
    annotations: ({ dependsOn, ...props }) => ({
      ...consumerAnnotations(props),
      [annotations.dependency[0]]: dependsOn && JSON.stringify(referenceTo(dependsOn, undefined)),
    }),
    problems: (props) => [
      ...(filtersOf(props).some(looksAtData) ? [DATA_FILTER] : []),
      ...consumerProblems(props),
      ...joinProblems(props),
    ],
  },
);
