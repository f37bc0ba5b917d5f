import { availableParallelism, totalmem } from 'node:os';
import { type Container, type Pod, parseQuantity } from '../../api';
import { StartError } from './container-runtime';

/** The address of the machine as pods see it. */
export const HOST_IP = '127.0.0.1';

const KEYED = /^metadata\.(labels|annotations)\['([^']+)'\]$/;

/** The value of a field of the pod (fieldRef). @throws StartError for a path that Kubernetes does not offer. */
export function podField(pod: Pod, ip: string, path: string): string {
  const keyed = KEYED.exec(path);
  if (keyed) return pod.metadata[keyed[1] as 'labels' | 'annotations']?.[keyed[2]!] ?? '';
  switch (path) {
    case 'metadata.name':
      return pod.metadata.name ?? '';
    case 'metadata.namespace':
      return pod.metadata.namespace ?? '';
    case 'metadata.uid':
      return pod.metadata.uid ?? '';
    case 'metadata.labels':
      return keyValues(pod.metadata.labels);
    case 'metadata.annotations':
      return keyValues(pod.metadata.annotations);
    case 'spec.nodeName':
      return pod.spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return pod.spec.serviceAccountName ?? 'default';
    case 'status.hostIP':
    case 'status.hostIPs':
      return HOST_IP;
    case 'status.podIP':
    case 'status.podIPs':
      return ip;
    default:
      throw new StartError('CreateContainerConfigError', `unsupported fieldPath: ${path}`);
  }
}

/** `key="value"`, a line each, sorted by key. */
function keyValues(map: Readonly<Record<string, string>> = {}): string {
  return Object.keys(map)
    .sort()
    .map((key) => `${key}=${JSON.stringify(map[key])}`)
    .join('\n');
}

/** A request or limit of a container in units of `divisor`, rounded up; what is not limited is all that the machine has. */
export function resourceField(pod: Pod, own: Container, ref: ResourceFieldRef): string {
  const container =
    ref.containerName === undefined
      ? own
      : [...pod.spec.containers, ...(pod.spec.initContainers ?? [])].find((c) => c.name === ref.containerName);
  if (!container) {
    throw new StartError('CreateContainerConfigError', `container ${ref.containerName} not found`);
  }
  const [kind, ...rest] = ref.resource.split('.');
  const resource = rest.join('.');
  const { limits, requests } = container.resources ?? {};
  const declared = kind === 'limits' ? limits?.[resource] : kind === 'requests' ? requests?.[resource] : undefined;
  const amount = declared === undefined ? machine(kind, resource) : parseQuantity(declared);
  const divisor = parseQuantity(ref.divisor ?? 1);
  if (amount === undefined) {
    throw new StartError('CreateContainerConfigError', `unsupported container resource : ${ref.resource}`);
  }
  return String(Math.ceil(amount / (divisor || 1)));
}

export interface ResourceFieldRef {
  readonly containerName?: string;
  readonly resource: string;
  readonly divisor?: number | string;
}

function machine(kind: string | undefined, resource: string): number | undefined {
  if (kind === 'requests') return 0;
  if (kind !== 'limits') return undefined;
  if (resource === 'cpu') return availableParallelism();
  return resource === 'memory' ? totalmem() : undefined;
}
