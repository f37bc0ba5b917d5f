import { type K8sService, K8sServiceType } from '../api';
import type { Clock, Log } from '../base';
import { type Gateway, HttpListener } from '../gateway';
import { type Cluster, Informer } from '../kube';
import type { LocalNames } from '../local';

const SERVICE_HOST = /^([^.]+\.[^.]+)\.svc(\.cluster\.local)?\.?$/;
/** The API server is not behind the gateway. */
const API_SERVER = 'kubernetes.default';

interface Alias {
  readonly listener: HttpListener;
  readonly url: string;
}

/**
 * How pods that are processes reach each other by cluster names: one listener for programs that can send any Host header, and
 * one loopback port for each name that an environment variable mentions.
 */
export class ClusterNames implements LocalNames {
  readonly #listener: HttpListener;
  readonly #aliases = new Map<string, Promise<Alias>>();
  readonly #services: Informer<K8sService>;
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

  /**
   * The loopback URL of `<service>.<namespace>.svc[.cluster.local]`, whether or not that Service exists yet: of two that are applied
   * together, the pods of one may start before the other has its Service, and their environment is made once. Until there is
   * something behind the name, the gateway answers 404 as it does for every host that it does not know.
   */
  async urlFor(host: string): Promise<string | undefined> {
    const name = SERVICE_HOST.exec(host.toLowerCase())?.[1];
    if (name === undefined || name === API_SERVER) return undefined;
    let alias = this.#aliases.get(name);
    if (!alias) {
      alias = this.#listen(`${name}.svc.cluster.local`);
      this.#aliases.set(name, alias);
      // Whoever asks next tries again.
      alias.catch(() => this.#aliases.delete(name));
    }
    return (await alias).url;
  }

  namespaces(): readonly string[] {
    return [...new Set(this.#services.list().map(({ metadata }) => metadata.namespace ?? ''))];
  }

  async close(): Promise<void> {
    this.#services.stop();
    const aliases = await Promise.allSettled(this.#aliases.values());
    const open = aliases.flatMap((alias) => (alias.status === 'fulfilled' ? [alias.value.listener] : []));
    await Promise.all([this.#listener, ...open].map((listener) => listener.close(0)));
  }

  async #listen(forceHost: string): Promise<Alias> {
    const { gateway, clock, log } = this.deps;
    const listener = new HttpListener({ gateway, clock, log, port: 0, visibility: 'internal', forceHost });
    const { host, port } = await listener.listen();
    return { listener, url: `http://${host}:${port}` };
  }
}
