import { type Broker, BrokerType } from '../../api';
import { type Cluster, ClusterError } from '../../kube';
import { LOCAL_USER } from '../../local';

/** The broker that an empty platform begins with, as `kn quickstart` has it. */
export async function createExampleBroker(cluster: Cluster): Promise<void> {
  try {
    const metadata = { name: 'example-broker', namespace: 'default' };
    const broker: Broker = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata };
    await cluster.create(BrokerType, broker, { user: LOCAL_USER.username });
  } catch (error) {
    if (!ClusterError.is(error, 'AlreadyExists')) throw error;
  }
}
