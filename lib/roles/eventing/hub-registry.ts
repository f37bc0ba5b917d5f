import type { Clock, Executor, Log, Metrics, Random } from '../../base';
import {
  type CloudEvent,
  type ConsumerSpec,
  Deliverer,
  EventHub,
  type EventLog,
  type EventRecord,
  type Journal,
  type KeyValueStore,
  RETIRED_MS,
  type Retention,
  type Sender,
  StatefulMetrics,
  traceOf,
} from '../../eventing';
import { EventLogs } from './event-logs';

export interface HubRegistryOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly journal: Journal;
  readonly sender: Sender;
  /** Where events are kept. @default in memory */
  readonly store?: KeyValueStore;
  readonly retention: Retention;
  /** @default not measured */
  readonly metrics?: Metrics;
  /** Is told of every event that a broker or channel has taken. */
  readonly onTaken?: (name: string, event: CloudEvent) => void;
}

type Kind = 'broker' | 'channel';

/** A broker or channel that is there, with what its consumers want. */
interface Open {
  readonly hub: EventHub;
  readonly log: EventLog;
  readonly specs: Map<string, ConsumerSpec>;
}

/** What is written down of every log, so that one that nobody opens again is found and goes in the end. */
interface Noted {
  /** When its broker or channel was deleted, in milliseconds since the epoch. */
  readonly closed?: number;
}

const LOGS = 'log/';
/** So long the log of one that was deleted stays, whatever room there is: it may be made anew. */
const ANEW_MS = 600_000;

/** All brokers and channels of this process by name (`broker/default/orders`). One that was deleted is kept for a while, with its log. */
export class HubRegistry {
  readonly #open = new Map<string, Open>();
  readonly #closed = new Map<string, { readonly hub: EventHub; readonly log: EventLog; readonly at: number }>();

  readonly #logs: EventLogs;
  readonly #metrics: StatefulMetrics | undefined;
  /** There may be logs that no broker or channel has. */
  #mayGiveUp = true;

  constructor(private readonly options: HubRegistryOptions) {
    const { journal, metrics } = options;
    const reason = 'it was away for longer than events are kept for it';
    this.#logs = new EventLogs({
      ...options,
      giveUp: () => this.#giveUp(),
      onForgotten: (name, consumer, { event, headers }: EventRecord) =>
        journal.record(name, traceOf(headers) ?? '', event, { kind: 'dropped', consumer, reason }),
    });
    this.#metrics = metrics && new StatefulMetrics(metrics);
  }

  /** Reads what an earlier process has left, while others get their turn, so that what is opened then is there at once. @param tell is told how far that is */
  async prepare(tell: (what: string) => void): Promise<void> {
    const noted = [...(this.options.store?.range({ prefix: LOGS }) ?? [])];
    const names = noted.flatMap(([key, value]) => ((value as Noted).closed === undefined ? [key.slice(LOGS.length)] : []));
    await this.#logs.prepare(names, tell);
  }

  get names(): readonly string[] {
    return [...this.#open.keys()];
  }

  get(name: string): EventHub | undefined {
    return this.#open.get(name)?.hub;
  }

  /** What a consumer wants, if there is one of that name. */
  spec(name: string, consumer: string): ConsumerSpec | undefined {
    return this.#open.get(name)?.specs.get(consumer);
  }

  /** The broker or channel of this name; its log is gone on with if there was one. */
  open(kind: Kind, name: string): EventHub {
    const known = this.#open.get(name);
    if (known) return known.hub;
    this.sweep();
    const { hub, log } = this.#closed.get(name) ?? this.#hub(kind, name);
    this.#closed.delete(name);
    this.#note(name, {});
    this.#open.set(name, { hub, log, specs: new Map() });
    return hub;
  }

  /**
   * Whether a broker or channel has nothing to deliver any more, and nothing can come to it from these.
   * @param from the beginning of the names of those that may send to it
   * @param is whether a URL is its address
   */
  drained(name: string, from: string, is: (url: string) => boolean): boolean {
    if (this.get(name)?.idle === false) return false;
    const senders = [...this.#open, ...this.#closed].filter(([other]) => other.startsWith(from));
    return !senders.some(([, { hub }]) => hub.sendsTo(is));
  }

  /** Whether a consumer that gets nothing new has got everything, or is not there. */
  isClosed(name: string, consumer: string): boolean {
    const spec = this.spec(name, consumer);
    return spec === undefined || (spec.closed === true && this.get(name)!.isIdle(consumer));
  }

  /** Adds a consumer to a broker or channel that is there, or changes it. */
  set(name: string, consumer: string, spec: ConsumerSpec): void {
    const open = this.#open.get(name);
    open?.specs.set(consumer, spec);
    open?.hub.set(consumer, spec);
  }

  remove(name: string, consumer: string): void {
    const open = this.#open.get(name);
    if (open?.specs.delete(consumer)) open.hub.remove(consumer);
  }

  /** A consumer has another name from now on, and goes on where it was; unless that name is there already. */
  rename(name: string, from: string, to: string): void {
    const open = this.#open.get(name);
    if (!open || open.specs.has(to)) return;
    open.specs.delete(from);
    open.hub.rename(from, to);
  }

  /** A broker or channel is deleted. */
  close(name: string): void {
    const open = this.#open.get(name);
    if (!open) return;
    for (const consumer of open.hub.consumers) open.hub.remove(consumer);
    const at = this.options.clock.now();
    this.#open.delete(name);
    this.#closed.set(name, { hub: open.hub, log: open.log, at });
    this.#mayGiveUp = true;
    this.#note(name, { closed: at });
  }

  /** Forgets the logs of those that were deleted a week ago or more; also those that were while no process looked. */
  sweep(): void {
    const { clock, store, retention } = this.options;
    const until = clock.now() - (retention.retiredMs ?? RETIRED_MS);
    for (const [name, { at }] of this.#closed) {
      if (at >= until) continue;
      this.#erase(name);
    }
    if (!store) return;
    for (const [key, noted] of [...store.range({ prefix: LOGS })]) {
      const name = key.slice(LOGS.length);
      if (this.#open.has(name) || this.#closed.has(name)) continue;
      const { closed } = noted as Noted;
      if (closed === undefined) continue;
      if (closed < until) this.#erase(name);
    }
  }

  /** After everything that is there has been opened: what is left of earlier runs has no owner any more. */
  settle(): void {
    const { clock, store } = this.options;
    this.#logs.settle();
    for (const [key, noted] of [...(store?.range({ prefix: LOGS }) ?? [])]) {
      const name = key.slice(LOGS.length);
      if (!this.#open.has(name) && (noted as Noted).closed === undefined) this.#note(name, { closed: clock.now() });
    }
    this.sweep();
  }

  /** Breaks off what is on its way. */
  stop(): void {
    for (const { hub } of [...this.#open.values(), ...this.#closed.values()]) hub.stop();
  }

  #hub(kind: Kind, name: string): { readonly hub: EventHub; readonly log: EventLog } {
    const { clock, executor, random, journal, sender, onTaken } = this.options;
    const metrics = this.#metrics;
    const log = this.#logs.open(name);
    const deliverer = new Deliverer({ clock, sender });
    const shared = { log, journal, deliverer, clock, executor, random, ...(metrics ? { metrics } : {}) };
    const told = onTaken ? { onTaken: (event: CloudEvent) => onTaken(name, event) } : {};
    return { hub: new EventHub({ name, kind, ...shared, ...told }), log };
  }

  #note(name: string, noted: Noted): void {
    const { store } = this.options;
    const known = store?.get(LOGS + name) as Noted | undefined;
    if (!known || known.closed !== noted.closed) store?.write([{ key: LOGS + name, value: noted }]);
  }

  /** Forgets the log of which the broker or channel was deleted first, before its time. Returns whether there was one. */
  #giveUp(): boolean {
    if (!this.#mayGiveUp) return false;
    const { clock, store, log } = this.options;
    let oldest: { readonly name: string; readonly closed: number } | undefined;
    this.#mayGiveUp = false;
    for (const [key, value] of store?.range({ prefix: LOGS }) ?? []) {
      const { closed } = value as Noted;
      if (closed === undefined) continue;
      this.#mayGiveUp = true;
      if (closed <= clock.now() - ANEW_MS && !(oldest && oldest.closed <= closed))
        oldest = { name: key.slice(LOGS.length), closed };
    }
    if (!oldest) return false;
    log.warn('there is no room: events of a broker or channel that was deleted are given up', { log: oldest.name });
    this.#erase(oldest.name);
    return true;
  }

  #erase(name: string): void {
    const closed = this.#closed.get(name);
    closed?.hub.stop();
    closed?.log.close();
    this.#closed.delete(name);
    const { store } = this.options;
    if (!store) return;
    const batch = [LOGS + name, ...this.#logs.keysOf(name)].map((key) => ({ key, value: undefined }));
    store.write(batch, { makesRoom: true });
  }
}
