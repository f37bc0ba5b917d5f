import type { DeliverySpec, PhysicalSubscription, Stored, SubscriberSpec, Subscription } from '../../../api';
import { semanticEqual } from '../../engine/json';
import type { Patch } from '../../reconciler';
import { type ChannelObject, channelTypeOf } from '../channel-kind';
import { deadLetterDestination } from '../dead-letter';

/** How the events of a subscription are delivered: as it says, else as its channel says, never a mixture; but for dead letters. */
function deliveryOf({ spec }: Subscription, physical: PhysicalSubscription, channel: ChannelObject): DeliverySpec | undefined {
  const { deadLetterSink: _resolved, ...rest } = spec.delivery ?? channel.spec?.delivery ?? {};
  const delivery = { ...rest, ...deadLetterDestination(physical) };
  return Object.keys(delivery).length > 0 ? delivery : undefined;
}

/** The entry of a subscription in its channel. */
export function subscriberOf(
  subscription: Stored<Subscription>,
  physical: PhysicalSubscription,
  channel: ChannelObject,
): SubscriberSpec {
  const { name, uid, generation } = subscription.metadata;
  const {
    deadLetterSinkUri: _uri,
    deadLetterSinkCACerts: _certificates,
    deadLetterSinkAudience: _audience,
    ...addresses
  } = physical;
  const delivery = deliveryOf(subscription, physical, channel);
  return { name, uid, ...(generation ? { generation } : {}), ...addresses, ...(delivery ? { delivery } : {}) };
}

/**
 * The patch that makes the entry of a subscription what it should be, or takes it out; undefined if nothing has to change. It is
 * refused if the channel has changed meanwhile, so that no entry of another subscription is lost.
 */
export function subscriberPatch(
  channel: Stored<ChannelObject>,
  uid: string,
  entry: SubscriberSpec | undefined,
): Patch | undefined {
  const { subscribers = [] } = channel.spec ?? {};
  const at = subscribers.findIndex((one) => one.uid === uid);
  const others = subscribers.filter((one, i) => i === at || one.uid !== uid);
  const next = entry
    ? at < 0
      ? [...others, entry]
      : others.map((one) => (one.uid === uid ? entry : one))
    : others.filter((one) => one.uid !== uid);
  if (semanticEqual(next, subscribers)) return undefined;
  const type = channelTypeOf(channel)!;
  const { namespace, name, resourceVersion } = channel.metadata;
  return { type, namespace, name, patch: { merge: { spec: { subscribers: next } } }, resourceVersion };
}
