import { type Namespace, NamespaceType, type Stored } from '../../api';
import { ClusterError } from '../../kube';
import { forbidden, terminating } from '../cluster/refusals';
import type { ResourceRequest } from './resource-request';

/** Namespaces that every cluster has, and those of Knative as far as it is served. */
const EVERYWHERE = ['default', 'kube-system', 'kube-public', 'kube-node-lease', 'knative-serving'];
const IMMORTAL = new Set(['default', 'kube-system', 'kube-public']);

/** Those that are there from the start. @param groups the API groups that are served */
export function initialNamespaces(groups: ReadonlySet<string>): readonly string[] {
  return groups.has('eventing.knative.dev') ? [...EVERYWHERE, 'knative-eventing'] : EVERYWHERE;
}

/**
 * What kube-apiserver asks of the namespace before something is created in it: whoever comes over HTTP makes it first.
 *
 * @param created the name of what is to be created, as far as it has one
 * @throws ClusterError NotFound, or Forbidden while it is being deleted
 */
export async function checkNamespace({ resource, path }: ResourceRequest, created: string | undefined): Promise<void> {
  const { type, cluster } = resource;
  const name = path.namespace;
  if (!type.namespaced || name === undefined) return;
  const namespace: Stored<Namespace> | undefined = await cluster.get(NamespaceType, undefined, name);
  if (!namespace) throw new ClusterError('NotFound', `namespaces "${name}" not found`, { name, kind: 'namespaces' });
  if (namespace.metadata.deletionTimestamp) throw terminating(type, created || 'Unknown', name);
}

/** @throws ClusterError Forbidden for a namespace without which no cluster is */
export function checkMortal({ resource: { type }, path: { name = '' } }: ResourceRequest): void {
  if (type.kind !== NamespaceType.kind || type.group !== NamespaceType.group || !IMMORTAL.has(name)) return;
  throw forbidden(type, name, 'this namespace may not be deleted');
}
