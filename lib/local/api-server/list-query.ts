import { ClusterError, type Selection } from '../../kube';

/** What a list or a watch asks for, beside the kind. */
export interface ListQuery {
  readonly selection: Selection;
  readonly limit: number | undefined;
  readonly continue: string | undefined;
  readonly resourceVersion: string | undefined;
  readonly resourceVersionMatch: string | undefined;
  /** Whether a watch begins with what exists; undefined: as the version says. */
  readonly sendInitialEvents: boolean | undefined;
  readonly allowWatchBookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
  readonly watch: boolean;
}

const refused = (field: string, why: string): ClusterError =>
  new ClusterError('Invalid', `ListOptions.meta.k8s.io "" is invalid: ${field}: ${why}`, {
    group: 'meta.k8s.io',
    kind: 'ListOptions',
    causes: [{ field, message: why }],
  });

/** A flag of a query, as Kubernetes converts strings to booleans. */
export function flag(query: URLSearchParams, name: string): boolean {
  const value = query.get(name)?.toLowerCase();
  return value !== undefined && value !== 'false' && value !== '0';
}

/** A number of a query, or undefined. @throws ClusterError BadRequest */
export function count(query: URLSearchParams, name: string): number | undefined {
  const value = query.get(name);
  if (value === null || value === '') return undefined;
  if (!/^-?\d{1,15}$/.test(value)) throw new ClusterError('BadRequest', `${name}: ${JSON.stringify(value)} is no number`);
  return Number(value);
}

/** The options of a list or a watch. @throws ClusterError BadRequest or Invalid */
export function listQuery(query: URLSearchParams, namespace: string | undefined): ListQuery {
  const text = (name: string): string | undefined => query.get(name) || undefined;
  const watch = flag(query, 'watch');
  const resourceVersion = text('resourceVersion');
  const resourceVersionMatch = text('resourceVersionMatch');
  const labelSelector = text('labelSelector');
  const fieldSelector = text('fieldSelector');
  const limit = count(query, 'limit');
  const sendInitialEvents = query.has('sendInitialEvents') ? flag(query, 'sendInitialEvents') : undefined;
  if (resourceVersion !== undefined && !/^\d{1,15}$/.test(resourceVersion)) {
    throw refused('resourceVersion', `Invalid value: ${JSON.stringify(resourceVersion)}: strconv.ParseUint: invalid syntax`);
  }
  checkMatch(watch, { resourceVersion, resourceVersionMatch, sendInitialEvents, continue: text('continue') });
  return {
    selection: {
      ...(namespace === undefined ? {} : { namespace }),
      ...(labelSelector === undefined ? {} : { labelSelector }),
      ...(fieldSelector === undefined ? {} : { fieldSelector }),
    },
    limit: limit !== undefined && limit > 0 ? limit : undefined,
    continue: text('continue'),
    resourceVersion,
    resourceVersionMatch,
    sendInitialEvents,
    allowWatchBookmarks: flag(query, 'allowWatchBookmarks'),
    timeoutSeconds: count(query, 'timeoutSeconds'),
    watch,
  };
}

function checkMatch(
  watch: boolean,
  {
    resourceVersion,
    resourceVersionMatch: match,
    sendInitialEvents,
    continue: token,
  }: Pick<ListQuery, 'resourceVersion' | 'resourceVersionMatch' | 'sendInitialEvents' | 'continue'>,
): void {
  if (watch) {
    if (sendInitialEvents === undefined) {
      if (match)
        throw refused(
          'resourceVersionMatch',
          'Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        );
    } else if (match !== 'NotOlderThan') {
      throw refused('resourceVersionMatch', 'Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan');
    }
    return;
  }
  if (sendInitialEvents !== undefined) {
    throw refused('sendInitialEvents', 'Forbidden: sendInitialEvents is forbidden for list');
  }
  if (token && resourceVersion && resourceVersion !== '0') {
    throw new ClusterError('BadRequest', 'specifying resource version is not allowed when using continue');
  }
  if (!match) return;
  if (token) throw refused('resourceVersionMatch', 'Forbidden: resourceVersionMatch is forbidden when continue is provided');
  if (!resourceVersion) {
    throw refused('resourceVersionMatch', 'Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided');
  }
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    throw refused(
      'resourceVersionMatch',
      `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    );
  }
  if (match === 'Exact' && resourceVersion === '0') {
    throw refused('resourceVersionMatch', 'Forbidden: resourceVersionMatch "exact" is forbidden for resourceVersion "0"');
  }
}
