import {
  type AuthStatus,
  type ChannelTemplateSpec,
  conditionOf,
  controllerOf,
  controllerRef,
  type FlowCondition,
  type FlowObjectReference,
  isClosing,
  type KResourceStatus,
  type KubeObject,
  type ResourceType,
  type Stored,
  type Subscription,
  SubscriptionType,
} from '../../../api';
import { semanticEqual } from '../../engine/json';
import { isControlledBy } from '../../metadata';
import type { Apply, Index, Observed, Plan } from '../../reconciler';
import { notOwnedMessage } from '../../status';
import { type ChannelObject, channelTypeOf, channelTypes, makeChannel, notServed } from '../channel-kind';
import { closingPatch, planLeaving, type Unwanted } from './leaving';

/** Objects by the uid of who controls them, to find those that are not wanted any more. */
const byController: Index = {
  name: 'controller',
  values: (object) => {
    const uid = controllerOf(object)?.uid;
    return uid === undefined ? [] : [uid];
  },
};

/** One of the channels or subscriptions of a flow: what is known of it, or why it cannot be there. */
export interface Part<T extends KubeObject> {
  readonly object: T;
  readonly existing: Stored<T> | undefined;
  readonly problem?: string;
}

export type ChannelPart = Part<ChannelObject>;
export type SubscriptionPart = Part<Subscription>;

/** The channels that a flow is made of, by these names. */
export function channelParts(
  flow: Stored<KubeObject>,
  template: ChannelTemplateSpec,
  names: readonly string[],
  observed: Observed,
): readonly ChannelPart[] {
  const named = { ...template, kind: template.kind ?? '' };
  const type = channelTypeOf(named);
  return names.map((name) => {
    if (!type) return { object: makeChannel(flow, name, template, undefined), existing: undefined, problem: notServed(named) };
    const existing = observed.get(type, flow.metadata.namespace, name);
    const problem = observed.failure(type, flow.metadata.namespace, name);
    const object = makeChannel(flow, name, template, existing);
    return { object, existing, ...(problem === undefined ? {} : { problem }) };
  });
}

/** A subscription of a flow. */
export function subscriptionPart(
  flow: Stored<KubeObject>,
  name: string,
  spec: Subscription['spec'],
  observed: Observed,
): SubscriptionPart {
  const { namespace } = flow.metadata;
  const object: Subscription = {
    apiVersion: 'messaging.knative.dev/v1',
    kind: 'Subscription',
    metadata: { name, namespace, ownerReferences: [controllerRef(flow)] },
    spec,
  };
  const existing = observed.get(SubscriptionType, namespace, name);
  const foreign = existing !== undefined && !isControlledBy(existing, flow);
  const problem = foreign ? notOwnedMessage('Subscription', name) : observed.failure(SubscriptionType, namespace, name);
  return { object, existing, ...(problem === undefined ? {} : { problem }) };
}

/**
 * What makes these the channels and subscriptions of a flow. A channel that is there is used as it is where somebody else has made
 * it. The channel of a subscription cannot change: one that has another goes first, and is made anew once it is gone. What is
 * not wanted any more stays until the events that are its own to deliver have come to their end.
 */
export function planParts(
  flow: Stored<KubeObject>,
  channels: readonly ChannelPart[],
  subscriptions: readonly SubscriptionPart[],
  observed: Observed,
): Required<Pick<Plan, 'apply' | 'patch' | 'remove' | 'asks'>> {
  const apply: Apply[] = [];
  const outdated: SubscriptionPart[] = [];
  for (const { object, existing } of channels) {
    const type = channelTypeOf(object);
    if (type && (!existing || isControlledBy(existing, flow))) apply.push({ type, object });
  }
  for (const part of subscriptions) {
    const { object, existing } = part;
    if (existing && !isControlledBy(existing, flow)) continue;
    if (existing && !semanticEqual(existing.spec.channel, object.spec.channel)) outdated.push(part);
    else if (!existing?.metadata.deletionTimestamp) apply.push({ type: SubscriptionType, object });
  }
  const old = outdated.map(({ object }) => ({ type: SubscriptionType as ResourceType, ...placeOf(object) }));
  const gone = planLeaving(
    unwanted(flow, channelTypes, channels, observed),
    unwanted(flow, [SubscriptionType], subscriptions, observed) as Unwanted<Subscription>[],
    observed,
  );
  const reopened = subscriptions.flatMap(({ existing }) =>
    existing && isClosing(existing) ? [closingPatch(existing, null)] : [],
  );
  return { apply, patch: [...reopened, ...gone.patch], remove: [...old, ...gone.remove], asks: gone.asks };
}

const placeOf = ({ metadata: { namespace, name = '' } }: KubeObject) => ({ namespace, name });

/** What the flow controls of these kinds, and does not want any more. */
function unwanted(
  flow: Stored<KubeObject>,
  types: readonly ResourceType[],
  parts: readonly Part<KubeObject>[],
  observed: Observed,
): readonly Unwanted[] {
  const wanted = new Set(parts.map(({ object }) => `${object.kind}/${object.metadata.name}`));
  return types.flatMap((type) =>
    observed
      .find(type, byController, flow.metadata.uid)
      .filter(({ metadata }) => !wanted.has(`${type.kind}/${metadata.name}`))
      .map((object) => ({ type, object })),
  );
}

/** How a status names a part. */
export function partReference({ object }: Part<KubeObject>): FlowObjectReference {
  const { apiVersion, kind, metadata } = object;
  return { apiVersion, kind, name: metadata.name ?? '', ...(metadata.namespace ? { namespace: metadata.namespace } : {}) };
}

/** Whether a part says that it is ready; undefined if it says nothing. */
export function partReadiness({ existing }: Part<KubeObject>): FlowCondition | undefined {
  return conditionOf((existing?.status as KResourceStatus | undefined)?.conditions, 'Ready');
}

/** As whom the subscriptions of a flow send events, in their order. */
export function partIdentities(subscriptions: readonly SubscriptionPart[]): { readonly auth?: AuthStatus } {
  const serviceAccountNames = subscriptions.flatMap(({ existing }) => existing?.status?.auth?.serviceAccountName ?? []);
  return serviceAccountNames.length > 0 ? { auth: { serviceAccountNames } } : {};
}

export const isTrue = (condition: FlowCondition | undefined): boolean => condition?.status === 'True';
