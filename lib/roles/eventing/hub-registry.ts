import type { Clock, Executor, Log, Metrics, Random, Timer } from '../../base';
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
import { LogNotes } from './log-notes';

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

/** So long the log of one that was deleted stays, whatever room there is: it may be made anew. */
const ANEW_MS = 600_000;
/** So many parts of a log are taken away at once; the others, or what could not be taken away, so many milliseconds later. */
const PARTS = 20;
const ERASE_MS = 1000;

/** All brokers and channels of this process by name (`broker/default/orders`). One that was deleted is kept for a while, with its log. */
export class HubRegistry {
  readonly #open = new Map<string, Open>();
  readonly #closed = new Map<string, { readonly hub: EventHub; readonly log: EventLog; readonly at: number }>();

  readonly #logs: EventLogs;
  readonly #notes: LogNotes | undefined;
  /** Logs that are given up, and of which something is still there; more of it goes when the timer ends. */
  readonly #erasing = new Set<string>();
  #timer: Timer | undefined;
  readonly #metrics: StatefulMetrics | undefined;
  /** There may be logs that no broker or channel has. */
  #mayGiveUp = true;

  constructor(private readonly options: HubRegistryOptions) {
    const { clock, store, journal, metrics } = options;
    const reason = 'it was away for longer than events are kept for it';
    this.#logs = new EventLogs({
      ...options,
      others: () => journal.mayGrow,
      giveUp: () => this.#giveUp(),
      onForgotten: (name, consumer, { event, headers }: EventRecord) =>
        journal.record(name, traceOf(headers) ?? '', event, { kind: 'dropped', consumer, reason }),
    });
    this.#notes = store && new LogNotes(store, clock);
    this.#metrics = metrics && new StatefulMetrics(metrics);
  }

  /** Reads what an earlier process has left, while others get their turn, so that what is opened then is there at once. @param tell is told how far that is */
  async prepare(tell: (what: string) => void): Promise<void> {
    const noted = [...(this.#notes?.all() ?? [])];
    const names = noted.flatMap(([name, { closed }]) => (closed === undefined ? [name] : []));
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
    this.#erasing.delete(name);
    const { hub, log } = this.#closed.get(name) ?? this.#hub(kind, name);
    this.#closed.delete(name);
    this.#notes?.set(name, {});
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
    this.#notes?.set(name, { closed: at });
  }

  /** Forgets the logs of those that were deleted a week ago or more; also those that were while no process looked. */
  sweep(): void {
    const { clock, retention } = this.options;
    const until = clock.now() - (retention.retiredMs ?? RETIRED_MS);
    for (const [name, { at }] of this.#closed) if (at < until) this.#erase(name);
    for (const [name, { closed }] of this.#notes?.all() ?? []) {
      if (this.#open.has(name) || this.#closed.has(name) || this.#erasing.has(name)) continue;
      if (closed !== undefined && closed < until) this.#erase(name);
    }
  }

  /** After everything that is there has been opened: what is left of earlier runs has no owner any more. */
  settle(): void {
    this.#logs.settle();
    const closed = this.options.clock.now();
    for (const [name, noted] of this.#notes?.all() ?? [])
      if (!this.#open.has(name) && noted.closed === undefined) this.#notes?.set(name, { closed });
    this.sweep();
  }

  /** Breaks off what is on its way. */
  stop(): void {
    this.#timer?.cancel();
    this.#notes?.stop();
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

  /** Forgets the log of which the broker or channel was deleted first, before its time. Returns whether there was one. */
  #giveUp(): boolean {
    // One that is under way, or could not be done, is gone on with by itself.
    if (!this.#mayGiveUp || this.#erasing.size > 0) return false;
    const { clock, log } = this.options;
    let oldest: { readonly name: string; readonly closed: number } | undefined;
    this.#mayGiveUp = false;
    for (const [name, { closed }] of this.#notes?.all() ?? []) {
      if (closed === undefined) continue;
      this.#mayGiveUp = true;
      if (closed <= clock.now() - ANEW_MS && !(oldest && oldest.closed <= closed)) oldest = { name, closed };
    }
    if (!oldest) return false;
    log.warn('there is no room: events of a broker or channel that was deleted are given up', { log: oldest.name });
    return this.#erase(oldest.name);
  }

  /** Takes a log away: as much of it as goes at once, and the rest later. Returns whether anything has gone. */
  #erase(name: string): boolean {
    const closed = this.#closed.get(name);
    closed?.hub.stop();
    closed?.log.close();
    this.#closed.delete(name);
    let parts = 0;
    try {
      for (const _ of this.#logs.erasing(name)) if (++parts === PARTS) return this.#eraseLater(name);
      this.#notes?.forget(name);
      this.#erasing.delete(name);
      return true;
    } catch {
      return this.#eraseLater(name) && parts > 0;
    }
  }

  #eraseLater(name: string): true {
    this.#erasing.add(name);
    this.#timer ??= this.options.clock.after(ERASE_MS, () => {
      this.#timer = undefined;
      for (const one of [...this.#erasing]) this.#erase(one);
    });
    return true;
  }
}
