import {
  type AppliedEventPolicyRef,
  apiVersionOf,
  type Conditions,
  type EventPolicy,
  EventPolicyType,
  isReady,
  type KubeObject,
  type ResourceType,
  type ServingConfig,
  type Stored,
} from '../../api';
import type { Index, Observed, Read } from '../reconciler';
import { policyApplies } from './event-policy/applies';

const FEATURE = 'authentication-oidc';
const TYPE = 'EventPoliciesReady';

const byNamespace: Index = { name: 'namespace', values: ({ metadata }) => (metadata.namespace ? [metadata.namespace] : []) };

/** As upstream writes the value of a flag: `Allow-Same-Namespace`. */
const flagText = (value: string): string => value.replace(/(^|-)./g, (text) => text.toUpperCase());

/** By what `planPolicies` goes. */
export function policyReads({ metadata }: KubeObject, { eventing }: ServingConfig): Read[] {
  return metadata.namespace && eventing.features.authenticationOidc
    ? [{ type: EventPolicyType, index: byNamespace, value: metadata.namespace }]
    : [];
}

/** The policies that say who may send to an object, sorted by name. */
export function policiesFor(type: ResourceType, object: Stored<KubeObject>, observed: Observed): readonly Stored<EventPolicy>[] {
  const all = observed.find<EventPolicy>(EventPolicyType, byNamespace as Index<EventPolicy>, object.metadata.namespace ?? '');
  return all.filter((policy) => policyApplies(policy, type, object));
}

/** For whom tokens have to be made that are sent to an object. */
export const audienceOf = ({ group, kind }: ResourceType, { metadata }: KubeObject): string =>
  `${group}/${kind}/${metadata.namespace}/${metadata.name}`.toLowerCase();

/** That audience, for the address in a status, where the feature authentication-oidc is on. */
export function audienceField(
  type: ResourceType,
  object: KubeObject,
  { eventing }: ServingConfig,
): { readonly audience?: string } {
  return eventing.features.authenticationOidc ? { audience: audienceOf(type, object) } : {};
}

/** The part of a plan that is about who may send to an object. */
export interface Policies {
  readonly conditions: Conditions;
  /** For the status. */
  readonly fields: { readonly policies?: readonly AppliedEventPolicyRef[] };
}

/**
 * Who may send to an object: those whom its policies name, or without any, those whom the default mode lets. Where the feature
 * authentication-oidc is off policies do not count, and do not keep the object from being ready. The kinds of the reconciler must watch
 * EventPolicyType, and `reads` have `policyReads`.
 */
export function planPolicies(
  conditions: Conditions,
  type: ResourceType,
  parent: Stored<KubeObject>,
  observed: Observed,
  { eventing: { features } }: ServingConfig,
): Policies {
  if (!features.authenticationOidc) {
    const message = `Feature ${JSON.stringify(FEATURE)} must be enabled to support Authorization`;
    return { conditions: conditions.markTrue(TYPE, 'OIDCDisabled', message), fields: {} };
  }
  const all = policiesFor(type, parent, observed);
  if (all.length === 0) {
    const message = `Default authz mode is ${JSON.stringify(flagText(features.defaultAuthorizationMode))}`;
    return { conditions: conditions.markTrue(TYPE, 'DefaultAuthorizationMode', message), fields: {} };
  }
  const ready = all.filter(isReady);
  const policies = ready.map(({ metadata: { name } }) => ({ apiVersion: apiVersionOf(EventPolicyType), name }));
  const unready = all.filter((policy) => !ready.includes(policy)).map(({ metadata }) => metadata.name);
  const message = `event policies ${unready.join(', ')} are not ready`;
  return {
    conditions: unready.length > 0 ? conditions.markFalse(TYPE, 'EventPoliciesNotReady', message) : conditions.markTrue(TYPE),
    fields: policies.length > 0 ? { policies } : {},
  };
}
