import type { SecureContext } from 'node:tls';
import type { Pod, Stored } from '../api';
import { type Clock, type Executor, errorMessage, type Log, type Metrics, type Random } from '../base';
import type { Cluster } from '../kube';
import { Activator } from './activate';
import { answerInTime } from './answer-in-time';
import { Directory } from './directory';
import { Failures, plainText } from './failure';
import { type FetchOptions, fetchThrough } from './fetch-front';
import { Forwarder } from './forward';
import { GatewayMetrics } from './gateway-metrics';
import { headerValue, normalizeHost } from './headers';
import type { InnerAnswer, InnerHosts } from './inner-hosts';
import type { Inbound, Outbound, UpgradeSocket } from './message';
import { answerProbe } from './network-probe';
import { type Ownership, type Peers, PlaceAsker, PlaceGiver, TICKET_HEADER } from './ownership';
import { type Destination, Resolver } from './resolver';
import type { HostConflict, ProgrammedIngress } from './route-table';
import { framingFault } from './screen';
import { type Stat, Stats } from './stats';
import type { PodTransport } from './transport';
import { Upgrader, writeOutbound } from './upgrade';

export interface GatewayOptions {
  /** How this gateway is called in what it reports. @default 'gateway' */
  readonly reporter?: string;
  /** Error bodies name hosts, revisions and reasons: for a developer's machine. @default false */
  readonly explain?: boolean;
  /** Answers carry a Server-Timing header. @default false */
  readonly serverTiming?: boolean;
  /** Certificates of Ingresses are read, for listeners that serve HTTPS. @default false */
  readonly https?: boolean;
  /** How many requests of one revision may wait. @default 10000 */
  readonly maxPending?: number;
  /** How many bytes the waiting requests of one revision may hold. @default 64 MiB */
  readonly maxPendingBytes?: number;
}

export interface GatewayDeps {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly transport: PodTransport;
  readonly options?: GatewayOptions;
  /** Hosts that come before those of Ingresses. @default none */
  readonly inner?: InnerHosts;
  /** Whether those are answered from outside the cluster, too: there is no inside on a laptop. @default false */
  readonly innerOutside?: boolean;
  /** Where there are other gateways, with which pods of revisions with a hard limit are divided. @default every pod is this one's */
  readonly shared?: { readonly ownership: Ownership; readonly peers: Peers };
}

/** The programmed state of an Ingress, for whoever marks it ready. */
export interface Programmed extends ProgrammedIngress {
  /** Hosts that it asks for and an older Ingress has. */
  readonly conflicts: readonly HostConflict[];
  /** Set where HTTPS is served, for Ingresses that ask for it: what keeps this one from it, if anything does. */
  readonly tls: { readonly problem?: string } | undefined;
}

/**
 * The front door: ingress, activator and concurrency meter in one hop. It knows no sockets of clients: fronts hand it requests
 * (`HttpListener`, `fetch`), a transport takes them to pods.
 */
export class Gateway {
  readonly #directory: Directory;
  readonly #resolver: Resolver;
  readonly #forwarder: Forwarder;
  readonly #upgrader: Upgrader;
  readonly #stats: Stats;
  readonly #statListeners = new Set<(stats: readonly Stat[]) => void>();
  /** What this gateway asks of others; only where there are others. */
  readonly asker: PlaceAsker | undefined;
  /** What others get of this gateway. */
  readonly giver: PlaceGiver | undefined;
  readonly #programmedListeners = new Set<(namespace: string, name: string) => void>();
  #draining = false;

  constructor(private readonly deps: GatewayDeps) {
    const { clock, metrics, random, transport, options = {} } = deps;
    const failures = new Failures(options.explain ?? false);
    const gatewayMetrics = new GatewayMetrics(metrics);
    this.#stats = new Stats(clock, options.reporter ?? 'gateway', (stats) => {
      for (const listener of this.#statListeners) listener(stats);
    });
    const { shared } = deps;
    if (shared) {
      this.asker = new PlaceAsker({ clock, peers: shared.peers });
      this.giver = new PlaceGiver({ clock, find: (namespace, name) => this.#directory.revision(namespace, name) });
    }
    const { shared: _, ...own } = deps;
    this.#directory = new Directory(
      {
        ...own,
        ...options,
        ...{ stats: this.#stats, activator: new Activator(deps) },
        ...(shared && this.asker ? { shared: { ownership: shared.ownership, asker: this.asker } } : {}),
      },
      (namespace, name) => {
        for (const listener of this.#programmedListeners) listener(namespace, name);
      },
    );
    this.#resolver = new Resolver(this.#directory, random, failures);
    this.#forwarder = new Forwarder({
      clock,
      transport,
      failures,
      serverTiming: options.serverTiming ?? false,
      onAnswer: (backend, status, timings) => gatewayMetrics.answered(backend, status, timings),
    });
    this.#upgrader = new Upgrader(transport, this.#forwarder);
  }

  /** Resolves once the cluster has been read and every Ingress in it is served. */
  start(): Promise<void> {
    return this.#directory.start();
  }

  /** Says on the health path that no more requests should come. Fronts do the waiting: they know who is inside. */
  drain(): void {
    this.#draining = true;
  }

  /** Stops watching, reporting and probing, and closes connections to pods. Close fronts first. */
  async stop(): Promise<void> {
    this.drain();
    this.#directory.stop();
    this.#stats.stop();
    await this.deps.transport.close();
  }

  /** Answers a request. Rejects only for a fault of our own. */
  async handle(inbound: Inbound): Promise<Outbound> {
    const found = this.#find(inbound);
    if ('answer' in found) return answerInTime(found.answer, inbound, this.deps.clock);
    return 'backend' in found ? this.#forwarder.forward(inbound, found) : found;
  }

  /** What answers requests for a host that is a part of this process, whatever its Ingresses say; undefined: it is none. */
  inner(host: string, target: string, visibility: Inbound['visibility']): InnerAnswer | undefined {
    if (visibility === 'external' && !this.deps.innerOutside) return undefined;
    return this.deps.inner?.(normalizeHost(host), pathOf(target));
  }

  /** Answers a request to change protocols on the client's own socket. Never rejects. */
  async upgrade(inbound: Inbound, client: UpgradeSocket): Promise<void> {
    try {
      const found = this.#find(inbound);
      if ('backend' in found) await this.#upgrader.upgrade(inbound, found, client);
      else writeOutbound(client.socket, 'answer' in found ? plainText(400, 'bad request: no protocol to change to') : found);
    } catch (error) {
      this.deps.log.error('upgrade failed', { host: inbound.host, error: errorMessage(error) });
      client.socket.destroy();
    }
  }

  /** Answers a fetch Request without a socket: for tests and for parts of the same process. */
  fetch(request: Request, options?: FetchOptions): Promise<Response> {
    return fetchThrough(this, request, options);
  }

  /**
   * Sends no more requests to a pod that is to end; resolves when none is inside it, or when the signal aborts. Whoever ends pods
   * waits for it: what Knative's queue-proxy does by a preStop hook.
   */
  drained(pod: Stored<Pod>, signal: AbortSignal): Promise<void> {
    return this.#directory.drained(pod, signal);
  }

  /** Calls `listener` with every report, each second while there is traffic. Returns how to stop it. */
  onStats(listener: (stats: readonly Stat[]) => void): () => void {
    this.#statListeners.add(listener);
    return () => this.#statListeners.delete(listener);
  }

  /** What is served of an Ingress now, or undefined if nothing is. */
  programmed(namespace: string, name: string): Programmed | undefined {
    const { routes } = this.#directory;
    const key = `${namespace}/${name}`;
    const ingress = routes.programmed(key);
    return ingress && { ...ingress, conflicts: routes.conflicts(key), tls: this.#tls(key) };
  }

  /** The certificate of a host, for a listener that serves HTTPS. */
  secureContext(servername: string): SecureContext | undefined {
    return this.#directory.certificates?.context(servername);
  }

  #tls(key: string): Programmed['tls'] {
    const problem = this.#directory.certificates?.problem(key);
    if (problem !== undefined) return { problem };
    return this.#directory.certificates && {};
  }

  /** Calls `listener` when `programmed` has changed for an Ingress. Returns how to stop it. */
  onProgrammed(listener: (namespace: string, name: string) => void): () => void {
    this.#programmedListeners.add(listener);
    return () => this.#programmedListeners.delete(listener);
  }

  #find(inbound: Inbound): Destination | Outbound | { readonly answer: InnerAnswer } {
    const fault = framingFault(inbound.headers);
    if (fault) return plainText(400, `bad request: ${fault}`, ['Connection', 'close']);
    const path = pathOf(inbound.target);
    const answer = this.inner(inbound.host, inbound.target, inbound.visibility);
    if (answer) return { answer };
    const ticket = this.giver && inbound.visibility === 'internal' ? headerValue(inbound.headers, TICKET) : undefined;
    if (ticket !== undefined) return this.#placed(ticket, inbound);
    const probe = answerProbe(inbound, path, this.#draining, () => {
      const { routes } = this.#directory;
      return routes.match(normalizeHost(inbound.host), path, inbound.headers, inbound.visibility)?.ingress.hash;
    });
    return probe ?? this.#resolver.resolve(inbound, path);
  }

  /** A request that another gateway sends into one of our pods. */
  #placed(ticket: string, { host }: Inbound): Destination | Outbound {
    const placed = this.giver!.take(ticket);
    if (!placed) return plainText(503, 'no such place', ['Retry-After', '1']);
    const rules = { host, originalHost: undefined, setHeaders: [], setNames: NO_NAMES, toRevision: true };
    return { backend: placed.backend, rules, placed: placed.lease };
  }
}

const TICKET = TICKET_HEADER.toLowerCase();
const NO_NAMES: ReadonlySet<string> = new Set();

function pathOf(target: string): string {
  const query = target.indexOf('?');
  return query < 0 ? target : target.slice(0, query);
}
