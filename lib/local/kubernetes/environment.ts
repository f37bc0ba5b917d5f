import {
  controllerOf,
  type Deployment,
  DeploymentType,
  type EndpointSlice,
  EndpointSliceType,
  type Endpoints,
  EndpointsType,
  type Job,
  JobType,
  type K8sService,
  K8sServiceType,
  type KubeObject,
  keyOf,
  type Pod,
  PodType,
  type ReplicaSet,
  ReplicaSetType,
  type ResourceType,
} from '../../api';
import type { Clock, Executor, Log } from '../../base';
import { type Cluster, EventRecorder, Informer } from '../../kube';

export interface EnvironmentOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
}

/** The index of objects by the uid of the owner that controls them. */
export const BY_OWNER = 'owner';
/** The index of pods by each of their labels: `namespace/key=value`. */
export const BY_LABEL = 'label';
/** The index of services by each pair of their selector: `namespace/key=value`. */
export const BY_SELECTOR = 'selector';

/** `namespace/key=value` for each pair. */
export const labelKeys = (object: KubeObject, labels: Readonly<Record<string, string>> | undefined): string[] =>
  Object.entries(labels ?? {}).map(([key, value]) => `${object.metadata.namespace}/${key}=${value}`);

/** What the controllers have in common: the cluster, and one copy of each kind that they look at. */
export class Environment {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly events: EventRecorder;
  readonly deployments: Informer<Deployment>;
  readonly replicaSets: Informer<ReplicaSet>;
  readonly jobs: Informer<Job>;
  readonly pods: Informer<Pod>;
  readonly services: Informer<K8sService>;
  readonly endpoints: Informer<Endpoints>;
  readonly endpointSlices: Informer<EndpointSlice>;

  constructor({ cluster, clock, executor, log }: EnvironmentOptions) {
    this.cluster = cluster;
    this.clock = clock;
    this.executor = executor;
    this.log = log;
    this.events = new EventRecorder({ cluster, clock, executor, log });
    const informer = <T extends KubeObject>(type: ResourceType<T>) => new Informer(cluster, type, clock, log);
    this.deployments = informer(DeploymentType);
    this.replicaSets = informer(ReplicaSetType);
    this.jobs = informer(JobType);
    this.pods = informer(PodType);
    this.services = informer(K8sServiceType);
    this.endpoints = informer(EndpointsType);
    this.endpointSlices = informer(EndpointSliceType);
    for (const owned of [this.replicaSets, this.pods, this.endpointSlices]) owned.addIndex(BY_OWNER, ownerIndex);
    this.pods.addIndex(BY_LABEL, (pod) => labelKeys(pod, pod.metadata.labels));
    this.services.addIndex(BY_SELECTOR, (service) => labelKeys(service, service.spec.selector));
  }

  /** Resolves once every copy is complete. */
  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
  }

  stop(): void {
    for (const informer of this.#informers) informer.stop();
  }

  get #informers() {
    return [this.deployments, this.replicaSets, this.jobs, this.pods, this.services, this.endpoints, this.endpointSlices];
  }
}

const ownerIndex = (object: KubeObject): string[] => {
  const owner = controllerOf(object);
  return owner ? [owner.uid] : [];
};

/** The key in its own kind of the object that controls this one, if it is of the given kind. */
export function ownerKey(object: KubeObject, type: ResourceType): string | undefined {
  const owner = controllerOf(object);
  if (owner?.kind !== type.kind) return undefined;
  return keyOf({ metadata: { namespace: object.metadata.namespace, name: owner.name } });
}

/** `namespace` and `name` of a key. */
export function splitKey(key: string): readonly [namespace: string, name: string] {
  const slash = key.indexOf('/');
  return [key.slice(0, slash), key.slice(slash + 1)];
}
