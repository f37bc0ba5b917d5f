import { setMaxListeners } from 'node:events';
import { type PingSource, type Stored, scheduleOf } from '../../api';
import { type Clock, type Executor, type Random, randomInt, randomUuid, type Timer } from '../../base';
import type { CloudEvent } from '../cloud-event';
import type { Attempt, Deliverer, DeliveryPolicy, DeliveryResult } from '../delivery';
import type { Journal } from '../journal';
import { traced } from '../journal/trace';
import type { Destination } from '../sender';
import { nextRun } from './next-run';
import { pingEvent } from './ping-event';

export interface PingSchedulerOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly journal: Journal;
  readonly deliverer: Deliverer;
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

const POLICY: DeliveryPolicy = { retry: 5, backoffPolicy: 'exponential', backoffDelayMs: 50 };
/** The name under which the journal has the receiver. */
const CONSUMER = 'sink';
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
    const { clock, random, journal, deliverer, jitterMs = 0 } = this.options;
    const now = this.#stopping.signal;
    const event = pingEvent(source, randomUuid(random), clock.now());
    const { headers, trace } = traced({}, random);
    const log = `source/ping/${name}`;
    const namespace = source.metadata.namespace ?? '';
    try {
      if (jitterMs > 0) await clock.sleep(randomInt(random, jitterMs), now);
      journal.record(log, trace, event, { kind: 'arrived', consumers: [CONSUMER] });
      const result = await deliverer.deliver(
        { event, headers, namespace, subscriber: to, policy: POLICY, replies: 'none' },
        (attempt) => this.#attempted(log, trace, event, attempt),
        { now },
      );
      this.#ended(log, trace, event, result);
    } catch (error) {
      if (!now.aborted) throw error;
    }
  }

  #attempted(log: string, trace: string, event: CloudEvent, { role, url, attempt, outcome, retryInMs }: Attempt): void {
    this.options.journal.record(log, trace, event, {
      ...{ kind: 'attempt', consumer: CONSUMER, role, url, attempt, status: outcome.status },
      ...(outcome.kind === 'failed' ? { reason: outcome.reason } : {}),
      ...(retryInMs === undefined ? {} : { retryInMs }),
    });
  }

  #ended(log: string, trace: string, event: CloudEvent, result: DeliveryResult): void {
    const reason = result.kind === 'delivered' ? {} : { reason: result.reason };
    this.options.journal.record(log, trace, event, { kind: result.kind, consumer: CONSUMER, ...reason });
  }
}
