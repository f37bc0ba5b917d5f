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
 * The patch that makes the entry of a subscription what it should be, or takes it out; undefined if nothing has to change. A new one
 * is put behind the others whatever they are; any other change is refused if the channel has changed meanwhile, so that no entry of
 * another subscription is lost.
 */
export function subscriberPatch(
  channel: Stored<ChannelObject>,
  uid: string,
  entry: SubscriberSpec | undefined,
): Patch | undefined {
  const { subscribers = [] } = channel.spec ?? {};
  const { namespace, name, resourceVersion } = channel.metadata;
  const target = { type: channelTypeOf(channel)!, namespace, name };
  const at = subscribers.findIndex((one) => one.uid === uid);
  if (entry && at < 0 && subscribers.length > 0) {
    return { ...target, patch: { json: [{ op: 'add', path: '/spec/subscribers/-', value: entry }] } };
  }
  const next = subscribers.flatMap((one, i) => (one.uid !== uid ? [one] : entry && i === at ? [entry] : []));
  if (entry && at < 0) next.push(entry);
  if (semanticEqual(next, subscribers)) return undefined;
  return { ...target, patch: { merge: { spec: { subscribers: next } } }, resourceVersion };
}
