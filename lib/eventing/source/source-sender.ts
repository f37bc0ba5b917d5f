import { setMaxListeners } from 'node:events';
import type { Executor } from '../../base';
import { traced } from '../journal/trace';
import { deliverSourceEvent, SOURCE_CONSUMER, type SourceDelivery, type SourceEvent } from './source-event';

export interface SourceSenderOptions extends SourceDelivery {
  readonly executor: Executor;
  /** Events of one source that wait for their turn at most; what comes then is lost, as the journal says. @default 10000 */
  readonly capacity?: number;
}

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
      journal.record(log, traced({}, random).trace, item.event, { kind: 'dropped', consumer: SOURCE_CONSUMER, reason });
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
        await deliverSourceEvent(this.options, log, next, signal);
        queue.shift();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#queues.delete(log);
    }
  }
}
