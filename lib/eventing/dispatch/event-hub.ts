import type { Clock, Executor, Random } from '../../base';
import { compileFilters, FilterIndex } from '../../expr';
import type { AccessRefusal } from '../auth';
import { type CloudEvent, EventError, filterEvent } from '../cloud-event';
import type { Attempt, Deliverer, DeliveryResult } from '../delivery';
import type { Happening, Journal } from '../journal';
import { traced, traceOf } from '../journal/trace';
import { type EventLog, type EventRecord, LogError } from '../log';
import { isStateful, StatefulConsumer, type StatefulMetrics } from '../stateful';
import { Consumer } from './consumer';
import type { ConsumerSpec } from './consumer-spec';
import { passed, withoutTtl, withTtlOf } from './ttl';

export interface EventHubOptions {
  /** `broker/default/orders`, as the journal names it. */
  readonly name: string;
  /** Brokers count how often an event passes them and keep what they add to themselves; channels hand on what came. */
  readonly kind: 'broker' | 'channel';
  readonly log: EventLog;
  readonly journal: Journal;
  readonly deliverer: Deliverer;
  readonly clock: Clock;
  readonly random: Random;
  readonly executor: Executor;
  /** @default not measured */
  readonly metrics?: StatefulMetrics;
  /** Is told of every event that was taken. */
  readonly onTaken?: (event: CloudEvent) => void;
}

/** One broker or channel: takes events, finds who wants them, keeps them until everyone has got them. */
export class EventHub {
  readonly #index = new FilterIndex<string>();
  readonly #consumers = new Map<string, Consumer | StatefulConsumer>();
  /** Consumers that were removed while events were on their way to them. */
  readonly #left = new Map<string, Consumer | StatefulConsumer>();

  constructor(private readonly options: EventHubOptions) {}

  /** `broker/default/orders`. */
  get name(): string {
    return this.options.name;
  }

  /** Names of those that get events. */
  get consumers(): readonly string[] {
    return [...this.#consumers.keys()];
  }

  /** How many events a consumer still has to get. */
  backlog(name: string): number {
    return this.options.log.backlog(name);
  }

  /** True once every consumer has got what it has to get, and nothing is on its way. */
  get idle(): boolean {
    const { log } = this.options;
    return this.#all.every((consumer) => consumer.underWay === 0) && this.consumers.every((name) => log.backlog(name) === 0);
  }

  /** The same of one consumer. */
  isIdle(name: string): boolean {
    const underWay = [this.#consumers.get(name), this.#left.get(name)].some((one) => one !== undefined && one.underWay > 0);
    return !underWay && this.options.log.backlog(name) === 0;
  }

  /** Whether events go from here to such a place: those to come, or any that are on their way. */
  sendsTo(is: (url: string) => boolean): boolean {
    return this.#all.some((consumer) => consumer.sendsTo(is));
  }

  /** Adds a consumer, or changes what one wants from now on. One that was removed goes on where it was. */
  set(name: string, spec: ConsumerSpec): void {
    const filters = spec.filters ?? [];
    if (spec.closed) this.#index.delete(name);
    else this.#index.set(name, filters);
    const known = this.#consumers.get(name);
    if (known && canServe(known, spec)) {
      known.update(spec);
      return;
    }
    const left = known ?? this.#left.get(name);
    this.#left.delete(name);
    if (left && canServe(left, spec)) left.resume(spec);
    const before = left instanceof Consumer ? left : undefined;
    const consumer = left && canServe(left, spec) ? left : this.#consumer(name, spec, before);
    this.#consumers.set(name, consumer);
    const wants = compileFilters(filters);
    this.options.log.join(
      name,
      (event) => wants(filterEvent(event)).matches,
      (offset) => consumer.wake(offset),
    );
  }

  /** Removes a consumer; its place is kept for one of the same name. */
  remove(name: string): void {
    const consumer = this.#consumers.get(name);
    this.#index.delete(name);
    this.#consumers.delete(name);
    consumer?.leave();
    for (const [one, { underWay }] of this.#left) if (underWay === 0) this.#left.delete(one);
    if (consumer && consumer.underWay > 0) this.#left.set(name, consumer);
    this.options.log.retire(name);
  }

  /** Whether there was a consumer of this name, whose place is kept. */
  keepsPlaceOf(name: string): boolean {
    return this.options.log.retired().some((one) => one.name === name);
  }

  /**
   * A consumer has another name from now on: it goes on where it was, with what is on its way to it. Does nothing if it is not known, or
   * the other name is.
   */
  rename(from: string, to: string): void {
    if (this.#consumers.has(to)) return;
    if (this.#consumers.has(from)) this.remove(from);
    if (!this.options.log.rename(from, to)) return;
    const left = this.#left.get(from);
    this.#left.delete(from);
    if (!left) return;
    left.rename(to);
    this.#left.set(to, left);
  }

  /** Whether a name was consumed under when an earlier process ended, and has not been since. */
  wasInUse(name: string): boolean {
    return this.options.log.wasInUse(name);
  }

  /**
   * Gives a consumer once more what it wants of the events since an offset or a time that are still kept. Returns how many.
   * @param id of these events alone
   */
  replay(name: string, spec: ConsumerSpec, from: { readonly offset: number } | { readonly time: number }, id?: string): number {
    const { log } = this.options;
    const wants = compileFilters(spec.filters ?? []);
    const since = 'offset' in from ? from.offset : log.offsetAt(from.time);
    const asked = (event: CloudEvent) => id === undefined || event.attributes['id'] === id;
    return log.replay(name, (event) => asked(event) && wants(filterEvent(event)).matches, since);
  }

  /**
   * Takes an event. Resolves once it cannot be lost any more. Rejects with an EventError for one that has passed brokers too often, and
   * with a LogError when it cannot be kept.
   */
  async publish(event: CloudEvent, headers: Readonly<Record<string, string>>): Promise<void> {
    const { name, kind, log, journal, clock, random } = this.options;
    const context = traced(headers, random);
    try {
      const taken = kind === 'broker' ? passed(event, clock.now()) : event;
      const matches = this.#index.match(filterEvent(taken));
      const consumers = matches.flatMap(({ item, matches }) => (matches ? [item] : []));
      for (const { item, faults } of matches) {
        for (const { expression, message: reason } of faults) {
          journal.record(name, context.trace, event, { kind: 'filterFailed', consumer: item, expression, reason });
        }
      }
      log.append(taken, context.headers, consumers);
      journal.record(name, context.trace, taken, { kind: 'arrived', consumers });
      await log.durable();
      this.options.onTaken?.(taken);
    } catch (error) {
      const refused = error instanceof EventError ? error.status : error instanceof LogError ? 503 : undefined;
      if (refused !== undefined) {
        journal.record(name, context.trace, event, { kind: 'refused', status: refused, reason: (error as Error).message });
      }
      throw error;
    }
  }

  /** An event is not taken because of who sends it, which the journal tells. */
  refuse(event: CloudEvent, headers: Readonly<Record<string, string>>, { status, reason }: AccessRefusal): void {
    const { journal, name, random } = this.options;
    journal.record(name, traced(headers, random).trace, event, { kind: 'refused', status, reason });
  }

  /** Breaks off everything that is on its way. */
  stop(): void {
    for (const consumer of this.#all) consumer.stop();
    this.options.log.flush();
  }

  get #all(): readonly (Consumer | StatefulConsumer)[] {
    return [...this.#consumers.values(), ...this.#left.values()];
  }

  /** @param before who was it until now, and may have events on their way */
  #consumer(name: string, spec: ConsumerSpec, before?: Consumer): Consumer | StatefulConsumer {
    const { name: logName, kind, log, deliverer, clock, executor, metrics } = this.options;
    const broker = kind === 'broker';
    const options = {
      ...{ name, log, deliverer, clock, executor },
      view: broker ? withoutTtl : (event: CloudEvent) => event,
      ...(broker ? { onReply: withTtlOf } : {}),
      onAttempt: (record: EventRecord, attempt: Attempt) => this.#attempted(consumer.name, record, attempt),
    };
    const consumer: Consumer | StatefulConsumer = isStateful(spec)
      ? new StatefulConsumer(
          {
            ...options,
            logName,
            ...(metrics ? { metrics } : {}),
            ...(before ? { before } : {}),
            onHappening: (record, happening) => this.#happened(record, happening),
          },
          spec,
        )
      : new Consumer({ ...options, onResult: (record, result) => this.#ended(consumer.name, record, result) }, spec);
    return consumer;
  }

  #happened({ event, headers }: EventRecord, happening: Happening): void {
    const { journal, name } = this.options;
    journal.record(name, traceOf(headers) ?? '', event, happening);
  }

  #attempted(consumer: string, { event, headers }: EventRecord, { role, url, attempt, outcome, retryInMs }: Attempt): void {
    const { journal, name } = this.options;
    journal.record(name, traceOf(headers) ?? '', event, {
      ...{ kind: 'attempt', consumer, role, url, attempt, status: outcome.status },
      ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}),
      ...(retryInMs === undefined ? {} : { retryInMs }),
    });
  }

  #ended(consumer: string, { event, headers }: EventRecord, result: DeliveryResult): void {
    const { journal, name } = this.options;
    const reason = result.kind === 'delivered' ? {} : { reason: result.reason };
    journal.record(name, traceOf(headers) ?? '', event, { kind: result.kind, consumer, ...reason });
  }
}

/** One that looks at its past can also do without; the other way round another is needed. */
const canServe = (consumer: Consumer | StatefulConsumer, spec: ConsumerSpec): boolean =>
  consumer instanceof StatefulConsumer || !isStateful(spec);
