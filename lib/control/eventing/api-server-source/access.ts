import { type ApiServerSource, type Conditions, guessPlural } from '../../../api';
import type { Ask, Observed } from '../../reconciler';

/** Topic of questions about what a service account may do. */
export const ACCESS_TOPIC = 'access';

/** Whether a user may do all of this in each of these namespaces. */
export interface AccessQuestion {
  readonly user: string;
  readonly verbs: readonly string[];
  readonly resources: readonly { readonly group: string; readonly resource: string }[];
  readonly namespaces: readonly string[];
  /** The API server has just refused some of it: what is known of these rights is out of date. */
  readonly doubted?: boolean;
}

export interface AccessAnswer {
  /** What it may not: `list, watch resource "pods" in API group "" in Namespace "default"`. */
  readonly missing: readonly string[];
  /** False: nobody is asked for rights here. */
  readonly enforced: boolean;
}

const SKIP = 'features.knative.dev/apiserversource-skip-permissions-check';
const TYPE = 'SufficientPermissions';
const VERBS = ['get', 'list', 'watch'];

/** Whether the author of a source vouches for its rights. */
export const skipsAccessCheck = ({ metadata }: ApiServerSource): boolean => metadata.annotations?.[SKIP] === 'true';

function questionOf({ metadata, spec }: ApiServerSource, namespaces: readonly string[], doubted: boolean): AccessQuestion {
  const user = `system:serviceaccount:${metadata.namespace}:${spec.serviceAccountName || 'default'}`;
  const resources = spec.resources.map(({ apiVersion = '', kind }) => ({
    group: apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '',
    resource: guessPlural(kind),
  }));
  return { user, verbs: VERBS, resources, namespaces, ...(doubted ? { doubted } : {}) };
}

interface Access {
  readonly conditions: Conditions;
  readonly asks: readonly Ask[];
  /** Why the source may not watch. */
  readonly problem?: string;
}

/**
 * Whether the service account of a source, with its defaults, may watch what it is to watch.
 * @param doubted whether a watch was refused: rights are reviewed at once then
 */
export function planAccess(
  conditions: Conditions,
  source: ApiServerSource,
  namespaces: readonly string[],
  observed: Observed,
  doubted: boolean,
): Access {
  if (skipsAccessCheck(source)) return { conditions: conditions.markTrue(TYPE), asks: [] };
  const key = `${source.metadata.namespace}/${source.metadata.name}`;
  const input = questionOf(source, namespaces, doubted);
  const asks = [{ topic: ACCESS_TOPIC, key, input }];
  const answer = observed.answer(ACCESS_TOPIC, key) as AccessAnswer | undefined;
  if (!answer) return { conditions, asks };
  if (answer.missing.length === 0) {
    const message = 'Rights are not checked here: on a cluster the service account has to be granted them.';
    const marked = answer.enforced ? conditions.markTrue(TYPE) : conditions.markTrue(TYPE, 'NotEnforced', message);
    return { conditions: marked, asks };
  }
  const text = `User ${input.user} cannot ${answer.missing.join(', ')}`;
  return { conditions: conditions.markFalse(TYPE, '', text), asks, problem: `insufficient permissions: ${text}` };
}
