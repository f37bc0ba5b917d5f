import { ClusterError } from '../../kube';

/** A URL path that names a collection, an object or a part of one. */
export interface ResourcePath {
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  /** Undefined: cluster-scoped, or all namespaces. */
  readonly namespace?: string;
  /** Undefined: the collection. */
  readonly name?: string;
  readonly subresource?: string;
}

/** A path below `/api` or `/apis` that ends before a resource. */
export interface GroupPath {
  readonly group?: string;
  readonly version?: string;
}

export type ParsedPath =
  | { readonly kind: 'resource'; readonly path: ResourcePath }
  | { readonly kind: 'group'; readonly legacy: boolean; readonly path: GroupPath }
  | { readonly kind: 'other'; readonly segments: readonly string[] };

/** Reads the path of a URL as Kubernetes' API has it. @throws ClusterError BadRequest for an escape that is none */
export function parsePath(pathname: string): ParsedPath {
  const segments = pathname
    .split('/')
    .filter((segment) => segment !== '')
    .map(decoded);
  const [root, ...rest] = segments;
  if (root === 'api') return inVersion(true, '', rest);
  if (root === 'apis') return inVersion(false, rest[0], rest.slice(1));
  return { kind: 'other', segments };
}

function inVersion(legacy: boolean, group: string | undefined, [version, ...rest]: readonly string[]): ParsedPath {
  if (group === undefined || version === undefined || rest.length === 0) {
    return { kind: 'group', legacy, path: { ...(group ? { group } : {}), ...(version ? { version } : {}) } };
  }
  const where = { group, version };
  // `namespaces/NAME/status` is a part of a namespace; `namespaces/NAME/pods` is what is in it.
  if (rest[0] === 'namespaces' && rest.length > 2 && !(rest.length === 3 && NAMESPACE_PARTS.has(rest[2]!))) {
    return { kind: 'resource', path: { ...where, namespace: rest[1]!, ...named(rest.slice(2)) } };
  }
  return { kind: 'resource', path: { ...where, ...named(rest) } };
}

const NAMESPACE_PARTS = new Set(['status', 'finalize']);

function named([resource = '', name, ...subresource]: readonly string[]): Omit<ResourcePath, 'group' | 'version'> {
  return {
    resource,
    ...(name === undefined ? {} : { name }),
    ...(subresource.length === 0 ? {} : { subresource: subresource.join('/') }),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new ClusterError('BadRequest', `invalid URL escape in ${JSON.stringify(segment)}`);
  }
}
