import {
  controllerRef,
  type EndpointSlice,
  EndpointSliceType,
  type Endpoints,
  EndpointsType,
  type K8sService,
  K8sServiceType,
  type KubeObject,
  keyOf,
  type Pod,
  type ResourceType,
  type Stored,
} from '../../api';
import { jsonEqual } from '../../base';
import { ClusterError } from '../../kube';
import { labelMatcher } from '../cluster';
import { endpointGroups, endpointSubsets, sliceContents } from './endpoint-groups';
import { BY_LABEL, BY_OWNER, BY_SELECTOR, type Environment, labelKeys, ownerKey, splitKey } from './environment';
import { KeyQueue } from './key-queue';
import { safeHash } from './safe-hash';

const HEADLESS_LABEL = 'service.kubernetes.io/headless';
const SERVICE_NAME_LABEL = 'kubernetes.io/service-name';
const SLICE_MANAGER = { 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' };
const ENDPOINTS_MANAGER = { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' };

type StoredService = Stored<K8sService>;
type SliceContent = ReturnType<typeof sliceContents>[number];

/**
 * Says in Endpoints and EndpointSlices which pods a service's selector selects. Services without a selector are left alone:
 * whoever made them says where they lead.
 */
export class EndpointsController {
  readonly queue: KeyQueue;

  constructor(private readonly env: Environment) {
    this.queue = new KeyQueue({ ...env, name: 'endpoints-controller', reconcile: (key) => this.#reconcile(key) });
    env.services.onChange(({ previous, next }) => this.queue.add(keyOf((next ?? previous)!)));
    env.pods.onChange(({ previous, next }) => {
      for (const pod of [previous, next]) if (pod) this.#addServicesOf(pod);
    });
    // What somebody else deletes is made again.
    env.endpoints.onChange(({ previous, next }) => !next && this.queue.add(keyOf(previous!)));
    env.endpointSlices.onChange(({ previous, next }) => {
      const key = next ? undefined : ownerKey(previous!, K8sServiceType);
      if (key) this.queue.add(key);
    });
  }

  #addServicesOf(pod: Stored<Pod>): void {
    for (const label of labelKeys(pod, pod.metadata.labels)) {
      for (const service of this.env.services.byIndex(BY_SELECTOR, label)) {
        if (labelMatcher({ matchLabels: service.spec.selector })(pod.metadata.labels)) this.queue.add(keyOf(service));
      }
    }
  }

  async #reconcile(key: string): Promise<undefined> {
    const [namespace, name] = splitKey(key);
    const service = this.env.services.get(namespace, name);
    if (!service) {
      // Slices go with the service that owns them.
      if (this.env.endpoints.get(namespace, name)) await this.#delete(EndpointsType, namespace, name);
      return;
    }
    const { selector, type } = service.spec;
    if (!selector || Object.keys(selector).length === 0 || type === 'ExternalName' || service.metadata.deletionTimestamp) return;
    const groups = endpointGroups(service, this.#pods(service));
    await this.#writeEndpoints(service, endpointSubsets(service, groups));
    await this.#writeSlices(service, sliceContents(service, groups));
  }

  #pods(service: StoredService): Stored<Pod>[] {
    const candidates = labelKeys(service, service.spec.selector).map((label) => this.env.pods.byIndex(BY_LABEL, label));
    const fewest = candidates.reduce((a, b) => (b.length < a.length ? b : a));
    const matches = labelMatcher({ matchLabels: service.spec.selector });
    return fewest.filter((pod) => matches(pod.metadata.labels));
  }

  async #writeEndpoints(service: StoredService, subsets: NonNullable<Endpoints['subsets']>): Promise<void> {
    const { namespace, name } = service.metadata;
    const wanted: Endpoints = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { namespace, name, labels: { ...labelsOf(service), ...ENDPOINTS_MANAGER } },
      ...(subsets.length > 0 ? { subsets } : {}),
    };
    const current = this.env.endpoints.get(namespace, name);
    if (current && jsonEqual(current.subsets, wanted.subsets) && jsonEqual(current.metadata.labels, wanted.metadata.labels))
      return;
    await this.#put(EndpointsType, wanted, current !== undefined);
  }

  /** Slices keep what they have where that still holds; what is new goes to those that are free before more are made. */
  async #writeSlices(service: StoredService, contents: readonly SliceContent[]): Promise<void> {
    const existing = this.env.endpointSlices.byIndex(BY_OWNER, service.metadata.uid);
    const free = new Set(existing);
    const places = new Map<SliceContent, EndpointSlice>();
    // A service without pods still has a slice, which says so.
    const wanted = contents.length > 0 ? contents : [{ ports: [], endpoints: [] }];
    for (const content of wanted) {
      const same = [...free].find((slice) => jsonEqual(slice.ports, content.ports));
      if (!same) continue;
      free.delete(same);
      places.set(content, same);
    }
    const names = new Set(existing.map((slice) => slice.metadata.name));
    for (const content of wanted) {
      const [spare] = free;
      const slice = places.get(content) ?? spare;
      if (slice) free.delete(slice as Stored<EndpointSlice>);
      const name = slice?.metadata.name ?? freeName(service, names);
      names.add(name);
      const next = sliceOf(service, name, content);
      if (!slice || !sameSlice(slice, next)) await this.#put(EndpointSliceType, next, slice !== undefined);
    }
    for (const { metadata } of free) await this.#delete(EndpointSliceType, metadata.namespace, metadata.name);
  }

  /** Writes an object that this controller alone writes. */
  async #put<T extends KubeObject>(type: ResourceType<T>, object: T, exists: boolean): Promise<void> {
    try {
      await (exists ? this.env.cluster.update(type, object) : this.env.cluster.create(type, object));
    } catch (error) {
      // Endpoints may have been written by hand before the service had a selector.
      if (!ClusterError.is(error, 'AlreadyExists')) throw error;
      await this.env.cluster.update(type, object);
    }
  }

  async #delete(type: ResourceType, namespace: string | undefined, name: string): Promise<void> {
    try {
      await this.env.cluster.delete(type, namespace, name);
    } catch (error) {
      if (!ClusterError.is(error, 'NotFound')) throw error;
    }
  }
}

function labelsOf(service: K8sService): Record<string, string> {
  const headless = service.spec.clusterIP === 'None' || !service.spec.clusterIP;
  return { ...service.metadata.labels, ...(headless ? { [HEADLESS_LABEL]: '' } : {}) };
}

/** Names repeat from one run to the next, so that a slice which the copy has not heard of is not made twice. */
function freeName({ metadata }: StoredService, taken: ReadonlySet<string>): string {
  for (let i = 0; ; i++) {
    const name = `${metadata.name}-${safeHash(`${metadata.uid}/${i}`).slice(0, 5)}`;
    if (!taken.has(name)) return name;
  }
}

function sliceOf(service: StoredService, name: string, content: SliceContent): EndpointSlice {
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      namespace: service.metadata.namespace,
      name,
      labels: { ...labelsOf(service), ...SLICE_MANAGER, [SERVICE_NAME_LABEL]: service.metadata.name },
      ownerReferences: [controllerRef(service)],
    },
    addressType: 'IPv4',
    ...content,
  };
}

const sameSlice = (a: EndpointSlice, b: EndpointSlice): boolean =>
  jsonEqual(a.endpoints, b.endpoints) && jsonEqual(a.ports, b.ports) && jsonEqual(a.metadata.labels, b.metadata.labels);
