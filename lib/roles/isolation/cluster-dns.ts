import {
  type Endpoints,
  EndpointsType,
  type K8sService,
  K8sServiceType,
  type KubeObject,
  keyOf,
  type ServicePort,
  type Stored,
} from '../../api';
import { type Clock, type Executor, errorMessage, KncError, type Log } from '../../base';
import { type Gateway, HttpListener } from '../../gateway';
import { type Cluster, Informer } from '../../kube';
import type { LocalNames } from '../../local';
import type { DnsName, Isolation } from '../../local/isolate';
import { ServiceDoor, targetsOf, tcpPorts } from './service-door';

export interface ClusterDnsDeps {
  readonly isolation: Pick<Isolation, 'address' | 'addAddress' | 'removeAddress' | 'serveNames'>;
  readonly gateway: Gateway;
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  /** The name of the gateway inside the cluster: what routes' Services are other names for. */
  readonly gatewayHost: string;
  /** Where the gateway listens on the bridge. @default 80 */
  readonly port?: number;
}

const NAME = /^(?:([^.]+)\.)?([^.]+)\.([^.]+)\.svc\.cluster\.local$/;
const NAMESPACE = /^([^.]+)\.svc\.cluster\.local$/;
const BRANCHES = new Set(['cluster.local', 'svc.cluster.local']);

interface Door {
  readonly service: ServiceDoor;
  readonly ip: string;
  /** What it was opened for. */
  readonly ports: string;
}

/**
 * Names and addresses of Services for isolated pods. The gateway is on port 80 of the bridge, where routes' names lead. A headless
 * Service's name leads to its pods. Every other Service has its cluster address, which is given to this machine when somebody first
 * asks for the name, so that a thousand Services that nobody calls cost nothing.
 */
export class ClusterDns implements LocalNames {
  readonly internal = undefined;
  readonly #listener: HttpListener;
  readonly #services: Informer<K8sService>;
  readonly #endpoints: Informer<Endpoints>;
  readonly #doors = new Map<string, Promise<Door>>();

  constructor(private readonly deps: ClusterDnsDeps) {
    const { cluster, clock, log, isolation, gateway, executor, port = 80 } = deps;
    this.#listener = new HttpListener({
      ...{ gateway, clock, log },
      host: isolation.address,
      port,
      visibility: 'internal',
    });
    this.#services = new Informer(cluster, K8sServiceType, clock, log);
    this.#endpoints = new Informer(cluster, EndpointsType, clock, log);
    this.#services.onChange(({ previous, next }) => {
      executor.run('service door', () => this.#changed((next ?? previous)!, next));
    });
  }

  /** Names work by themselves: no value is rewritten. */
  async urlFor(): Promise<undefined> {
    return undefined;
  }

  /** @throws KncError KNC4005 if another program has taken port 80 or 53 on all addresses. */
  async start(): Promise<void> {
    await Promise.all([this.#services.start(), this.#endpoints.start()]);
    try {
      await this.#listener.listen();
    } catch (error) {
      const where = `${this.deps.isolation.address}:${this.deps.port ?? 80}`;
      throw new KncError('KNC4005', `the gateway cannot listen for pods on ${where}: ${errorMessage(error)}`, { cause: error });
    }
    await this.deps.isolation.serveNames((name) => this.lookup(name));
  }

  async close(): Promise<void> {
    this.#services.stop();
    this.#endpoints.stop();
    const doors = await Promise.allSettled(this.#doors.values());
    const open = doors.flatMap((door) => (door.status === 'fulfilled' ? [door.value.service] : []));
    await Promise.all([this.#listener.close(0), ...open.map((door) => door.close())]);
  }

  /** What a name of the cluster stands for; undefined if it does not exist. */
  async lookup(name: string): Promise<DnsName | undefined> {
    if (name === this.deps.gatewayHost) return { addresses: [this.deps.isolation.address] };
    const [, host, service = '', namespace = ''] = NAME.exec(name) ?? [];
    const found = this.#services.get(namespace, service);
    if (!found) return this.#isBranch(name) ? {} : undefined;
    const { type, externalName, clusterIP } = found.spec;
    if (type === 'ExternalName') return host === undefined && externalName ? { alias: externalName } : undefined;
    if (clusterIP === 'None') return this.#headless(found, host);
    if (host !== undefined || !clusterIP) return undefined;
    await this.#door(found, clusterIP);
    return { addresses: [clusterIP] };
  }

  /** Names that have no records themselves and are the ends of others. */
  #isBranch(name: string): boolean {
    if (BRANCHES.has(name)) return true;
    const namespace = NAMESPACE.exec(name)?.[1];
    return namespace !== undefined && this.#services.list().some(({ metadata }) => metadata.namespace === namespace);
  }

  /** The ready pods behind a Service, or the one of them with this host name. */
  #headless({ metadata }: Stored<K8sService>, host: string | undefined): DnsName | undefined {
    const subsets = this.#endpoints.get(metadata.namespace ?? '', metadata.name)?.subsets ?? [];
    const all = subsets.flatMap(({ addresses = [] }) => addresses);
    const wanted = host === undefined ? all : all.filter(({ ip, hostname = ip.replaceAll('.', '-') }) => hostname === host);
    if (host !== undefined && wanted.length === 0) return undefined;
    return { addresses: [...new Set(wanted.map(({ ip }) => ip))] };
  }

  async #door(service: Stored<K8sService>, ip: string): Promise<void> {
    const key = keyOf(service);
    let door = this.#doors.get(key);
    if (!door) {
      door = this.#open(service, ip);
      this.#doors.set(key, door);
      door.catch(() => this.#doors.delete(key));
    }
    await door;
  }

  async #open(object: Stored<K8sService>, ip: string): Promise<Door> {
    const { namespace = '', name } = object.metadata;
    await this.deps.isolation.addAddress(ip);
    const targets = (port: ServicePort) => targetsOf(port, this.#endpoints.get(namespace, name));
    const service = new ServiceDoor(ip, tcpPorts(object), targets);
    try {
      await service.open();
    } catch (error) {
      await service.close();
      throw error;
    }
    return { service, ip, ports: JSON.stringify(object.spec.ports) };
  }

  /** Closes the door of a Service that is gone or has another address or other ports; it opens again when somebody asks. */
  async #changed(
    object: KubeObject & { readonly metadata: Stored<K8sService>['metadata'] },
    next: Stored<K8sService> | undefined,
  ) {
    const key = keyOf(object);
    const door = await this.#doors.get(key)?.catch(() => undefined);
    if (!door || (next?.spec.clusterIP === door.ip && JSON.stringify(next.spec.ports) === door.ports)) return;
    this.#doors.delete(key);
    await door.service.close();
    await this.deps.isolation.removeAddress(door.ip);
    if (next?.spec.clusterIP === door.ip) await this.#door(next, door.ip);
  }
}
