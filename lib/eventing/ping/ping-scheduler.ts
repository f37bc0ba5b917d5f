import { setMaxListeners } from 'node:events';
import { type PingSource, type Stored, scheduleOf } from '../../api';
import { type Clock, type Executor, randomInt, randomUuid, type Timer } from '../../base';
import type { Destination } from '../sender';
import { deliverSourceEvent, type SourceDelivery } from '../source';
import { nextRun } from './next-run';
import { pingEvent } from './ping-event';

export interface PingSchedulerOptions extends SourceDelivery {
  readonly clock: Clock;
  readonly executor: Executor;
  /**
   * The most by which an event is late, by chance, so that the sources of a cluster do not all send at once (upstream: 500).
   * On a laptop there is no reason to wait. @default 0
   */
  readonly jitterMs?: number;
}

interface Scheduled {
  readonly source: Stored<PingSource>;
  readonly to: Destination;
  /** What of the two is heeded here; nothing begins anew while it stays the same. */
  readonly means: string;
  timer: Timer | undefined;
}

/** The clock is looked at this often while nothing is due: the machine may have slept, or its time may have been set. */
const LOOK_MS = 60_000;

/**
 * Sends the events of PingSources when they are due, from the moment that it is told of them: what fell into the time before that
 * is not made up for. Each event is tried six times and then lost, as the journal (`source/ping/NAMESPACE/NAME`) says.
 */
export class PingScheduler {
  readonly #scheduled = new Map<string, Scheduled>();
  readonly #stopping = new AbortController();

  constructor(private readonly options: PingSchedulerOptions) {
    setMaxListeners(0, this.#stopping.signal); // one for each event on its way
  }

  /** `NAMESPACE/NAME` of the sources that send. */
  get names(): readonly string[] {
    return [...this.#scheduled.keys()];
  }

  /** Sends the events of a source to where it leads, from now on. */
  set(name: string, source: Stored<PingSource>, to: Destination): void {
    const means = JSON.stringify([source.metadata.uid, source.spec, to]);
    if (this.#scheduled.get(name)?.means === means) return;
    this.remove(name);
    const scheduled: Scheduled = { source, to, means, timer: undefined };
    this.#scheduled.set(name, scheduled);
    this.#plan(name, scheduled);
  }

  /** Sends nothing of a source any more; what is on its way comes to its end. */
  remove(name: string): void {
    this.#scheduled.get(name)?.timer?.cancel();
    this.#scheduled.delete(name);
  }

  /** Breaks off what is on its way. */
  stop(): void {
    for (const name of this.names) this.remove(name);
    this.#stopping.abort(new Error('stopping'));
  }

  #plan(name: string, scheduled: Scheduled): void {
    const due = nextRun(scheduleOf(scheduled.source.spec), this.options.clock.now());
    if (due !== undefined) this.#wait(name, scheduled, due);
  }

  #wait(name: string, scheduled: Scheduled, due: number): void {
    const { clock, executor } = this.options;
    scheduled.timer = clock.after(Math.min(due - clock.now(), LOOK_MS), () => {
      if (clock.now() < due) return this.#wait(name, scheduled, due);
      executor.run(`ping ${name}`, () => this.#send(name, scheduled));
      this.#plan(name, scheduled);
    });
  }

  async #send(name: string, { source, to }: Scheduled): Promise<void> {
    const { clock, random, jitterMs = 0 } = this.options;
    const now = this.#stopping.signal;
    const event = pingEvent(source, randomUuid(random), clock.now());
    try {
      if (jitterMs > 0) await clock.sleep(randomInt(random, jitterMs), now);
      const namespace = source.metadata.namespace ?? '';
      await deliverSourceEvent(this.options, `source/ping/${name}`, { event, namespace, to }, now);
    } catch (error) {
      if (!now.aborted) throw error;
    }
  }
}
