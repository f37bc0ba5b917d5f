import {
  type Channel,
  type ChannelStatus,
  type ChannelTemplateSpec,
  ChannelType,
  type Conditions,
  channelConditions,
  conditionOf,
  EventPolicyType,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../../api';
import { isControlledBy } from '../../metadata';
import type { Apply, Observed, Plan, Reconciler } from '../../reconciler';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { type ChannelObject, channelTypes, makeChannel, notServed, physicalTypeOf } from '../channel-kind';
import { deadLetterFields, markDeadLettersFailed, markDeadLettersResolved, markNoDeadLetters } from '../dead-letter';
import { madePolicyReads, planMadePolicies } from '../flow';
import { type Policies, planPolicies, policyReads } from '../policies';
import { backingLabels, backingPolicies } from './policies';

const TYPE = 'BackingChannelReady';

const templateOf = ({ spec }: Channel): ChannelTemplateSpec => spec?.channelTemplate ?? {};

function markBacking(conditions: Conditions, backing: ChannelObject | undefined): Conditions {
  const ready = conditionOf(backing?.status?.conditions, 'Ready');
  if (!ready) return conditions.markUnknown(TYPE, 'BackingChannelNotConfigured', 'BackingChannel has not yet been reconciled.');
  return ready.status === 'True' ? conditions.markTrue(TYPE) : conditions.mark(TYPE, ready.status, ready.reason, ready.message);
}

/** The status of the channel that events are really in, as the Channel's own. */
function mirror(
  parent: Stored<Channel>,
  channel: Channel,
  backing: ChannelObject | undefined,
  policies: Policies,
): ChannelStatus {
  const { apiVersion, kind = '' } = templateOf(channel);
  const { namespace, name } = parent.metadata;
  const { address, subscribers } = backing?.status ?? {};
  let conditions = markBacking(policies.conditions, backing);
  conditions = address?.url
    ? conditions.markTrue('Addressable')
    : conditions.markFalse('Addressable', 'EmptyHostname', 'hostname is the empty string');
  const dead = deadLetterFields(backing?.status);
  if (!channel.spec?.delivery?.deadLetterSink) conditions = markNoDeadLetters(conditions);
  else if (dead.deadLetterSinkUri) conditions = markDeadLettersResolved(conditions);
  else conditions = markDeadLettersFailed(conditions, `Backing Channel ${name} didn't set status.deadLetterSinkURI`);
  return finishStatus(parent, conditions, {
    channel: { apiVersion, kind, name, ...(namespace ? { namespace } : {}) },
    ...(address ? { address } : {}),
    ...(channel.spec?.delivery?.deadLetterSink ? dead : {}),
    ...(subscribers ? { subscribers } : {}),
    ...policies.fields,
  });
}

/** What was known of the channel behind it: senders have the address. */
function asBefore({ status }: Stored<Channel>): ChannelStatus {
  const { channel, address, subscribers } = status ?? {};
  return {
    ...(channel ? { channel } : {}),
    ...(address ? { address } : {}),
    ...deadLetterFields(status),
    ...(subscribers ? { subscribers } : {}),
  };
}

function plan(parent: Stored<Channel>, observed: Observed, config: ServingConfig, now: number): Plan {
  const channel = setDefaults(parent, config);
  const template = templateOf(channel);
  const { namespace, name } = parent.metadata;
  const type = physicalTypeOf({ apiVersion: template.apiVersion, kind: template.kind ?? '' });
  const policies = planPolicies(beginConditions(parent, channelConditions, now), ChannelType, parent, observed, config);
  const failure = type ? observed.failure(type, namespace, name) : notServed({ ...template, kind: template.kind ?? '' });
  const backing = type && observed.get(type, namespace, name);
  const apply: Apply[] = [];
  // One that somebody else has made is used as it is.
  if (type && (!backing || isControlledBy(backing, parent))) {
    apply.push({ type, object: makeChannel(parent, name, template, backing, channel.spec?.delivery) });
  }
  const wanted = () => (type && backing ? backingPolicies(parent, type, backing, observed) : []);
  const made = type && planMadePolicies(parent, backingLabels(type, name), wanted, observed, config);
  apply.push(...(made?.apply ?? []));
  const remove = made?.remove ?? [];
  if (failure === undefined) return { apply, remove, status: mirror(parent, channel, backing, policies) };
  const conditions = policies.conditions.markFalse(TYPE, 'ChannelFailure', failure);
  const events = errorEvents(parent, conditions, `problem reconciling the backing channel: ${failure}`);
  return { apply, remove, events, status: finishStatus(parent, conditions, { ...asBefore(parent), ...policies.fields }) };
}

/** Makes the channel that a Channel asks for, of the same name, and says of itself what that says. */
export const channelReconciler: Reconciler<Channel, ServingConfig> = {
  name: 'channel-controller',
  type: ChannelType,
  watches: [EventPolicyType, ...channelTypes],
  reads(parent, config) {
    const { apiVersion, kind = '' } = templateOf(setDefaults(parent, config));
    const type = physicalTypeOf({ apiVersion, kind });
    if (!type) return policyReads(parent, config);
    const { namespace, name } = parent.metadata;
    return [{ type, namespace, name }, ...policyReads(parent, config), ...madePolicyReads(parent, backingLabels(type, name))];
  },
  plan,
};
