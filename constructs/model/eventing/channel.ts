import { type Channel, ChannelType, type InMemoryChannel, InMemoryChannelType } from '../../../lib/api';
import { defined } from '../shape';
import { type DeliveryLike, deliverySpec } from './delivery';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';

/** A kind of channel, with the settings that channels of that kind take. */
export interface ChannelTemplate {
  readonly apiVersion: string;
  readonly kind: string;
  /** @default - the kind's own defaults */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** A channel that keeps events in memory: what is not delivered when it ends is lost. */
export interface InMemoryChannelProps extends EventingProps {
  /** How events are delivered by subscriptions that do not say. @default - one attempt */
  readonly delivery?: DeliveryLike;
}

/**
 * A channel of the kind that the installation provides: events that are sent to it go to all of its subscriptions.
 * @see https://knative.dev/docs/eventing/channels/
 */
export interface ChannelProps extends InMemoryChannelProps {
  /** The kind of channel behind it. It cannot be changed later. @default - the installation's */
  readonly template?: ChannelTemplate;
}

export const inMemoryChannelRecipe = eventingRecipe<InMemoryChannelProps, InMemoryChannel>(
  InMemoryChannelType,
  { ...eventingPropNames, delivery: 'any' },
  ({ delivery }, namespace) => ({ ...defined({ delivery: deliverySpec(delivery, namespace) }) }),
);

export const channelRecipe = eventingRecipe<ChannelProps, Channel>(
  ChannelType,
  { ...eventingPropNames, delivery: 'any', template: 'any' },
  ({ delivery, template }, namespace) => ({
    ...defined({ channelTemplate: template, delivery: deliverySpec(delivery, namespace) }),
  }),
);
