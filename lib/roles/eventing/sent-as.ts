import {
  type AuthStatus,
  type Broker,
  BrokerType,
  type InMemoryChannel,
  type PhysicalSubscription,
  type Stored,
  type SubscriberSpec,
  type Subscription,
  type Trigger,
} from '../../api';
import { audienceOf } from '../../control';
import type { ConsumerSpec, Destination } from '../../eventing';
import { isOf } from './subscribed-channel';

/** A destination to which events go as the service account of a status, in the namespace of its object. */
export function sentAs(to: Destination, namespace: string | undefined, auth: AuthStatus | undefined): Destination {
  const { serviceAccountName } = auth ?? {};
  return serviceAccountName ? { ...to, identity: `${namespace}/${serviceAccountName}` } : to;
}

/** By whom a consumer was made, and what it may prove that with. */
export interface ConsumedBy {
  /** The namespace of the trigger or subscription. */
  readonly namespace: string | undefined;
  /** What its own status says: never what the object says at which it consumes, since others may write that. */
  readonly auth: AuthStatus | undefined;
  /** Whether its dead letters go where it says itself, or where someone in its own namespace says. Else they are nobody's. */
  readonly ownLetters: boolean;
  /** Audience of what replies go to, unless that is said. */
  readonly replyAudience?: string;
}

/**
 * A consumer whose events go everywhere as its service account. Until there is one they wait: without a token they would be refused for
 * good.
 */
export function consumedAs(spec: ConsumerSpec, { namespace, auth, ownLetters, replyAudience }: ConsumedBy): ConsumerSpec {
  const { subscriber, reply, deadLetterSink } = spec;
  const as = (to: Destination): Destination => sentAs(to, namespace, auth);
  const audience = replyAudience ? { audience: replyAudience } : {};
  return {
    ...spec,
    subscriber: subscriber && auth?.serviceAccountName ? as(subscriber) : undefined,
    ...(reply ? { reply: as({ ...audience, ...reply }) } : {}),
    ...(deadLetterSink ? { deadLetterSink: ownLetters ? as(deadLetterSink) : deadLetterSink } : {}),
  };
}

/** As `consumedAs`, of a trigger. */
export const triggeredAs = (
  spec: ConsumerSpec,
  { metadata, spec: { delivery }, status }: Trigger,
  broker: Broker,
): ConsumerSpec =>
  consumedAs(spec, {
    namespace: metadata.namespace,
    auth: status?.auth,
    ownLetters: delivery?.deadLetterSink !== undefined || metadata.namespace === broker.metadata.namespace,
    replyAudience: audienceOf(BrokerType, broker),
  });

/**
 * As `consumedAs`, of an entry of a channel. Who may write a channel may write whatever entry: it is sent as the account of a Subscription
 * only if that is there, means this channel, and has itself resolved all the addresses that the entry has. Else its events wait.
 *
 * @param links whether a Subscription may be of another namespace than its channel
 */
export function subscribedAs(
  spec: ConsumerSpec,
  entry: SubscriberSpec,
  subscription: Stored<Subscription> | undefined,
  channel: Stored<InMemoryChannel>,
  links: boolean,
): ConsumerSpec {
  const { metadata, status } = subscription ?? {};
  const trusted =
    subscription !== undefined &&
    !subscription.metadata.deletionTimestamp &&
    isOf(subscription, channel, links) &&
    isResolved(entry, status?.physicalSubscription);
  return consumedAs(spec, {
    namespace: metadata?.namespace,
    auth: trusted ? status?.auth : undefined,
    ownLetters: subscription?.spec.delivery?.deadLetterSink !== undefined || metadata?.namespace === channel.metadata.namespace,
  });
}

/** Whether an entry leads where its Subscription does. */
function isResolved(entry: SubscriberSpec, physical: PhysicalSubscription = {}): boolean {
  const { uri, CACerts, audience } = entry.delivery?.deadLetterSink ?? {};
  const same = ([is, should]: readonly [string | undefined, string | undefined]): boolean => (is || '') === (should || '');
  return [
    [entry.subscriberUri, physical.subscriberUri] as const,
    [entry.subscriberCACerts, physical.subscriberCACerts] as const,
    [entry.subscriberAudience, physical.subscriberAudience] as const,
    [entry.replyUri, physical.replyUri] as const,
    [entry.replyCACerts, physical.replyCACerts] as const,
    [entry.replyAudience, physical.replyAudience] as const,
    [uri, physical.deadLetterSinkUri] as const,
    [CACerts, physical.deadLetterSinkCACerts] as const,
    [audience, physical.deadLetterSinkAudience] as const,
  ].every(same);
}
