import {
  type AuthStatus,
  apiVersionOf,
  type EventPolicy,
  type ResourceType,
  resolveSchema,
  schemaOf,
  servedTypes,
} from '../../../api';
import type { Observed, Read } from '../../reconciler';
import { notFoundText, ResolveError, typeAmong } from '../../resolve';

/** Whether objects of a kind say in their status as whom they send. */
function hasIdentity(type: ResourceType): boolean {
  const status = schemaOf(apiVersionOf(type), type.kind)?.properties?.status;
  return status !== undefined && 'auth' in (resolveSchema(status).properties ?? {});
}

/** The kinds that send events as a service account of their own. */
export const senderKinds: readonly ResourceType[] = servedTypes.filter(hasIdentity);

type From = NonNullable<NonNullable<EventPolicy['spec']>['from']>[number];
type Reference = NonNullable<From['ref']>;

const typeOf = ({ apiVersion = '', kind }: Reference): ResourceType | undefined => typeAmong(senderKinds, { apiVersion, kind });

/** The senders that a policy names, whose namespaces have been filled in. */
export function senderReads({ spec }: EventPolicy): Read[] {
  return (spec?.from ?? []).flatMap(({ ref }) => {
    const type = ref && typeOf(ref);
    return type ? [{ type, namespace: ref.namespace, name: ref.name }] : [];
  });
}

/** The subject of the tokens of a service account. */
export const subjectOf = (namespace: string, serviceAccount: string): string =>
  `system:serviceaccount:${namespace}:${serviceAccount}`;

function identitiesOf(ref: Reference, observed: Observed): string[] {
  const { namespace = '', name } = ref;
  const what = `${namespace}/${name}`;
  const type = typeOf(ref);
  if (!type)
    throw new ResolveError(
      `failed to get authenticatable ${what}: ${ref.apiVersion}, Kind=${ref.kind} sends no events as itself`,
    );
  const sender = observed.get(type, namespace, name);
  if (!sender)
    throw new ResolveError(`failed to get authenticatable ${what}: failed to get object ${what}: ${notFoundText(type, name)}`);
  const { auth } = (sender.status ?? {}) as { readonly auth?: AuthStatus };
  if (!auth) throw new ResolveError(`.status.auth is missing in object ${what}`);
  const { serviceAccountNames = [], serviceAccountName } = auth;
  return [...serviceAccountNames, ...(serviceAccountName ? [serviceAccountName] : [])].map((account) =>
    subjectOf(namespace, account),
  );
}

/**
 * The subjects that a policy lets send, in its order; what it names must be known.
 * @throws ResolveError with upstream's message (knative.dev/pkg/resolver)
 */
export function subjectsOf({ spec }: EventPolicy, observed: Observed): readonly string[] {
  try {
    return (spec?.from ?? []).flatMap(({ ref, sub }) => (ref ? identitiesOf(ref, observed) : sub ? [sub] : []));
  } catch (error) {
    if (!(error instanceof ResolveError)) throw error;
    throw new ResolveError(`could not resolve subjects from reference: could not resolve auth status: ${error.message}`);
  }
}
