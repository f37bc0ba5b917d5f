import {
  type EndpointSubset,
  type Endpoints,
  EndpointsType,
  K8sServiceType,
  type KubeObject,
  type ResourceType,
} from '../../api';
import { type Cluster, ClusterError } from '../../kube';

const NAMESPACE = 'knative-eventing';
const NAMES = ['broker-ingress', 'imc-dispatcher', 'job-sink', 'event-transform', 'request-reply'];
const PORTS = [{ name: 'http', port: 80, protocol: 'TCP' }] as const;

/** Makes the Services by whose names brokers and channels are reached lead to the gateway. */
export async function createEventingServices(cluster: Cluster, subset: EndpointSubset): Promise<void> {
  const subsets = [{ ...subset, ports: (subset.ports ?? []).filter(({ name }) => name === 'http') }];
  for (const name of NAMES) {
    const metadata = { name, namespace: NAMESPACE };
    await ensure(cluster, K8sServiceType, { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: PORTS } });
    await ensure<Endpoints>(cluster, EndpointsType, { apiVersion: 'v1', kind: 'Endpoints', metadata, subsets });
  }
}

async function ensure<T extends KubeObject>(cluster: Cluster, type: ResourceType<T>, object: T): Promise<void> {
  const { namespace, name = '' } = object.metadata;
  try {
    await cluster.create(type, object);
  } catch (error) {
    if (!ClusterError.is(error, 'AlreadyExists')) throw error;
    if (type.kind === 'Endpoints')
      await cluster.patch(type, namespace, name, 'merge', { subsets: (object as Endpoints).subsets });
  }
}
