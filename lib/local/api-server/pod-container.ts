import type { Container, ContainerStatus, Pod, Stored } from '../../api';
import { ClusterError } from '../../kube';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

const allContainers = ({ spec }: Pod): readonly Container[] => [...(spec.initContainers ?? []), ...spec.containers];

/** The container of a pod that a request means; it need not say which if there is one. @throws ClusterError BadRequest */
export function chosenContainer(pod: Stored<Pod>, wanted: string | null): string {
  const { name, annotations } = pod.metadata;
  if (wanted) {
    if (allContainers(pod).some((container) => container.name === wanted)) return wanted;
    throw new ClusterError('BadRequest', `container ${wanted} is not valid for pod ${name}`);
  }
  const usual = annotations?.[DEFAULT_CONTAINER];
  if (usual !== undefined && pod.spec.containers.some((container) => container.name === usual)) return usual;
  const names = pod.spec.containers.map((container) => container.name ?? '');
  if (names.length === 1 && !pod.spec.initContainers?.length) return names[0]!;
  const init = pod.spec.initContainers?.map((container) => container.name) ?? [];
  const also = init.length > 0 ? ` or one of the init containers: [${init.join(' ')}]` : '';
  throw new ClusterError(
    'BadRequest',
    `a container name must be specified for pod ${name}, choose one of: [${names.join(' ')}]${also}`,
  );
}

/** Where a container of a pod stands, or undefined if nothing is known yet. */
export function containerStatus({ status }: Pod, name: string): ContainerStatus | undefined {
  const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  return all.find((one) => one.name === name);
}
