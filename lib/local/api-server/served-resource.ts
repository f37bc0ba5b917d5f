import type { ResourceType } from '../../api';
import type { Cluster } from '../../kube';
import type { Review } from './reviews';

/** A part of an object that has a path of its own. */
export interface Subresource {
  readonly name: string;
  readonly verbs: readonly string[];
  /** What is sent and answered there, where that is not the object's own kind. */
  readonly kind?: { readonly group: string; readonly version: string; readonly kind: string };
}

/** A kind as this server offers it. */
export interface ServedResource {
  readonly type: ResourceType;
  /** Where its objects are. */
  readonly cluster: Cluster;
  readonly verbs: readonly string[];
  readonly subresources: readonly Subresource[];
  /** Creating an object asks a question, and nothing is stored. */
  readonly review?: Review;
}

const ALL_VERBS = ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'];
/** Namespaces are deleted one by one. */
const NAMESPACE_VERBS = ALL_VERBS.filter((verb) => verb !== 'deletecollection');
const READ_VERBS = ['get', 'list', 'watch'];
const PART_VERBS = ['get', 'patch', 'update'];

const podPart = (name: string, kind: string, verbs: readonly string[]): Subresource => ({
  name,
  verbs,
  kind: { group: '', version: 'v1', kind },
});

/** Parts of single kinds, beside status and scale. */
const OWN_PARTS: Readonly<Record<string, readonly Subresource[]>> = {
  'Pod.': [
    podPart('attach', 'PodAttachOptions', ['create', 'get']),
    podPart('exec', 'PodExecOptions', ['create', 'get']),
    podPart('log', 'Pod', ['get']),
    podPart('portforward', 'PodPortForwardOptions', ['create', 'get']),
  ],
  'ServiceAccount.': [
    { name: 'token', verbs: ['create'], kind: { group: 'authentication.k8s.io', version: 'v1', kind: 'TokenRequest' } },
  ],
};

/** A kind of which objects are read and written. */
export function servedResource(type: ResourceType, cluster: Cluster): ServedResource {
  const subresources: Subresource[] = [...(OWN_PARTS[`${type.kind}.${type.group}`] ?? [])];
  if (type.scaleSubresource) {
    subresources.push({ name: 'scale', verbs: PART_VERBS, kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' } });
  }
  if (type.statusSubresource) subresources.push({ name: 'status', verbs: PART_VERBS });
  const verbs = type.kind === 'Namespace' && type.group === '' ? NAMESPACE_VERBS : ALL_VERBS;
  return { type, cluster, verbs, subresources: subresources.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

/** The same, but objects are not patched. */
export function withoutPatch(resource: ServedResource): ServedResource {
  const allowed = (verbs: readonly string[]) => verbs.filter((verb) => verb !== 'patch');
  const subresources = resource.subresources.map((part) => ({ ...part, verbs: allowed(part.verbs) }));
  return { ...resource, verbs: allowed(resource.verbs), subresources };
}

/** A kind of which objects are read alone. */
export function readOnlyResource(type: ResourceType, cluster: Cluster): ServedResource {
  return { type, cluster, verbs: READ_VERBS, subresources: [] };
}

/** A kind of which objects are questions. */
export function reviewResource(review: Review, cluster: Cluster): ServedResource {
  return { type: review.type, cluster, verbs: ['create'], subresources: [], review };
}
