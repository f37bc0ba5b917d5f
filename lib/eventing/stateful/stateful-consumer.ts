import { setMaxListeners } from 'node:events';
import type { Clock, Executor, Timer } from '../../base';
import { type ConsumerSpec, leadsTo } from '../dispatch/consumer-spec';
import { RateLimit } from '../dispatch/rate-limit';
import type { Happening } from '../journal';
import { type EventLog, type EventRecord, sizeOf } from '../log';
import { Batches } from './batches';
import { Dedupe, type Seen } from './dedupe';
import type { Added, Grouping, Item, Unit } from './grouping';
import { Joins } from './joins';
import type { StatefulMetrics } from './stateful-metrics';
import { MAX_KEYS } from './stateful-spec';
import { UnitDelivery, type UnitDeliveryOptions } from './unit-delivery';

const CONCURRENCY = 32;

/** One that makes way for another. */
export interface Predecessor {
  readonly underWay: number;
  readonly offsets: ReadonlySet<number>;
  rename(name: string): void;
  sendsTo(is: (url: string) => boolean): boolean;
  leave(onIdle: () => void): void;
  stop(): void;
}

export interface StatefulConsumerOptions extends Omit<UnitDeliveryOptions, 'consumer' | 'dedupe'> {
  readonly name: string;
  readonly log: EventLog;
  readonly clock: Clock;
  readonly executor: Executor;
  /** The name of the log, as metrics have it. */
  readonly logName: string;
  readonly metrics?: StatefulMetrics;
  /** Who was this consumer until now: what it has on its way is left to it. */
  readonly before?: Predecessor;
}

/**
 * Delivers the events of one trigger or subscription that drops duplicates, or sends several together. An event stays in the log as
 * one that is still to be delivered until it has been, with all that left with it; so what waits here is made anew from the log
 * after a restart, and only what is known of duplicates is written down beside it.
 */
export class StatefulConsumer {
  /** Offsets that were looked at, and are not settled. */
  readonly #known = new Set<number>();
  readonly #underWay = new Set<number>();
  readonly #busy = new Set<string>();
  readonly #stopping = new AbortController();
  #leaving = new AbortController();
  /** Deliveries on their way, each as the spec said when it began. */
  readonly #units = new Map<Unit, ConsumerSpec>();
  #name: string;
  #grouping: Grouping;
  #dedupe: Dedupe | undefined;
  #rate: RateLimit | undefined;
  #timer: Timer | undefined;
  /** Offsets to look at; `all`: whatever is pending. */
  #incoming: number[] | 'all' = [];
  #scheduled = false;
  #before: Predecessor | undefined;

  constructor(
    private readonly options: StatefulConsumerOptions,
    private spec: ConsumerSpec,
  ) {
    this.#name = options.name;
    this.#grouping = groupingOf(spec);
    this.#dedupe = this.#dedupeOf(spec);
    this.#rate = this.#rateOf(spec);
    setMaxListeners(0, this.#stopping.signal, this.#leaving.signal);
    const { before } = options;
    this.#before = before && before.underWay > 0 ? before : undefined;
    before?.leave(() => {
      this.#before = undefined;
      this.wake();
    });
  }

  /** As its log and the journal name it. */
  get name(): string {
    return this.#name;
  }

  /** It is named otherwise from now on, also in what is on its way. Its log must have renamed it, and it must have left. */
  rename(name: string): void {
    this.#name = name;
    this.#before?.rename(name);
  }

  /** How many deliveries are on their way. */
  get underWay(): number {
    return this.#units.size + (this.#before?.underWay ?? 0);
  }

  /** Whether events go to such a place: those to come, or any that are on their way. */
  sendsTo(is: (url: string) => boolean): boolean {
    const specs = [...this.#units.values(), ...(this.#leaving.signal.aborted ? [] : [this.spec])];
    return specs.some((spec) => leadsTo(spec, is)) || (this.#before?.sendsTo(is) ?? false);
  }

  /** Goes on as another spec says; what is on its way comes to its end as it began. */
  update(spec: ConsumerSpec): void {
    const before = this.spec;
    this.spec = spec;
    if (spec.ratePerSecond !== before.ratePerSecond) this.#rate = this.#rateOf(spec);
    if (!isSame(spec.dedupe, before.dedupe)) this.#dedupe = this.#dedupeOf(spec);
    if (before.dedupe && !spec.dedupe) this.#forget();
    if (!isSame([spec.batch, spec.join, spec.orderBy], [before.batch, before.join, before.orderBy])) this.#regroup();
    this.wake();
  }

  /** Looks at an event, or at whatever is pending, and sends what can be sent, as soon as whoever calls this is done. */
  wake(offset?: number): void {
    if (offset === undefined) this.#incoming = 'all';
    else if (this.#incoming !== 'all') this.#incoming.push(offset);
    if (this.#scheduled) return;
    this.#scheduled = true;
    this.options.executor.run(`group events for ${this.#name}`, async () => {
      await undefined;
      this.#scheduled = false;
      this.#look();
      this.#send();
    });
  }

  /** Begins nothing any more; what is on its way ends with its present attempt and is delivered again later if that fails. */
  leave(): void {
    this.#timer?.cancel();
    this.#leaving.abort(new Error('the subscription was removed'));
    const { metrics } = this.options;
    metrics?.held.remove(this.#labels);
    metrics?.keys.remove(this.#labels);
  }

  /** Goes on after `leave`: what is still on its way from before is not sent a second time, and keeps its key busy. */
  resume(spec: ConsumerSpec): void {
    this.#leaving = new AbortController();
    setMaxListeners(0, this.#leaving.signal);
    this.spec = spec;
    this.#rate = this.#rateOf(spec);
    this.#dedupe = this.#dedupeOf(spec);
    this.#regroup();
    this.wake();
  }

  /** Breaks off what is on its way: it is delivered again when the log is opened next. */
  stop(): void {
    this.leave();
    this.#stopping.abort(new Error('stopping'));
    this.#before?.stop();
  }

  get #labels() {
    return { log: this.options.logName, consumer: this.#name };
  }

  #rateOf({ ratePerSecond }: ConsumerSpec): RateLimit | undefined {
    return ratePerSecond === undefined ? undefined : new RateLimit(this.options.clock, ratePerSecond);
  }

  #dedupeOf({ dedupe }: ConsumerSpec): Dedupe | undefined {
    if (!dedupe) return undefined;
    const { log } = this.options;
    return new Dedupe(dedupe, {
      load: () => log.memory(this.#name).load() as Iterable<readonly [string, Seen]>,
      save: (changes) => log.memory(this.#name).save(changes),
    });
  }

  #forget(): void {
    const memory = this.options.log.memory(this.#name);
    memory.save([...memory.load()].map(([key]) => [key, undefined]));
  }

  /** Groups everything that is not on its way from the beginning. */
  #regroup(): void {
    this.#grouping = groupingOf(this.spec);
    this.#known.clear();
    for (const offset of this.#underWay) this.#known.add(offset);
    this.#incoming = 'all';
  }

  #look(): void {
    const { log } = this.options;
    if (this.#leaving.signal.aborted) return;
    const incoming = this.#incoming === 'all' ? log.pending(this.#name) : this.#incoming;
    this.#incoming = [];
    const left = this.#before?.offsets;
    for (const offset of incoming) if (!this.#known.has(offset) && !left?.has(offset)) this.#lookAt(offset);
    const { metrics } = this.options;
    metrics?.held.set(this.#labels, this.#grouping.size);
    if (this.#dedupe) metrics?.keys.set(this.#labels, this.#dedupe.size);
  }

  #lookAt(offset: number): void {
    const { log, metrics, onHappening } = this.options;
    const name = this.#name;
    const record = log.read(offset);
    if (!record) {
      log.settle(name, offset); // damaged, and reported by the store
      return;
    }
    const verdict = this.#dedupe?.check(record.event, { offset, time: record.time });
    if (verdict?.kind === 'duplicate') {
      log.settle(name, offset);
      metrics?.duplicates.add(this.#labels);
      onHappening(record, { ...verdict, consumer: name });
      return;
    }
    if (verdict && verdict.forgotten > 0) {
      metrics?.crowded.add(this.#labels, verdict.forgotten);
      const { maxKeys = MAX_KEYS } = this.spec.dedupe!;
      onHappening(record, { kind: 'crowded', consumer: name, reason: `the oldest of ${maxKeys} keys is forgotten` });
    }
    this.#known.add(offset);
    this.#tell(record, this.#grouping.add({ offset, time: record.time, size: sizeOf(record) }, record.event));
  }

  #tell(record: EventRecord, added: Added): void {
    const { metrics, onHappening } = this.options;
    const name = this.#name;
    if (added.kind === 'crowded') {
      metrics?.crowded.add(this.#labels);
      onHappening(record, { kind: 'crowded', consumer: name, reason: `the oldest of ${added.bound} open joins is ended` });
      this.#tell(record, added.added);
    } else if (added.kind === 'held') {
      const happening: Happening = { ...added, consumer: name, as: this.spec.join ? 'join' : 'batch' };
      onHappening(record, happening);
    }
  }

  #send(): void {
    const { clock } = this.options;
    this.#timer?.cancel();
    this.#timer = undefined;
    while (!this.#leaving.signal.aborted && this.#hasRoom()) {
      const wait = this.#rate?.wait() ?? 0;
      const unit = wait > 0 ? undefined : this.#grouping.take(clock.now(), (order) => this.#busy.has(order));
      if (unit) {
        this.#rate?.take();
        this.#start(unit);
        continue;
      }
      const due = this.#grouping.due();
      const inMs = wait > 0 ? wait : due === undefined ? 0 : due - clock.now();
      if (inMs > 0) this.#timer = clock.after(inMs, () => this.#send());
      return;
    }
  }

  #hasRoom(): boolean {
    const { paused, subscriber, concurrency = CONCURRENCY } = this.spec;
    return !paused && subscriber !== undefined && this.#units.size < concurrency;
  }

  #start(unit: Unit): void {
    const { executor, metrics } = this.options;
    const { order, items, join } = unit;
    this.#units.set(unit, this.spec);
    for (const { offset } of items) this.#underWay.add(offset);
    if (order !== undefined) this.#busy.add(order);
    metrics?.held.set(this.#labels, this.#grouping.size);
    if (join) metrics?.joins.add({ ...this.#labels, result: join.missing.length > 0 ? 'partial' : 'complete' });
    executor.run(`deliver to ${this.#name}`, async () => {
      let settled = false;
      try {
        settled = await this.#deliver(unit);
      } finally {
        this.#units.delete(unit);
        if (order !== undefined) this.#busy.delete(order);
        this.#done(items, settled);
      }
    });
  }

  #deliver(unit: Unit): Promise<boolean> {
    const dedupe = this.#dedupe;
    const delivery = new UnitDelivery({ ...this.options, consumer: this, ...(dedupe ? { dedupe } : {}) }, this.spec);
    return delivery.run(unit, { now: this.#stopping.signal, between: this.#leaving.signal });
  }

  /** What could not be delivered takes its place among the others again. */
  #done(items: readonly Item[], settled: boolean): void {
    for (const { offset } of items) {
      this.#underWay.delete(offset);
      if (settled) this.#known.delete(offset);
    }
    if (settled) {
      this.#send();
      return;
    }
    this.#regroup();
    this.wake();
  }
}

function groupingOf({ batch, join, orderBy }: ConsumerSpec): Grouping {
  if (join) return new Joins(join);
  return new Batches(batch ?? { max: 1, withinMs: 0 }, orderBy);
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
