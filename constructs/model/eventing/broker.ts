import { annotations, type Broker, BrokerType } from '../../../lib/api';
import { defined, ifSet } from '../shape';
import { type DeliveryLike, deliverySpec } from './delivery';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { referenceTo, type SinkTarget } from './sink';

/**
 * A place to which events are sent, and from which triggers take those that they want.
 * @see https://knative.dev/docs/eventing/brokers/
 */
export interface BrokerProps extends EventingProps {
  /** What makes it work: `MTChannelBasedBroker`, `Kafka`, … It cannot be changed later. @default - the installation's */
  readonly class?: string;
  /** Settings of the class: a ConfigMap, or whatever it wants. A name alone is that of a ConfigMap. @default - the installation's */
  readonly config?: SinkTarget;
  /** How events are delivered by triggers that do not say. @default - the installation's: 10 retries, exponential from 0.2 s */
  readonly delivery?: DeliveryLike;
}

function configReference(config: SinkTarget, namespace: string | undefined) {
  const { name, apiVersion = 'v1', kind = 'ConfigMap', namespace: own, metadata } = config;
  return referenceTo({ name, apiVersion, kind, namespace: own ?? metadata?.namespace }, namespace);
}

export const brokerRecipe = eventingRecipe<BrokerProps, Broker>(
  BrokerType,
  { ...eventingPropNames, class: 'any', config: 'any', delivery: 'any' },
  ({ config, delivery }, namespace) => ({
    ...defined({
      config: ifSet(config, (target) => configReference(target, namespace)),
      delivery: deliverySpec(delivery, namespace),
    }),
  }),
  { annotations: (props) => ({ [annotations.brokerClass[0]]: props.class }) },
);
