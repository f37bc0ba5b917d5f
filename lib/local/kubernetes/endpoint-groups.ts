import {
  type EndpointAddress,
  type EndpointSlice,
  type EndpointSubset,
  type IntOrString,
  type K8sService,
  type Pod,
  podAddress,
  type ServicePort,
  type Stored,
} from '../../api';

type SlicePort = NonNullable<EndpointSlice['ports']>[number];
type SliceEndpoint = EndpointSlice['endpoints'][number];

/** The most endpoints that one slice has. */
const SLICE_SIZE = 100;

interface Target {
  readonly pod: Stored<Pod>;
  readonly host: string;
  readonly ready: boolean;
  readonly terminating: boolean;
}

/** Pods that listen on the same ports: what one subset, or one slice, can say. */
export interface EndpointGroup {
  readonly ports: readonly SlicePort[];
  readonly targets: readonly Target[];
}

/** The container port that a service's target port means in this pod, or undefined if the pod has none of that name. */
function containerPort(pod: Pod, target: IntOrString, protocol: string): number | undefined {
  if (typeof target === 'number') return target;
  return pod.spec.containers
    .flatMap((container) => container.ports ?? [])
    .find((port) => port.name === target && (port.protocol ?? 'TCP') === protocol)?.containerPort;
}

function resolvedPort(pod: Pod, { name, port, targetPort = port, protocol = 'TCP', appProtocol }: ServicePort): SlicePort[] {
  const wanted = containerPort(pod, targetPort, protocol);
  const address = wanted === undefined ? undefined : podAddress(pod, wanted);
  return address ? [{ name: name ?? '', port: address.port, protocol, ...(appProtocol ? { appProtocol } : {}) }] : [];
}

/**
 * The pods of a service by the ports that they really listen on. On a laptop pods share an address and differ in their ports,
 * so there are as many groups as pods; where every pod has an address of its own, there is one.
 */
export function endpointGroups(service: K8sService, pods: readonly Stored<Pod>[]): EndpointGroup[] {
  const groups = new Map<string, { ports: readonly SlicePort[]; targets: Target[] }>();
  const sorted = [...pods].sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
  for (const pod of sorted) {
    const host = pod.status?.podIP;
    if (!host || pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') continue;
    const ports = (service.spec.ports ?? []).flatMap((port) => resolvedPort(pod, port));
    const key = JSON.stringify(ports);
    const group = groups.get(key) ?? { ports, targets: [] };
    group.targets.push({ pod, host, ready: hasReadyCondition(pod), terminating: !!pod.metadata.deletionTimestamp });
    groups.set(key, group);
  }
  return [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, group]) => group);
}

/** Also true of a pod that is going away: it still serves. */
const hasReadyCondition = (pod: Pod): boolean =>
  !!pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');

const targetRef = ({ metadata }: Stored<Pod>) => ({
  kind: 'Pod',
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
});

const hostname = (service: K8sService, { spec }: Pod): { hostname?: string } =>
  spec.subdomain === service.metadata.name && typeof spec.hostname === 'string' ? { hostname: spec.hostname } : {};

/** The subsets of the service's Endpoints: pods that are going away are in none. */
export function endpointSubsets(service: K8sService, groups: readonly EndpointGroup[]): EndpointSubset[] {
  const all = service.spec.publishNotReadyAddresses;
  return groups.flatMap(({ ports, targets }) => {
    const present = targets.filter((target) => all || !target.terminating);
    const addresses = (wanted: boolean): EndpointAddress[] =>
      present
        .filter(({ ready }) => (all || ready) === wanted)
        .map(({ pod, host }) => ({
          ip: host,
          ...hostname(service, pod),
          nodeName: pod.spec.nodeName,
          targetRef: targetRef(pod),
        }));
    const [ready, notReady] = [addresses(true), addresses(false)];
    if (present.length === 0 || (ports.length === 0 && service.spec.ports?.length)) return [];
    return [
      {
        ...(ready.length > 0 ? { addresses: ready } : {}),
        ...(notReady.length > 0 ? { notReadyAddresses: notReady } : {}),
        ports: ports.map(({ name, port = 0, protocol, appProtocol }) => ({
          ...(name ? { name } : {}),
          port,
          protocol,
          ...(appProtocol ? { appProtocol } : {}),
        })),
      },
    ];
  });
}

/** What the service's slices say: pods that are going away are there, marked so. */
export function sliceContents(
  service: K8sService,
  groups: readonly EndpointGroup[],
): Pick<EndpointSlice, 'ports' | 'endpoints'>[] {
  return groups.flatMap(({ ports, targets }) => {
    const endpoints = targets.map(
      ({ pod, host, ready, terminating }): SliceEndpoint => ({
        addresses: [host],
        ...hostname(service, pod),
        conditions: {
          ready: service.spec.publishNotReadyAddresses || (ready && !terminating),
          serving: service.spec.publishNotReadyAddresses || ready,
          terminating,
        },
        nodeName: pod.spec.nodeName,
        targetRef: targetRef(pod),
      }),
    );
    const chunks = [];
    for (let from = 0; from < endpoints.length; from += SLICE_SIZE) {
      chunks.push({ ports, endpoints: endpoints.slice(from, from + SLICE_SIZE) });
    }
    return chunks;
  });
}
