import { type Parallel, ParallelType, type Sequence, SequenceType } from '../../../lib/api';
import { defined, ifSet, isRecord } from '../shape';
import type { ChannelTemplate } from './channel';
import { type DeliveryLike, deliverySpec } from './delivery';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { destinationOf, type SinkInput } from './sink';

/** One step, where it says more than who gets the event. */
export interface SequenceStepProps {
  /** Who gets the event; its answer goes to the next step. */
  readonly to: SinkInput;
  /** How events are delivered to it. @default - one attempt */
  readonly delivery?: DeliveryLike;
}

/** What every flow can be told. */
interface FlowProps extends EventingProps {
  /** Where the last answer goes. @default - it is dropped */
  readonly reply?: SinkInput;
  /** The kind of channel between the steps. @default - the installation's */
  readonly channelTemplate?: ChannelTemplate;
}

/**
 * Steps that an event passes one after the other: each gets what the one before it answered.
 * @see https://knative.dev/docs/eventing/flows/sequence/
 */
export interface SequenceProps extends FlowProps {
  /** The steps, in order: services or other addressables, or `{ to, delivery }`. */
  readonly steps: readonly (SinkInput | SequenceStepProps)[];
}

/** One way that an event may take. */
export interface ParallelBranchProps {
  /** Asked first: the event passes if it answers with one. @default - every event passes */
  readonly filter?: SinkInput;
  /** Who gets the event. */
  readonly to: SinkInput;
  /** Where the answer goes. @default - to the reply of the whole */
  readonly reply?: SinkInput;
  /** How events are delivered. @default - one attempt */
  readonly delivery?: DeliveryLike;
}

/**
 * Ways that an event takes at the same time, each of them after a filter.
 * @see https://knative.dev/docs/eventing/flows/parallel/
 */
export interface ParallelProps extends FlowProps {
  /** The ways. */
  readonly branches: readonly ParallelBranchProps[];
}

const stepOf = (step: SinkInput | SequenceStepProps): SequenceStepProps =>
  isRecord(step) && 'to' in step ? (step as SequenceStepProps) : { to: step as SinkInput };

const flowPart = ({ reply, channelTemplate }: FlowProps, namespace: string | undefined) =>
  defined({ channelTemplate, reply: ifSet(reply, (sink) => destinationOf(sink, namespace)) });

const flowPropNames = { ...eventingPropNames, reply: 'any', channelTemplate: 'any' } as const;

export const sequenceRecipe = eventingRecipe<SequenceProps, Sequence>(
  SequenceType,
  { ...flowPropNames, steps: 'any' },
  (props, namespace) => ({
    ...flowPart(props, namespace),
    steps: (props.steps ?? []).map(stepOf).map(({ to, delivery }) => ({
      ...destinationOf(to, namespace),
      ...defined({ delivery: deliverySpec(delivery, namespace) }),
    })),
  }),
);

export const parallelRecipe = eventingRecipe<ParallelProps, Parallel>(
  ParallelType,
  { ...flowPropNames, branches: 'any' },
  (props, namespace) => ({
    ...flowPart(props, namespace),
    branches: (props.branches ?? []).map(({ filter, to, reply, delivery }) => ({
      subscriber: destinationOf(to, namespace),
      ...defined({
        filter: ifSet(filter, (sink) => destinationOf(sink, namespace)),
        reply: ifSet(reply, (sink) => destinationOf(sink, namespace)),
        delivery: deliverySpec(delivery, namespace),
      }),
    })),
  }),
);
