import {
  type AuthStatus,
  apiVersionOf,
  type Conditions,
  childName,
  controllerRef,
  type KubeObject,
  type ResourceType,
  ServiceAccountType,
  type ServingConfig,
  type Stored,
} from '../../api';
import { isControlledBy } from '../metadata';
import type { Apply, Observed, Plan, Read } from '../reconciler';

const FEATURE = 'authentication-oidc';
const TYPE = 'OIDCIdentityCreated';

/** The service account as which an object of a kind sends events where senders prove who they are. */
export const identityName = ({ group, kind }: ResourceType, name: string): string =>
  childName(name, `-oidc-${group}-${kind}`).toLowerCase();

/** By what `planIdentity` goes. */
export const identityReads = (type: ResourceType, { metadata }: Stored<KubeObject>): Read[] => [
  { type: ServiceAccountType, namespace: metadata.namespace, name: identityName(type, metadata.name) },
];

/** As whom an object sends events. */
interface Sender {
  /** Why it cannot be. */
  readonly failure?: string | undefined;
  readonly apply: readonly Apply[];
  readonly remove: NonNullable<Plan['remove']>;
  /** For the status. */
  readonly fields: { readonly auth?: AuthStatus };
}

/** The part of a plan that is about as whom an object sends events. */
export interface Identity extends Omit<Sender, 'failure'> {
  readonly conditions: Conditions;
}

function serviceAccount(type: ResourceType, owner: Stored<KubeObject>): KubeObject {
  const { name, namespace } = owner.metadata;
  const annotations = { description: `Service Account for OIDC Authentication for ${type.kind} ${JSON.stringify(name)}` };
  const ownerReferences = [
    { ...controllerRef({ ...owner, apiVersion: apiVersionOf(type), kind: type.kind }), blockOwnerDeletion: false },
  ];
  const labels = { 'eventing.knative.dev/oidc': 'enabled' };
  const metadata = { name: identityName(type, name), namespace, annotations, labels, ownerReferences };
  return { apiVersion: 'v1', kind: 'ServiceAccount', metadata };
}

/** As whom an object sends events, for a kind whose conditions do not tell of it; else as `planIdentity`. */
export function planSender(
  type: ResourceType,
  parent: Stored<KubeObject>,
  observed: Observed,
  { eventing }: ServingConfig,
): Sender {
  const { namespace } = parent.metadata;
  const name = identityName(type, parent.metadata.name);
  const existing = observed.get(ServiceAccountType, namespace, name);
  const foreign = existing !== undefined && !isControlledBy(existing, parent);
  if (!eventing.features.authenticationOidc) {
    const remove = existing && !foreign ? [{ type: ServiceAccountType, namespace, name }] : [];
    return { apply: [], remove, fields: {} };
  }
  return {
    failure: foreign
      ? `service account ${name} not owned by ${type.kind} ${parent.metadata.name}`
      : observed.failure(ServiceAccountType, namespace, name),
    apply: foreign ? [] : [{ type: ServiceAccountType, object: serviceAccount(type, parent) }],
    remove: [],
    fields: { auth: { serviceAccountName: name } },
  };
}

/**
 * As whom an object sends events: a service account of its own where the feature authentication-oidc is on, else nobody; then the
 * account goes. The kinds of the reconciler must watch ServiceAccountType, and `reads` have `identityReads`.
 */
export function planIdentity(
  conditions: Conditions,
  type: ResourceType,
  parent: Stored<KubeObject>,
  observed: Observed,
  config: ServingConfig,
): Identity {
  const { failure, ...sender } = planSender(type, parent, observed, config);
  const marked = !config.eventing.features.authenticationOidc
    ? conditions.markTrue(TYPE, `${FEATURE} feature disabled`)
    : failure === undefined
      ? conditions.markTrue(TYPE)
      : conditions.markFalse(TYPE, 'Unable to resolve service account for OIDC authentication', failure);
  return { ...sender, conditions: marked };
}
