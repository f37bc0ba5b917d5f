import {
  allTypes,
  type Broker,
  BrokerType,
  type InMemoryChannel,
  InMemoryChannelType,
  type ServingConfig,
  type Trigger,
  TriggerType,
} from '../../../../lib/api';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import type { Inbound, Outbound } from '../../../../lib/gateway';
import { LocalServiceAccounts, MemoryCluster, TokenIssuer } from '../../../../lib/local';
import { MemoryStore, type Store } from '../../../../lib/local/store';
import { EventingRuntime, localServingConfig } from '../../../../lib/roles';

/** What came to a host that is neither broker nor channel. */
export interface Received {
  readonly host: string;
  readonly id: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An EventingRuntime over a cluster in memory, in virtual time. Every other host of the cluster is `answer`. */
export class EventingWorld {
  readonly errors: unknown[] = [];
  readonly executor = new CountingExecutor((error) => this.errors.push(error));
  readonly clock = new VirtualClock(this.executor);
  readonly issuer = new TokenIssuer(this.clock);
  readonly received: Received[] = [];
  readonly cluster = new MemoryCluster({ clock: this.clock, random: seededRandom(1), types: allTypes });
  answer: (received: Received) => Outbound | Promise<Outbound> = () => ({ status: 202, headers: [], body: null });
  runtime: EventingRuntime;
  recovering: (what: string) => void = () => {};

  constructor(
    readonly store: Store = new MemoryStore(),
    readonly config: ServingConfig = localServingConfig,
  ) {
    this.runtime = this.#make();
  }

  static async start(): Promise<EventingWorld> {
    const world = new EventingWorld();
    await world.runtime.start();
    return world;
  }

  #make(): EventingRuntime {
    const { cluster, clock, executor, store } = this;
    return this.make({
      ...{ cluster, clock, executor, random: seededRandom(2), log: noLog, config: this.config },
      accounts: new LocalServiceAccounts(cluster, this.issuer),
      gateway: () => ({ handle: (inbound: Inbound) => this.#handle(inbound) }) as never,
      ...(store ? { store } : {}),
      recovering: (what) => this.recovering(what),
    });
  }

  make(options: ConstructorParameters<typeof EventingRuntime>[0]): EventingRuntime {
    return new EventingRuntime(options);
  }

  /** As after a kill: what was kept is all that is left. */
  async restart(): Promise<void> {
    await this.runtime.stop();
    this.runtime = this.#make();
    await this.runtime.start();
    await this.clock.settle();
  }

  broker(name: string, more: Partial<Broker> = {}): Promise<Broker> {
    return this.cluster.create(BrokerType, {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name, namespace: 'default' },
      ...more,
    });
  }

  /** A trigger that a controller has already resolved. */
  async trigger(name: string, spec: Partial<Trigger['spec']> = {}, status: Trigger['status'] = {}): Promise<void> {
    const made = await this.cluster.create(TriggerType, {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Trigger',
      metadata: { name, namespace: 'default' },
      spec: { broker: 'orders', subscriber: { uri: `http://${name}.default.svc.cluster.local` }, ...spec },
    });
    await this.cluster.updateStatus(TriggerType, {
      ...made,
      status: { observedGeneration: 1, subscriberUri: `http://${name}.default.svc.cluster.local/`, ...status },
    });
    await this.clock.settle();
  }

  channel(name: string, spec: InMemoryChannel['spec'] = {}): Promise<InMemoryChannel> {
    return this.cluster.create(InMemoryChannelType, {
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'InMemoryChannel',
      metadata: { name, namespace: 'default' },
      spec,
    });
  }

  /** Sends an event as a pod would; returns the status. */
  async publish(id: string, more: Record<string, string> = {}, to = '/default/orders', host?: string): Promise<number> {
    const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'order.created', ...more };
    const response = await this.#handle({
      ...{ method: 'POST', target: to, headers: Object.entries(headers).flat(), body: null },
      host: host ?? 'broker-ingress.knative-eventing.svc.cluster.local',
      ...{ visibility: 'internal', peer: { address: '127.0.0.1', trusted: false }, signal: new AbortController().signal },
    });
    return response.status;
  }

  get ids(): string[] {
    return this.received.map(({ id }) => id);
  }

  story(id: string): string[] {
    return this.runtime.journal
      .entries({ event: id })
      .map((entry) => ('consumer' in entry ? `${entry.kind} ${entry.consumer}` : entry.kind));
  }

  async #handle(inbound: Inbound): Promise<Outbound> {
    const path = inbound.target.split('?')[0]!;
    const inner = this.runtime.door.inner(inbound.host, path);
    if (inner) return inner(inbound);
    const headers: Record<string, string> = {};
    for (let i = 0; i < inbound.headers.length; i += 2) headers[inbound.headers[i]!.toLowerCase()] = inbound.headers[i + 1]!;
    const chunks: Buffer[] = [];
    for await (const chunk of inbound.body ?? []) chunks.push(Buffer.from(chunk as Buffer));
    const received = { host: inbound.host, id: headers['ce-id'] ?? '', headers, body: Buffer.concat(chunks).toString() };
    this.received.push(received);
    return this.answer(received);
  }
}
