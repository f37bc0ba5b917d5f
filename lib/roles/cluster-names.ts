import { K8sServiceType } from '../api';
import type { Clock, Log } from '../base';
import { type Gateway, HttpListener } from '../gateway';
import { type Cluster, Informer } from '../kube';
import type { LocalNames } from '../local';

/**
 * How pods that are processes reach each other by cluster names: one listener for programs that can send any Host header, and
 * one loopback port for each name that an environment variable mentions.
 */
export class ClusterNames implements LocalNames {
  readonly #listener: HttpListener;
  readonly #aliases = new Map<string, Promise<{ readonly listener: HttpListener; readonly url: string }>>();
  readonly #services: Informer<import('../api').K8sService>;
  internal: { readonly host: string; readonly port: number } | undefined;

  constructor(
    private readonly deps: { readonly gateway: Gateway; readonly cluster: Cluster; readonly clock: Clock; readonly log: Log },
  ) {
    const { gateway, cluster, clock, log } = deps;
    this.#listener = new HttpListener({ gateway, clock, log, port: 0, visibility: 'internal' });
    this.#services = new Informer(cluster, K8sServiceType, clock, log);
  }

  async start(): Promise<void> {
    this.internal = await this.#listener.listen();
    await this.#services.start();
  }

  /** The loopback URL of `<service>.<namespace>.svc[.cluster.local]`; a name that no Service has stays as it is. */
  async urlFor(host: string): Promise<string | undefined> {
    const [name = '', namespace = ''] = host.split('.');
    if (!this.#services.get(namespace, name)) return undefined;
    const canonical = `${name}.${namespace}.svc.cluster.local`;
    let alias = this.#aliases.get(canonical);
    if (!alias) {
      alias = this.#listen(canonical);
      this.#aliases.set(canonical, alias);
    }
    return (await alias).url;
  }

  namespaces(): readonly string[] {
    return [...new Set(this.#services.list().map(({ metadata }) => metadata.namespace ?? ''))];
  }

  async close(): Promise<void> {
    this.#services.stop();
    const aliases = await Promise.all(this.#aliases.values());
    await Promise.all([this.#listener, ...aliases.map(({ listener }) => listener)].map((listener) => listener.close(0)));
  }

  async #listen(forceHost: string) {
    const { gateway, clock, log } = this.deps;
    const listener = new HttpListener({ gateway, clock, log, port: 0, visibility: 'internal', forceHost });
    const { host, port } = await listener.listen();
    return { listener, url: `http://${host}:${port}` };
  }
}
