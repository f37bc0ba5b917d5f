import {
  type Conditions,
  type Destination,
  type PhysicalSubscription,
  ServiceAccountType,
  type ServingConfig,
  type Stored,
  type Subscription,
  type SubscriptionStatus,
  SubscriptionType,
  setDefaults,
  subscriptionConditions,
} from '../../../api';
import { finalizerPatch } from '../../metadata';
import type { Observed, Patch, Plan, PlannedEvent, Reconciler } from '../../reconciler';
import { ResolveError } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { type ChannelObject, channelTypes } from '../channel-kind';
import { deadLetterFields, deadLetterStatus } from '../dead-letter';
import { destinationReads, resolveDestination, type Target } from '../destination';
import { identityReads, planIdentity } from '../identity';
import { eventingAddressables } from '../kinds';
import { channelReads, findChannel, formerChannel, formerChannelReads } from './channel';
import { subscriberOf, subscriberPatch } from './subscriber';

const FINALIZER = 'subscriptions.messaging.knative.dev';
const NOT_READY = 'SubscriptionNotMarkedReadyByChannel';

/** The subscription cannot go on; the conditions say so already. */
class Stop extends Error {
  constructor(
    readonly reason: string,
    message: string,
  ) {
    super(message);
  }
}

const isSet = (destination: Destination | undefined): destination is Destination =>
  destination !== undefined && Object.keys(destination).length > 0;

/** The plan of one Subscription while it is put together. */
class SubscriptionPlan {
  readonly #subscription: Stored<Subscription>;
  readonly #patch: Patch[] = [];
  readonly #events: PlannedEvent[] = [];
  #physical: PhysicalSubscription;
  #conditions: Conditions;

  constructor(
    private readonly parent: Stored<Subscription>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    this.#subscription = setDefaults(parent, config);
    this.#conditions = beginConditions(parent, subscriptionConditions, now);
    this.#physical = parent.status?.physicalSubscription ?? {};
  }

  make(): Plan {
    const { apply, remove, ...identity } = planIdentity(
      this.#conditions,
      SubscriptionType,
      this.parent,
      this.observed,
      this.config,
    );
    this.#conditions = identity.conditions;
    this.#leaveFormer();
    try {
      const channel = this.#findChannel();
      this.#resolve(channel);
      this.#planEntry(channel, identity.fields);
      this.#markChannel(channel);
    } catch (error) {
      if (!(error instanceof Stop)) throw error;
      const events = errorEvents(this.parent, this.#conditions, error.message);
      this.#events.push(...events.map((event) => ({ ...event, reason: error.reason })));
    }
    const physicalSubscription = Object.keys(this.#physical).length > 0 ? { physicalSubscription: this.#physical } : {};
    const fields = { ...physicalSubscription, ...identity.fields };
    const status: SubscriptionStatus = finishStatus(this.parent, this.#conditions, fields);
    return { apply, remove, patch: this.#patch, events: this.#events, status };
  }

  /** A link across namespaces ends where it is not allowed any more. */
  #leaveFormer(): void {
    const former = formerChannel(this.#subscription, this.observed, this.config);
    const removal = former && subscriberPatch(former, this.parent.metadata.uid, undefined);
    if (!removal) return;
    this.#patch.push(removal);
    this.#events.push(removed(former));
  }

  #findChannel(): Stored<ChannelObject> {
    try {
      return findChannel(this.#subscription, this.observed, this.config);
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      const message = `Failed to get Spec.Channel or backing channel: ${error.message}`;
      this.#conditions = this.#conditions.markUnknown('ReferencesResolved', 'ChannelReferenceFailed', message);
      throw new Stop('ChannelReferenceFailed', message);
    }
  }

  /** Addresses of before stay where one of them is not known any more: what is under way goes on. */
  #resolve(channel: Stored<ChannelObject>): void {
    const { subscriber, reply } = this.#subscription.spec;
    this.#resolveAddress('subscriber', subscriber, 'SubscriberResolveFailed');
    this.#resolveAddress('reply', reply, 'ReplyResolveFailed');
    this.#resolveDeadLetters(channel);
    this.#conditions = this.#conditions.markTrue('ReferencesResolved');
  }

  #resolveAddress(who: 'subscriber' | 'reply', destination: Destination | undefined, reason: string): void {
    const target = isSet(destination) ? this.#target(destination, `spec.${who}`, reason) : undefined;
    const others = Object.entries(this.#physical).filter(([field]) => !field.startsWith(who));
    this.#physical = {
      ...Object.fromEntries(others),
      ...(target ? { [`${who}Uri`]: target.url } : {}),
      ...(target?.CACerts ? { [`${who}CACerts`]: target.CACerts } : {}),
      ...(target?.audience ? { [`${who}Audience`]: target.audience } : {}),
    };
  }

  #target(destination: Destination, field: string, reason: string): Target {
    try {
      return resolveDestination(destination, this.observed, this.config);
    } catch (error) {
      if (!(error instanceof ResolveError)) throw error;
      throw this.#unresolved(reason, `Failed to resolve ${field}: ${error.message}`);
    }
  }

  #unresolved(reason: string, message: string): Stop {
    this.#conditions = this.#conditions.markFalse('ReferencesResolved', reason, message);
    return new Stop(reason, message);
  }

  /** Its own sink for dead letters, else the one of its channel. */
  #resolveDeadLetters(channel: Stored<ChannelObject>): void {
    const rest = Object.fromEntries(Object.entries(this.#physical).filter(([field]) => !field.startsWith('deadLetter')));
    this.#physical = rest;
    const reason = 'DeadLetterSinkResolveFailed';
    const own = this.#subscription.spec.delivery?.deadLetterSink;
    if (own) {
      const fields = deadLetterStatus(this.#target(own, 'spec.delivery.deadLetterSink', reason));
      this.#physical = { ...rest, ...fields };
      return;
    }
    if (!channel.spec?.delivery?.deadLetterSink) return;
    const fields = deadLetterFields(channel.status);
    if (!fields.deadLetterSinkUri) {
      throw this.#unresolved(reason, `channel ${channel.metadata.name} didn't set status.deadLetterSinkURI`);
    }
    this.#physical = { ...rest, ...fields };
  }

  /** The subscription's entry in the channel, which the engine that delivers events reads. */
  #planEntry(channel: Stored<ChannelObject>, identity: Pick<SubscriptionStatus, 'auth'>): void {
    const { name } = channel.metadata;
    const entry = { ...subscriberOf(this.#subscription, this.#physical, channel), ...identity };
    const patch = subscriberPatch(channel, this.parent.metadata.uid, entry);
    const failure = patch && this.observed.failure(patch.type, patch.namespace, patch.name);
    if (failure !== undefined) {
      const message = `Failed to sync physical Channel: ${failure}`;
      this.#conditions = this.#conditions.markFalse('AddedToChannel', 'PhysicalChannelSyncFailed', message);
      throw new Stop('PhysicalChannelSyncFailed', `Failed to synchronize to channel ${JSON.stringify(name)}: ${failure}`);
    }
    this.#conditions = this.#conditions.markTrue('AddedToChannel');
    if (!patch) return;
    this.#patch.push(patch);
    const message = `Subscription was synchronized to channel ${JSON.stringify(name)}`;
    this.#events.push({ type: 'Normal', reason: 'SubscriberSync', message });
  }

  /** Whether the channel says that it serves this generation of the subscription. */
  #markChannel(channel: Stored<ChannelObject>): void {
    const { uid, generation = 0, name } = this.parent.metadata;
    const entry = channel.status?.subscribers?.find((one) => one.uid === uid && (one.observedGeneration ?? 0) === generation);
    if (!entry) {
      const [own, its] = [JSON.stringify(name), JSON.stringify(channel.metadata.name)];
      const message = `Failed to get subscription status: subscription ${own} not present in channel ${its} subscriber's list`;
      this.#conditions = this.#conditions.markUnknown('ChannelReady', NOT_READY, message);
    } else if (entry.ready === 'True') this.#conditions = this.#conditions.markTrue('ChannelReady');
    else {
      const { ready = 'Unknown' } = entry;
      const why = entry.message ? `: ${entry.message}` : '';
      this.#conditions = this.#conditions.mark(
        'ChannelReady',
        ready,
        NOT_READY,
        `Subscription marked by Channel as ${ready}${why}`,
      );
    }
  }
}

const removed = ({ metadata }: Stored<ChannelObject>): PlannedEvent => ({
  ...{ type: 'Normal', reason: 'SubscriberRemoved' },
  message: `Subscription was removed from channel ${JSON.stringify(metadata.name)}`,
});

/** Takes a subscription out of its channel, then lets it go. */
function release(subscription: Stored<Subscription>, observed: Observed, config: ServingConfig): Plan {
  const letGo = finalizerPatch(subscription, SubscriptionType, FINALIZER, false);
  const patch: Patch[] = [];
  const events: PlannedEvent[] = [];
  try {
    const channel = formerChannel(subscription, observed, config) ?? findChannel(subscription, observed, config, 'any');
    const removal = subscriberPatch(channel, subscription.metadata.uid, undefined);
    if (removal) {
      patch.push(removal);
      events.push(removed(channel));
    }
  } catch (error) {
    // No channel: there is nothing to be taken out of.
    if (!(error instanceof ResolveError)) throw error;
  }
  return { patch: letGo ? [...patch, letGo] : patch, events };
}

/** Resolves where the events of a subscription go, and writes it into the channel; takes it out again when it goes. */
export const subscriptionReconciler: Reconciler<Subscription, ServingConfig> = {
  name: 'subscription-controller',
  type: SubscriptionType,
  watches: [ServiceAccountType, ...channelTypes, ...eventingAddressables],
  finalizer: FINALIZER,
  reads(parent, config) {
    const subscription = setDefaults(parent, config);
    const { subscriber, reply, delivery } = subscription.spec;
    return [
      ...channelReads(subscription, config),
      ...formerChannelReads(subscription, config),
      ...destinationReads(subscriber, reply, delivery?.deadLetterSink),
      ...identityReads(SubscriptionType, parent),
    ];
  },
  plan(parent, observed, config, now) {
    if (parent.metadata.deletionTimestamp) return release(parent, observed, config);
    // Only what is held can be cleaned up after: nothing is written to the channel before the finalizer is there.
    const hold = finalizerPatch(parent, SubscriptionType, FINALIZER, true);
    return hold ? { patch: [hold] } : new SubscriptionPlan(parent, observed, config, now).make();
  },
};
