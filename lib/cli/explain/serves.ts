import type { KubeObject, ResourceType, Stored } from '../../api';
import { type Cluster, ClusterError, type Selection } from '../../kube';

/** The objects of a kind, or none where the server does not have the kind or does not show it. */
export async function serves(cluster: Cluster, type: ResourceType, selection: Selection): Promise<readonly Stored<KubeObject>[]> {
  try {
    return (await cluster.list(type, selection)).items as readonly Stored<KubeObject>[];
  } catch (error) {
    if (ClusterError.is(error, 'NotFound') || ClusterError.is(error, 'Forbidden')) return [];
    throw error;
  }
}
