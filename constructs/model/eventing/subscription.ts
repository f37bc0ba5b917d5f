import { apiVersionOf, ChannelType, type Subscription, SubscriptionType } from '../../../lib/api';
import { defined, ifSet } from '../shape';
import { type ConsumerProps, consumerAnnotations, consumerProblems, consumerPropNames } from './consumer';
import { type DeliveryLike, deliverySpec } from './delivery';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { destinationOf, referenceTo, type SinkInput, type SinkTarget } from './sink';

/** Who gets the events of a channel. */
export interface SubscriptionOptions extends EventingProps, ConsumerProps {
  /** Who gets the events. */
  readonly to: SinkInput;
  /** Where the answers go. @default - they are dropped */
  readonly reply?: SinkInput;
  /** How events are delivered. @default - as the channel says */
  readonly delivery?: DeliveryLike;
}

/**
 * The events of a channel that go to one subscriber.
 * @see https://knative.dev/docs/eventing/channels/subscriptions/
 */
export interface SubscriptionProps extends SubscriptionOptions {
  /** The channel, of any kind, or the name of a Channel in the same namespace. It cannot be changed later. */
  readonly channel: string | SinkTarget;
}

function channelOf(channel: string | SinkTarget, namespace: string | undefined) {
  const target: SinkTarget = typeof channel === 'string' ? { name: channel } : channel;
  const { name, apiVersion = apiVersionOf(ChannelType), kind = ChannelType.kind } = target;
  return referenceTo({ name, apiVersion, kind, namespace: target.namespace ?? target.metadata?.namespace }, namespace);
}

export const subscriptionRecipe = eventingRecipe<SubscriptionProps, Subscription>(
  SubscriptionType,
  { ...eventingPropNames, ...consumerPropNames, ...{ channel: 'any', to: 'any', reply: 'any', delivery: 'any' } },
  ({ channel, to, reply, delivery }, namespace) => ({
    channel: channelOf(channel ?? '', namespace),
    subscriber: destinationOf(to, namespace),
    ...defined({
      reply: ifSet(reply, (sink) => destinationOf(sink, namespace)),
      delivery: deliverySpec(delivery, namespace),
    }),
  }),
  { annotations: consumerAnnotations, problems: consumerProblems },
);
