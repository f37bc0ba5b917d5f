import { BrokerType } from '../../api';
import { type Cluster, ClusterError } from '../../kube';

/** The broker that an empty platform begins with, as `kn quickstart` has it. */
export async function createExampleBroker(cluster: Cluster): Promise<void> {
  try {
    await cluster.create(BrokerType, {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name: 'example-broker', namespace: 'default' },
    });
  } catch (error) {
    if (!ClusterError.is(error, 'AlreadyExists')) throw error;
  }
}
