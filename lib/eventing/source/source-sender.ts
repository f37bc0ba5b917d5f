import { setMaxListeners } from 'node:events';
import type { Executor, Random } from '../../base';
import type { CloudEvent } from '../cloud-event';
import type { Attempt, Deliverer, DeliveryPolicy } from '../delivery';
import type { Journal } from '../journal';
import { traced } from '../journal/trace';
import type { Destination } from '../sender';

export interface SourceSenderOptions {
  readonly executor: Executor;
  readonly random: Random;
  readonly journal: Journal;
  readonly deliverer: Deliverer;
  /** Events of one source that wait for their turn at most; what comes then is lost, as the journal says. @default 10000 */
  readonly capacity?: number;
}

/** An event of a source, and where it goes. */
export interface SourceEvent {
  readonly event: CloudEvent;
  /** The namespace of the source, which the receiver is told. */
  readonly namespace: string;
  readonly to: Destination;
}

const POLICY: DeliveryPolicy = { retry: 5, backoffPolicy: 'exponential', backoffDelayMs: 50 };
/** The name under which the journal has the receiver. */
const CONSUMER = 'sink';
const CAPACITY = 10_000;

/**
 * Sends the events of sources, those of one source one after the other, so that they arrive in the order in which they came to be. Each
 * is tried six times and then lost, as the journal (`source/KIND/NAMESPACE/NAME`) says.
 */
export class SourceSender {
  readonly #queues = new Map<string, SourceEvent[]>();
  readonly #stopping = new AbortController();

  constructor(private readonly options: SourceSenderOptions) {
    setMaxListeners(0, this.#stopping.signal); // one for each event on its way
  }

  /** @param log the source, as the journal has it */
  send(log: string, item: SourceEvent): void {
    const { executor, journal, random, capacity = CAPACITY } = this.options;
    if (this.#stopping.signal.aborted) return;
    const queue = this.#queues.get(log);
    if (queue && queue.length >= capacity) {
      const reason = `${capacity} events of this source wait already`;
      journal.record(log, traced({}, random).trace, item.event, { kind: 'dropped', consumer: CONSUMER, reason });
      return;
    }
    if (queue) queue.push(item);
    else {
      const fresh = [item];
      this.#queues.set(log, fresh);
      executor.run(`send events of ${log}`, () => this.#drain(log, fresh));
    }
  }

  /** Breaks off what is on its way. */
  stop(): void {
    this.#stopping.abort(new Error('stopping'));
  }

  async #drain(log: string, queue: SourceEvent[]): Promise<void> {
    const { signal } = this.#stopping;
    try {
      for (let next = queue[0]; next && !signal.aborted; next = queue[0]) {
        await this.#deliver(log, next);
        queue.shift();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#queues.delete(log);
    }
  }

  async #deliver(log: string, { event, namespace, to }: SourceEvent): Promise<void> {
    const { random, journal, deliverer } = this.options;
    const { headers, trace } = traced({}, random);
    journal.record(log, trace, event, { kind: 'arrived', consumers: [CONSUMER] });
    const result = await deliverer.deliver(
      { event, headers, namespace, subscriber: to, policy: POLICY, replies: 'none' },
      (attempt) => this.#attempted(log, trace, event, attempt),
      { now: this.#stopping.signal },
    );
    const reason = result.kind === 'delivered' ? {} : { reason: result.reason };
    journal.record(log, trace, event, { kind: result.kind, consumer: CONSUMER, ...reason });
  }

  #attempted(log: string, trace: string, event: CloudEvent, { role, url, attempt, outcome, retryInMs }: Attempt): void {
    this.options.journal.record(log, trace, event, {
      ...{ kind: 'attempt', consumer: CONSUMER, role, url, attempt, status: outcome.status },
      ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}),
      ...(retryInMs === undefined ? {} : { retryInMs }),
    });
  }
}
