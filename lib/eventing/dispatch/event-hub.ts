import type { Clock, Executor, Random } from '../../base';
import { compileFilters, FilterIndex } from '../../expr';
import { type CloudEvent, EventError, filterEvent } from '../cloud-event';
import type { Attempt, Deliverer, DeliveryResult } from '../delivery';
import type { Journal } from '../journal';
import { traced, traceOf } from '../journal/trace';
import { type EventLog, type EventRecord, LogError } from '../log';
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
}

/** One broker or channel: takes events, finds who wants them, keeps them until everyone has got them. */
export class EventHub {
  readonly #index = new FilterIndex<string>();
  readonly #consumers = new Map<string, Consumer>();
  /** Consumers that were removed while events were on their way to them. */
  readonly #left = new Map<string, Consumer>();

  constructor(private readonly options: EventHubOptions) {}

  /** Names of those that get events. */
  get consumers(): readonly string[] {
    return [...this.#consumers.keys()];
  }

  /** How many events a consumer still has to get. */
  backlog(name: string): number {
    return this.options.log.backlog(name);
  }

  /** Adds a consumer, or changes what one wants from now on. One that was removed goes on where it was. */
  set(name: string, spec: ConsumerSpec): void {
    const filters = spec.filters ?? [];
    this.#index.set(name, filters);
    const known = this.#consumers.get(name);
    if (known) {
      known.update(spec);
      return;
    }
    const left = this.#left.get(name);
    this.#left.delete(name);
    left?.resume(spec);
    const consumer = left ?? this.#consumer(name, spec);
    this.#consumers.set(name, consumer);
    const wants = compileFilters(filters);
    this.options.log.join(
      name,
      (event) => wants(filterEvent(event)).matches,
      () => consumer.wake(),
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
      journal.record(name, context.trace, event, { kind: 'arrived', consumers });
      await log.durable();
    } catch (error) {
      const refused = error instanceof EventError ? error.status : error instanceof LogError ? 503 : undefined;
      if (refused !== undefined) {
        journal.record(name, context.trace, event, { kind: 'refused', status: refused, reason: (error as Error).message });
      }
      throw error;
    }
  }

  /** Breaks off everything that is on its way. */
  stop(): void {
    for (const consumer of [...this.#consumers.values(), ...this.#left.values()]) consumer.stop();
  }

  #consumer(name: string, spec: ConsumerSpec): Consumer {
    const { kind, log, deliverer, clock, executor } = this.options;
    const broker = kind === 'broker';
    return new Consumer(
      {
        ...{ name, log, deliverer, clock, executor },
        view: broker ? withoutTtl : (event) => event,
        ...(broker ? { onReply: withTtlOf } : {}),
        onAttempt: (record, attempt) => this.#attempted(name, record, attempt),
        onResult: (record, result) => this.#ended(name, record, result),
      },
      spec,
    );
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
