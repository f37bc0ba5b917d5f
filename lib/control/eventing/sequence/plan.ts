import {
  type Conditions,
  EventPolicyType,
  type FlowCondition,
  type Sequence,
  type SequenceStatus,
  SequenceType,
  type ServingConfig,
  type Stored,
  SubscriptionType,
  sequenceConditions,
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
import { planPolicies, policyReads } from '../policies';
import { sequenceLabels, sequencePolicies } from './policies';
import { stepName, stepSubscription } from './resources';

const noReady = (kind: string): FlowCondition => ({
  type: 'Ready',
  status: 'Unknown',
  reason: 'NoReady',
  message: `${kind} does not have Ready condition`,
});

/** Why a channel or subscription cannot be made, in upstream's words. */
function problemOf(channels: readonly ChannelPart[], subscriptions: readonly SubscriptionPart[]) {
  const channel = channels.findIndex(({ problem }) => problem !== undefined);
  if (channel >= 0) {
    const { object, problem } = channels[channel]!;
    const message = `failed to reconcile channel ${object.metadata.name} at step ${channel}: ${problem}`;
    return { type: 'ChannelsReady', reason: 'ChannelsNotReady', message };
  }
  const subscription = subscriptions.findIndex(({ problem }) => problem !== undefined);
  if (subscription < 0) return undefined;
  const message = `failed to reconcile subscription resource for step: ${subscription} : ${subscriptions[subscription]!.problem}`;
  return { type: 'SubscriptionsReady', reason: 'SubscriptionsNotReady', message };
}

function markParts(
  conditions: Conditions,
  what: 'Channels' | 'Subscriptions',
  parts: readonly (ChannelPart | SubscriptionPart)[],
): Conditions {
  if (parts.length > 0 && parts.every((part) => isTrue(partReadiness(part)))) return conditions.markTrue(`${what}Ready`);
  return conditions.markUnknown(`${what}Ready`, `${what}NotReady`, `${what} are not ready yet, or there are none`);
}

/** The sequence is reached where its first channel is. */
function addressOf([first]: readonly ChannelPart[]): NonNullable<SequenceStatus['address']> | undefined {
  const { url, CACerts, audience } = first?.existing?.status?.address ?? {};
  return url ? { url, ...(CACerts ? { CACerts } : {}), ...(audience ? { audience } : {}) } : undefined;
}

function plan(parent: Stored<Sequence>, observed: Observed, config: ServingConfig, now: number): Plan {
  const sequence = setDefaults(parent, config);
  const steps = sequence.spec.steps.map((_, step) => step);
  const names = steps.map((step) => stepName(parent.metadata.name, step));
  const channels = channelParts(parent, sequence.spec.channelTemplate ?? {}, names, observed);
  const subscriptions = steps.map((step) => subscriptionPart(parent, names[step]!, stepSubscription(sequence, step), observed));
  const address = addressOf(channels);
  const policies = planPolicies(beginConditions(parent, sequenceConditions, now), SequenceType, parent, observed, config);
  let { conditions } = policies;
  conditions = address
    ? conditions.markTrue('Addressable')
    : conditions.markUnknown('Addressable', 'emptyAddress', 'addressable is nil');
  conditions = markParts(markParts(conditions, 'Channels', channels), 'Subscriptions', subscriptions);
  const problem = problemOf(channels, subscriptions);
  if (problem) conditions = conditions.markUnknown(problem.type, problem.reason, problem.message);
  const status: SequenceStatus = finishStatus(parent, conditions, {
    ...(address ? { address } : {}),
    channelStatuses: channels.map((part) => ({ channel: partReference(part), ready: partReadiness(part) ?? noReady('Channel') })),
    subscriptionStatuses: subscriptions.map((part) => ({
      subscription: partReference(part),
      ready: partReadiness(part) ?? noReady('Subscription'),
    })),
    ...partIdentities(subscriptions),
    ...policies.fields,
  });
  const events = problem ? errorEvents(parent, conditions, problem.message) : [];
  const parts = planParts(parent, channels, subscriptions, observed);
  const made = planMadePolicies(parent, sequenceLabels(parent), () => sequencePolicies(sequence, observed), observed, config);
  return {
    apply: [...made.apply, ...parts.apply],
    patch: parts.patch,
    remove: [...parts.remove, ...made.remove],
    asks: parts.asks,
    events,
    status,
  };
}

/** Makes a channel for each step of a sequence, and the subscription that leads from there to the step and on to the next. */
export const sequenceReconciler: Reconciler<Sequence, ServingConfig> = {
  name: 'sequence-controller',
  type: SequenceType,
  watches: [SubscriptionType, EventPolicyType, ...channelTypes],
  reads(parent, config) {
    const { metadata, spec } = setDefaults(parent, config);
    const type = channelTypeOf({ ...spec.channelTemplate, kind: spec.channelTemplate?.kind ?? '' });
    const parts = spec.steps.flatMap((_, step) => {
      const place = { namespace: metadata.namespace, name: stepName(parent.metadata.name, step) };
      return [{ type: SubscriptionType, ...place }, ...(type ? [{ type, ...place }] : [])];
    });
    return [...parts, ...policyReads(parent, config), ...madePolicyReads(parent, sequenceLabels(parent))];
  },
  plan,
};
