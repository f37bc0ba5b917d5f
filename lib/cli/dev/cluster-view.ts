import {
  ConfigurationType,
  DeploymentType,
  DomainMappingType,
  EventType,
  IngressType,
  type KubeObject,
  labels,
  PodType,
  type ResourceType,
  RevisionType,
  RouteType,
  ServiceType,
} from '../../api';
import { type Clock, noLog } from '../../base';
import { type Cluster, Informer } from '../../kube';
import { eventingTypes } from '../why/why-eventing';
import { World } from '../why/world';
import type { LogTail } from './log-tail';

/** Kinds on the way from a service down to its containers, and on that of events to services. */
const KINDS: readonly ResourceType[] = [
  ServiceType,
  ConfigurationType,
  RevisionType,
  RouteType,
  DomainMappingType,
  IngressType,
  DeploymentType,
  PodType,
  EventType,
  ...eventingTypes,
];

/** What explanations need of a cluster, kept up to date. */
export class ClusterView {
  readonly #informers: readonly Informer<KubeObject>[];

  /** @param onChange called after every change of any of the objects. */
  constructor(
    cluster: Cluster,
    private readonly clock: Clock,
    private readonly logs: LogTail,
    onChange: () => void,
  ) {
    this.#informers = KINDS.map((type) => new Informer(cluster, type, clock, noLog));
    for (const informer of this.#informers) informer.onChange(onChange);
  }

  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
  }

  stop(): void {
    for (const informer of this.#informers) informer.stop();
  }

  /** All objects as they are now. */
  world(): World {
    const objects = this.#informers.flatMap((informer) => informer.list());
    return new World(objects, this.clock.now(), (namespace, pod) => this.logs.of(namespace, pod));
  }

  /** Names of the pods that exist, as `namespace/name`. */
  pods(): string[] {
    return this.#of(PodType)
      .list()
      .map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
  }

  /** The Knative Service that a pod belongs to, or the pod's own name. */
  serviceOf(namespace: string, pod: string): string {
    return this.#of(PodType).get(namespace, pod)?.metadata.labels?.[labels.service] ?? pod;
  }

  #of(type: ResourceType): Informer<KubeObject> {
    return this.#informers.find((informer) => informer.type === type)!;
  }
}
