import { ClusterError, type DeleteOptions, type WriteOptions } from '../../kube';
import { LOCAL_USER } from './reviews';

const MAX_MANAGER = 128;
/** Whole seconds, as far as a number can say them. */
const SECONDS = /^-?\d{1,9}$/;

const refused = (kind: string, field: string, why: string): ClusterError =>
  new ClusterError('Invalid', `${kind}.meta.k8s.io "" is invalid: ${field}: ${why}`, {
    group: 'meta.k8s.io',
    kind,
    causes: [{ field, message: why }],
  });

function dryRunOf(kind: string, values: readonly unknown[]): boolean {
  const given = values.filter((value) => value !== '');
  for (const value of given) {
    if (value !== 'All') throw refused(kind, 'dryRun', `Unsupported value: ${JSON.stringify(value)}: supported values: "All"`);
  }
  return given.length > 0;
}

/** The manager of fields that a client writes: what it says, or else its program's name. */
function managerOf(kind: string, query: URLSearchParams, userAgent: string | undefined): string {
  const given = query.get('fieldManager');
  if (!given)
    return (userAgent ?? 'unknown')
      .split('/')[0]!
      .replace(/[^\x20-\x7e]/g, '')
      .slice(0, MAX_MANAGER);
  if (given.length > MAX_MANAGER) throw refused(kind, 'fieldManager', `Too long: may not be more than ${MAX_MANAGER} bytes`);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: it is for these that one looks
  if (/[\x00-\x1f\x7f]/.test(given)) {
    throw refused(kind, 'fieldManager', `Invalid value: ${JSON.stringify(given)}: should not contain non-printable characters`);
  }
  return given;
}

/** The options of a create or an update. @throws ClusterError Invalid */
export function writeOptions(
  kind: 'CreateOptions' | 'UpdateOptions' | 'PatchOptions',
  query: URLSearchParams,
  userAgent: string | undefined,
): WriteOptions {
  return {
    dryRun: dryRunOf(kind, query.getAll('dryRun')),
    fieldManager: managerOf(kind, query, userAgent),
    user: LOCAL_USER.username,
  };
}

/** `force` of a patch, which server-side apply alone has. @throws ClusterError Invalid */
export function forceOf(query: URLSearchParams, apply: boolean): boolean {
  const force = query.get('force');
  if (force === null) return false;
  if (!apply) throw refused('PatchOptions', 'force', 'Forbidden: may not be specified for non-apply patch');
  return force === 'true' || force === '1' || force === '';
}

/** Server-side apply must say for whom. @throws ClusterError Invalid */
export function requireManager(query: URLSearchParams): void {
  if (!query.get('fieldManager')) throw refused('PatchOptions', 'fieldManager', 'Required value: is required for apply patch');
}

interface DeleteBody {
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly propagationPolicy?: string;
  readonly orphanDependents?: boolean;
  readonly gracePeriodSeconds?: number | string;
  readonly dryRun?: readonly string[];
}

const PROPAGATIONS = ['Background', 'Foreground', 'Orphan'] as const;

function propagationOf(policy: string | null | undefined, orphan: boolean | undefined): DeleteOptions['propagation'] {
  if (policy && orphan !== undefined) {
    throw refused(
      'DeleteOptions',
      'propagationPolicy',
      'Invalid value: orphanDependents and deletionPropagation cannot be both set',
    );
  }
  if (orphan !== undefined) return orphan ? 'Orphan' : 'Background';
  if (!policy) return undefined;
  const known = PROPAGATIONS.find((one) => one === policy);
  if (known) return known;
  const names = '"Foreground", "Background", "Orphan", nil';
  throw refused('DeleteOptions', 'propagationPolicy', `Invalid value: ${JSON.stringify(policy)}: not one of ${names}`);
}

/** The options of a deletion: from the body if there is one, else from the query. @throws ClusterError Invalid */
export function deleteOptions(query: URLSearchParams, body: DeleteBody | undefined): DeleteOptions {
  const orphan = query.get('orphanDependents');
  const given: DeleteBody = body ?? {
    propagationPolicy: query.get('propagationPolicy') ?? undefined,
    ...(orphan === null ? {} : { orphanDependents: orphan !== 'false' && orphan !== '0' }),
    gracePeriodSeconds: query.get('gracePeriodSeconds') ?? undefined,
    dryRun: query.getAll('dryRun'),
  };
  const propagation = propagationOf(given.propagationPolicy, given.orphanDependents);
  const grace = given.gracePeriodSeconds;
  if (grace !== undefined && grace !== null && !SECONDS.test(String(grace))) {
    throw new ClusterError('BadRequest', `gracePeriodSeconds: ${JSON.stringify(grace)} is no number of seconds`);
  }
  const { uid, resourceVersion } = given.preconditions ?? {};
  return {
    dryRun: dryRunOf('DeleteOptions', given.dryRun ?? []),
    ...(propagation ? { propagation } : {}),
    ...(grace === undefined || grace === null ? {} : { gracePeriodSeconds: Number(grace) }),
    ...(uid ? { uid } : {}),
    ...(resourceVersion ? { resourceVersion } : {}),
  };
}
