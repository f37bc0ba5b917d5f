import { setMaxListeners } from 'node:events';
import type { Clock, Executor, Timer } from '../../base';
import type { CloudEvent } from '../cloud-event';
import type { Attempt, Deliverer, Delivery, DeliveryResult } from '../delivery';
import type { EventLog, EventRecord } from '../log';
import { orderOf } from '../stateful/event-key';
import { type ConsumerSpec, leadsTo } from './consumer-spec';
import { RateLimit } from './rate-limit';

const CONCURRENCY = 32;
/** How many waiting events are looked through for one of which the key is free. */
const LOOK_AHEAD = 1000;

export interface ConsumerOptions {
  readonly name: string;
  readonly log: EventLog;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
  readonly executor: Executor;
  /** What subscribers see of an event, and what becomes of their replies. */
  readonly view: (event: CloudEvent) => CloudEvent;
  readonly onReply?: (event: CloudEvent, reply: CloudEvent) => CloudEvent;
  readonly onAttempt: (record: EventRecord, attempt: Attempt) => void;
  readonly onResult: (record: EventRecord, result: DeliveryResult) => void;
}

/** Delivers the events of one trigger or subscription from a log: as many at once, in the order and at the pace that it says. */
export class Consumer {
  /** Events on their way, each as the spec said when it began. */
  readonly #underWay = new Map<number, ConsumerSpec>();
  readonly #busy = new Set<string>();
  /** Keys of events that wait, as far as they were looked at. */
  readonly #keys = new Map<number, string>();
  readonly #stopping = new AbortController();
  #leaving = new AbortController();
  #name: string;
  #rate: RateLimit | undefined;
  #timer: Timer | undefined;
  #onIdle: (() => void) | undefined;

  constructor(
    private readonly options: ConsumerOptions,
    private spec: ConsumerSpec,
  ) {
    this.#name = options.name;
    this.#rate = this.#rateOf(spec);
    // As many listeners as there are events on their way.
    setMaxListeners(0, this.#stopping.signal, this.#leaving.signal);
  }

  /** As its log and the journal name it. */
  get name(): string {
    return this.#name;
  }

  /** It is named otherwise from now on, also in what is on its way. Its log must have renamed it. */
  rename(name: string): void {
    this.#name = name;
  }

  /** How many events are on their way. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Offsets of the events that are on their way. */
  get offsets(): ReadonlySet<number> {
    return new Set(this.#underWay.keys());
  }

  /** Whether events go to such a place: those to come, or any that are on their way. */
  sendsTo(is: (url: string) => boolean): boolean {
    const specs = [...this.#underWay.values(), ...(this.#leaving.signal.aborted ? [] : [this.spec])];
    return specs.some((spec) => leadsTo(spec, is));
  }

  /** Goes on as another spec says; what is on its way comes to its end as it began. */
  update(spec: ConsumerSpec): void {
    if (spec.orderBy !== this.spec.orderBy) this.#keys.clear();
    if (spec.ratePerSecond !== this.spec.ratePerSecond) this.#rate = this.#rateOf(spec);
    this.spec = spec;
    this.wake();
  }

  /** Sends what can be sent now. */
  wake(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    while (!this.#leaving.signal.aborted && this.#hasRoom()) {
      const offset = this.#next();
      if (offset === undefined) return;
      const wait = this.#rate?.take() ?? 0;
      if (wait > 0) {
        this.#timer = this.options.clock.after(wait, () => this.wake());
        return;
      }
      this.#start(offset);
    }
  }

  /**
   * Begins nothing any more; what is on its way ends with its present attempt and is delivered again later if that fails.
   * @param onIdle called once nothing is on its way any more
   */
  leave(onIdle?: () => void): void {
    this.#timer?.cancel();
    this.#onIdle = onIdle;
    this.#leaving.abort(new Error('the subscription was removed'));
  }

  /** Goes on after `leave`: what is still on its way from before is not sent a second time, and keeps its key busy. */
  resume(spec: ConsumerSpec): void {
    this.#onIdle = undefined;
    this.#leaving = new AbortController();
    setMaxListeners(0, this.#leaving.signal);
    this.update(spec);
  }

  /** Breaks off what is on its way: it is delivered again when the log is opened next. */
  stop(): void {
    this.leave();
    this.#stopping.abort(new Error('stopping'));
  }

  #rateOf({ ratePerSecond }: ConsumerSpec): RateLimit | undefined {
    return ratePerSecond === undefined ? undefined : new RateLimit(this.options.clock, ratePerSecond);
  }

  #hasRoom(): boolean {
    const { paused, subscriber, concurrency = CONCURRENCY } = this.spec;
    return !paused && subscriber !== undefined && this.#underWay.size < concurrency;
  }

  /** The oldest event that is not on its way and of which no one with the same key is. */
  #next(): number | undefined {
    let looked = 0;
    for (const offset of this.options.log.pending(this.#name)) {
      if (this.#underWay.has(offset)) continue;
      if (this.spec.orderBy === undefined) return offset;
      const key = this.#keyOf(offset);
      if (key === undefined || !this.#busy.has(key)) return offset;
      if (++looked === LOOK_AHEAD) return undefined;
    }
    return undefined;
  }

  #keyOf(offset: number): string | undefined {
    const { orderBy } = this.spec;
    if (orderBy === undefined) return undefined;
    const known = this.#keys.get(offset);
    if (known !== undefined) return known;
    const record = this.options.log.read(offset);
    const key = record ? orderOf(record.event, orderBy) : '';
    if (this.#keys.size > 2 * LOOK_AHEAD) this.#keys.clear();
    this.#keys.set(offset, key);
    return key;
  }

  #start(offset: number): void {
    const { log, executor } = this.options;
    const record = log.read(offset);
    if (!record) {
      log.settle(this.#name, offset); // damaged, and reported by the store
      return;
    }
    const key = this.#keyOf(offset);
    this.#keys.delete(offset);
    this.#underWay.set(offset, this.spec);
    if (key !== undefined) this.#busy.add(key);
    executor.run(`deliver to ${this.#name}`, async () => {
      try {
        await this.#deliver(offset, record);
      } finally {
        this.#underWay.delete(offset);
        if (key !== undefined) this.#busy.delete(key);
        this.wake();
        if (this.#underWay.size === 0) this.#onIdle?.();
      }
    });
  }

  async #deliver(offset: number, record: EventRecord): Promise<void> {
    const { deliverer, log, onAttempt, onResult } = this.options;
    const leaving = this.#leaving.signal;
    const breakOff = { now: this.#stopping.signal, between: leaving };
    let result: DeliveryResult;
    try {
      result = await deliverer.deliver(this.#delivery(record), (attempt) => onAttempt(record, attempt), breakOff);
    } catch (error) {
      if (leaving.aborted) return; // it stays pending
      throw error;
    }
    // The log first: what the journal says is over must not come again.
    log.settle(this.#name, offset);
    onResult(record, result);
  }

  #delivery({ event, headers }: EventRecord): Delivery {
    const { view, onReply } = this.options;
    const { subscriber, reply, deadLetterSink, policy, replies = 'lenient', format, namespace } = this.spec;
    return {
      ...{ event: view(event), namespace, policy, replies, headers },
      subscriber: subscriber!,
      ...(reply ? { reply } : {}),
      ...(deadLetterSink ? { deadLetterSink } : {}),
      ...(format ? { format } : {}),
      ...(onReply ? { onReply: (answer: CloudEvent) => onReply(event, answer) } : {}),
    };
  }
}
