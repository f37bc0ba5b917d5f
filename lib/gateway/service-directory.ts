import { EndpointSliceType, EndpointsType, K8sServiceType, type KubeObject, PodType, podAddress } from '../api';
import { type Clock, type Executor, errorMessage, type Log, type Random } from '../base';
import { type Cluster, Informer } from '../kube';
import { ServiceBackend } from './service-backend';
import { isLoopback, type ServiceEndpoint, serviceEndpoints } from './service-endpoints';
import type { PodTarget, PodTransport } from './transport';

const SLICE_SERVICE_LABEL = 'kubernetes.io/service-name';

export interface ServiceDirectoryDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly random: Random;
  readonly transport: PodTransport;
}

/** Plain Kubernetes Services: those that a split has pointed to, with their endpoints, and names for other hosts. */
export class ServiceDirectory {
  readonly #known = new Map<string, ServiceBackend>();
  /** The latest search for each Service's endpoints: what an older one finds is of no use. */
  readonly #searches = new Map<ServiceBackend, readonly ServiceEndpoint[]>();
  readonly #services;
  readonly #endpoints;
  readonly #slices;

  constructor(private readonly deps: ServiceDirectoryDeps) {
    const { cluster, clock, log } = deps;
    this.#services = new Informer(cluster, K8sServiceType, clock, log);
    this.#endpoints = new Informer(cluster, EndpointsType, clock, log);
    this.#slices = new Informer(cluster, EndpointSliceType, clock, log);
    this.#slices.addIndex('service', ({ metadata }) => [`${metadata.namespace}/${metadata.labels?.[SLICE_SERVICE_LABEL]}`]);
    this.#services.onChange(({ previous, next }) => this.#changed((next ?? previous)!));
    this.#endpoints.onChange(({ previous, next }) => this.#changed((next ?? previous)!));
    this.#slices.onChange(({ previous, next }) => {
      const slice = (next ?? previous)!;
      this.#changed(slice, slice.metadata.labels?.[SLICE_SERVICE_LABEL]);
    });
  }

  async start(): Promise<void> {
    await Promise.all([this.#services.start(), this.#endpoints.start(), this.#slices.start()]);
  }

  stop(): void {
    for (const informer of [this.#services, this.#endpoints, this.#slices]) informer.stop();
  }

  /** One port of a Service, or undefined if there is no such Service. */
  get(namespace: string, name: string, port: number | string): ServiceBackend | undefined {
    if (!this.#services.get(namespace, name)) return undefined;
    const key = `${namespace}/${name}:${port}`;
    let service = this.#known.get(key);
    if (!service) {
      service = new ServiceBackend(namespace, name, port, this.deps);
      this.#known.set(key, service);
      this.#locate(service);
    }
    return service;
  }

  /** The host that a Service is another name for, if it is one (type ExternalName). */
  externalName(namespace: string, name: string): string | undefined {
    const { type, externalName } = this.#services.get(namespace, name)?.spec ?? {};
    return type === 'ExternalName' ? externalName : undefined;
  }

  #changed({ metadata }: KubeObject, name = metadata.name): void {
    const prefix = `${metadata.namespace}/${name}:`;
    for (const [key, service] of this.#known) if (key.startsWith(prefix)) this.#locate(service);
  }

  /** Finds a Service's endpoints. Pods that share a loopback address are asked for their real port. */
  #locate(service: ServiceBackend): void {
    const { namespace, name, port } = service;
    const object = this.#services.get(namespace, name);
    const slices = this.#slices.byIndex('service', `${namespace}/${name}`);
    const found = object ? serviceEndpoints(object, port, slices, this.#endpoints.get(namespace, name)) : [];
    this.#searches.set(service, found);
    if (!object) this.#known.delete(`${namespace}/${name}:${port}`);
    if (!found.some(({ target, pod }) => pod && isLoopback(target.host))) {
      this.#settle(service, found);
      return;
    }
    const search = this.deps.executor.track('locate', async () => {
      const real = await Promise.all(found.map(async (endpoint) => ({ ...endpoint, target: await this.#realTarget(endpoint) })));
      if (this.#searches.get(service) === found) this.#settle(service, real);
    });
    service.locating(
      search.catch((error: unknown) =>
        this.deps.log.warn('pods not found', { service: service.title, error: errorMessage(error) }),
      ),
    );
  }

  #settle(service: ServiceBackend, endpoints: readonly ServiceEndpoint[]): void {
    this.#searches.delete(service);
    service.setTargets(endpoints.map(({ target }) => target));
  }

  async #realTarget({ target, pod }: ServiceEndpoint): Promise<PodTarget> {
    if (!pod || !isLoopback(target.host)) return target;
    const object = await this.deps.cluster.get(PodType, pod.namespace, pod.name);
    return { ...target, ...(object && podAddress(object, target.port)) };
  }
}
