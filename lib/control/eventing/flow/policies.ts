import {
  apiVersionOf,
  type EventPolicy,
  EventPolicyType,
  type KReference,
  type KubeObject,
  type ResourceType,
  type ServingConfig,
  type Stored,
} from '../../../api';
import type { Observed, Plan, Read } from '../../reconciler';

type Spec = NonNullable<EventPolicy['spec']>;
type Labels = Readonly<Record<string, string>>;

/** A policy that is made for a receiver behind another object. */
export interface MadePolicy {
  readonly name: string;
  readonly to: Pick<KReference, 'apiVersion' | 'kind' | 'name'>;
  readonly from: Spec['from'];
  readonly filters?: Spec['filters'];
  /** With the last of them it goes. */
  readonly owners: readonly (readonly [ResourceType, Stored<KubeObject>])[];
}

/** A policy for `to` that says what another one says. */
export function policyLike(
  policy: Stored<EventPolicy>,
  made: Pick<MadePolicy, 'name' | 'to'>,
  owners: MadePolicy['owners'] = [],
): MadePolicy {
  const { from, filters } = policy.spec ?? {};
  return { ...made, from, ...(filters ? { filters } : {}), owners: [...owners, [EventPolicyType, policy]] };
}

/** By what `planMadePolicies` goes. */
export const madePolicyReads = ({ metadata }: KubeObject, labels: Labels): Read[] => [
  { type: EventPolicyType, namespace: metadata.namespace ?? '', labels },
];

/** What makes these all the policies with such labels; without the feature authentication-oidc there are none. */
export function planMadePolicies(
  parent: Stored<KubeObject>,
  labels: Labels,
  wanted: () => readonly MadePolicy[],
  observed: Observed,
  { eventing }: ServingConfig,
): Required<Pick<Plan, 'apply' | 'remove'>> {
  const { namespace = '' } = parent.metadata;
  const made = eventing.features.authenticationOidc ? wanted() : [];
  const names = new Set(made.map(({ name }) => name));
  const outdated = observed
    .list(EventPolicyType, namespace, labels)
    .filter(({ metadata }) => !names.has(metadata.name) && (metadata.ownerReferences ?? []).length > 0);
  return {
    apply: made.map((policy) => ({ type: EventPolicyType, object: policyObject(namespace, labels, policy) })),
    remove: outdated.map(({ metadata }) => ({ type: EventPolicyType, namespace, name: metadata.name })),
  };
}

function policyObject(namespace: string, labels: Labels, { name, to, from, filters, owners }: MadePolicy): EventPolicy {
  const ownerReferences = owners.map(([type, { metadata }]) => ({
    ...{ apiVersion: apiVersionOf(type), kind: type.kind, name: metadata.name, uid: metadata.uid },
  }));
  return {
    apiVersion: apiVersionOf(EventPolicyType),
    kind: EventPolicyType.kind,
    metadata: { name, namespace, labels, ownerReferences },
    spec: { to: [{ ref: to }], ...(from ? { from } : {}), ...(filters ? { filters } : {}) },
  };
}
