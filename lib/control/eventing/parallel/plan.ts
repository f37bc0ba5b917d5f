import {
  type Conditions,
  EventPolicyType,
  type FlowCondition,
  type Parallel,
  type ParallelStatus,
  ParallelType,
  parallelConditions,
  type ServingConfig,
  type Stored,
  SubscriptionType,
  setDefaults,
} from '../../../api';
import type { Observed, Plan, Reconciler } from '../../reconciler';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { channelTypeOf, channelTypes } from '../channel-kind';
import {
  type ChannelPart,
  channelParts,
  isTrue,
  madePolicyReads,
  partIdentities,
  partReadiness,
  partReference,
  planMadePolicies,
  planParts,
  type SubscriptionPart,
  subscriptionPart,
} from '../flow';
import { type Policies, planPolicies, policyReads } from '../policies';
import { parallelLabels, parallelPolicies } from './policies';
import { branchName, branchSubscription, filterName, filterSubscription, ingressName } from './resources';

/** A channel of a Parallel counts as soon as it has an address. */
function addressable({ existing }: ChannelPart): FlowCondition {
  if (existing?.status?.address) return { type: 'Ready', status: 'True' };
  return { type: 'Ready', status: 'False', reason: 'NotAddressable', message: 'Channel is not addressable' };
}

/** Why a channel or subscription cannot be made, in upstream's words. */
function problemOf(channels: readonly ChannelPart[], subscriptions: readonly (readonly SubscriptionPart[])[]) {
  const channel = channels.findIndex(({ problem }) => problem !== undefined);
  if (channel >= 0) {
    const { object, problem } = channels[channel]!;
    const message = `failed to reconcile channel ${object.metadata.name} at step ${channel - 1}: ${problem}`;
    return { type: 'ChannelsReady', reason: 'ChannelsNotReady', message };
  }
  for (const [branch, parts] of subscriptions.entries()) {
    const problem = parts.find((part) => part.problem !== undefined)?.problem;
    const message = `failed to reconcile Subscription Objects for branch: ${branch} : ${problem}`;
    if (problem !== undefined) return { type: 'SubscriptionsReady', reason: 'SubscriptionsNotReady', message };
  }
  return undefined;
}

/** The plan of one Parallel while it is put together. */
class ParallelPlan {
  readonly #channels: readonly ChannelPart[];
  /** Of each branch: the one to its filter, the one to its subscriber. */
  readonly #subscriptions: readonly (readonly [SubscriptionPart, SubscriptionPart])[];
  readonly #parallel: Stored<Parallel>;
  readonly #policies: Policies;
  #conditions: Conditions;

  constructor(
    private readonly parent: Stored<Parallel>,
    private readonly observed: Observed,
    private readonly config: ServingConfig,
    now: number,
  ) {
    const parallel = setDefaults(parent, config);
    this.#parallel = parallel;
    const { name } = parent.metadata;
    const branches = parallel.spec.branches.map((_, i) => i);
    const names = [ingressName(name), ...branches.map((i) => branchName(name, i))];
    this.#channels = channelParts(parent, parallel.spec.channelTemplate ?? {}, names, observed);
    this.#subscriptions = branches.map((i) => [
      subscriptionPart(parent, filterName(name, i), filterSubscription(parallel, i), observed),
      subscriptionPart(parent, branchName(name, i), branchSubscription(parallel, i), observed),
    ]);
    this.#policies = planPolicies(beginConditions(parent, parallelConditions, now), ParallelType, parent, observed, config);
    this.#conditions = this.#policies.conditions;
  }

  make(): Plan {
    const address = this.#channels[0]?.existing?.status?.address;
    this.#conditions = address
      ? this.#conditions.markTrue('Addressable')
      : this.#conditions.markFalse('Addressable', 'emptyAddress', 'addressable is nil');
    this.#markParts();
    const problem = problemOf(this.#channels, this.#subscriptions);
    if (problem) this.#conditions = this.#conditions.markFalse(problem.type, problem.reason, problem.message);
    const events = problem ? errorEvents(this.parent, this.#conditions, problem.message) : [];
    const auth = partIdentities(this.#subscriptions.flat());
    const fields = { ...(address ? { address } : {}), ...this.#parts(), ...auth, ...this.#policies.fields };
    const status: ParallelStatus = finishStatus(this.parent, this.#conditions, fields);
    const parts = planParts(this.parent, this.#channels, this.#subscriptions.flat(), this.observed);
    const { parent, observed, config } = this;
    const wanted = () => parallelPolicies(this.#parallel, observed);
    const made = planMadePolicies(parent, parallelLabels(parent), wanted, observed, config);
    return {
      apply: [...made.apply, ...parts.apply],
      patch: parts.patch,
      remove: [...parts.remove, ...made.remove],
      asks: parts.asks,
      events,
      status,
    };
  }

  #markParts(): void {
    this.#conditions = this.#channels.every((part) => isTrue(addressable(part)))
      ? this.#conditions.markTrue('ChannelsReady')
      : this.#conditions.markFalse('ChannelsReady', 'ChannelsNotReady', 'Channels are not ready yet, or there are none');
    const message = 'Subscriptions are not ready yet, or there are none';
    const subscriptions = this.#subscriptions.flat();
    this.#conditions =
      subscriptions.length > 0 && subscriptions.every((part) => isTrue(partReadiness(part)))
        ? this.#conditions.markTrue('SubscriptionsReady')
        : this.#conditions.markFalse('SubscriptionsReady', 'SubscriptionsNotReady', message);
  }

  #parts(): Pick<ParallelStatus, 'ingressChannelStatus' | 'branchStatuses'> {
    const [ingress, ...channels] = this.#channels;
    const channelStatus = (part: ChannelPart) => ({ channel: partReference(part), ready: addressable(part) });
    const subscriptionStatus = (part: SubscriptionPart) => {
      const ready = partReadiness(part);
      return { subscription: partReference(part), ...(ready ? { ready } : {}) };
    };
    return {
      ingressChannelStatus: channelStatus(ingress!),
      branchStatuses: channels.map((part, i) => ({
        filterSubscriptionStatus: subscriptionStatus(this.#subscriptions[i]![0]),
        filterChannelStatus: channelStatus(part),
        subscriberSubscriptionStatus: subscriptionStatus(this.#subscriptions[i]![1]),
      })),
    };
  }
}

/** Makes the channels of a parallel, and of each branch the subscriptions that lead through its filter and to its subscriber. */
export const parallelReconciler: Reconciler<Parallel, ServingConfig> = {
  name: 'parallel-controller',
  type: ParallelType,
  watches: [SubscriptionType, EventPolicyType, ...channelTypes],
  reads(parent, config) {
    const { metadata, spec } = setDefaults(parent, config);
    const { namespace } = metadata;
    const { name } = parent.metadata;
    const type = channelTypeOf({ ...spec.channelTemplate, kind: spec.channelTemplate?.kind ?? '' });
    return [
      ...(type ? [{ type, namespace, name: ingressName(name) }] : []),
      ...spec.branches.flatMap((_, i) => [
        { type: SubscriptionType, namespace, name: filterName(name, i) },
        { type: SubscriptionType, namespace, name: branchName(name, i) },
        ...(type ? [{ type, namespace, name: branchName(name, i) }] : []),
      ]),
      ...policyReads(parent, config),
      ...madePolicyReads(parent, parallelLabels(parent)),
    ];
  },
  plan: (parent, observed, config, now) => new ParallelPlan(parent, observed, config, now).make(),
};
