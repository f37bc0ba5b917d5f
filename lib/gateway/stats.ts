import type { Clock, Timer } from '../base';

/** What a gateway saw of a revision in one reporting period. */
export interface Stat {
  /** The gateway that saw it; the autoscaler adds up over reporters. */
  readonly reporter: string;
  readonly namespace: string;
  readonly revision: string;
  /** When the period ended, in milliseconds since the epoch. */
  readonly time: number;
  /** Requests in the gateway, waiting or inside a pod, on average over the period. */
  readonly averageConcurrency: number;
  /** Requests that arrived in the period. */
  readonly requestCount: number;
}

/** How long a reporting period is, in milliseconds. */
export const REPORT_INTERVAL_MS = 1000;

/** The requests of one revision, as the gateway tells it. */
export interface Meter {
  arrived(): void;
  left(): void;
}

/**
 * Reports concurrency and request counts each second, and at once the first request of a revision that had none: the autoscaler
 * must not wait a second to hear of it. That request is counted as 1 and taken off the next report, as upstream's activator
 * does. A revision that saw nothing for a whole period gets one report of zero, then none: silence means zero, and a gateway
 * at rest has no timer.
 */
export class Stats {
  readonly #active = new Set<RevisionMeter>();
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly reporter: string,
    private readonly onStats: (stats: readonly Stat[]) => void,
  ) {}

  meter(namespace: string, revision: string): Meter {
    const meter: RevisionMeter = new RevisionMeter(this.clock, { reporter: this.reporter, namespace, revision }, () => {
      this.#active.add(meter);
      this.#timer ??= this.clock.every(REPORT_INTERVAL_MS, () => this.#report());
      this.onStats([meter.stat(1, 1)]);
    });
    return meter;
  }

  stop(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#active.clear();
  }

  #report(): void {
    const stats = [...this.#active].map((meter) => meter.report());
    for (const meter of this.#active) if (!meter.active) this.#active.delete(meter);
    if (this.#active.size === 0) {
      this.#timer?.cancel();
      this.#timer = undefined;
    }
    this.onStats(stats);
  }
}

class RevisionMeter implements Meter {
  active = false;
  #concurrency = 0;
  #requests = 0;
  /** Concurrency times milliseconds since the period began. */
  #weighted = 0;
  #periodStart = 0;
  #changedAt = 0;
  #first = 0;

  constructor(
    private readonly clock: Clock,
    private readonly id: Pick<Stat, 'reporter' | 'namespace' | 'revision'>,
    private readonly onFirst: () => void,
  ) {}

  arrived(): void {
    const now = this.clock.monotonic();
    const first = !this.active;
    if (first) {
      this.active = true;
      this.#first = 1;
      this.#weighted = 0;
      this.#periodStart = this.#changedAt = now;
    }
    this.#advance(now);
    this.#concurrency++;
    this.#requests++;
    if (first) this.onFirst();
  }

  left(): void {
    this.#advance(this.clock.monotonic());
    this.#concurrency--;
  }

  /** Ends the period. */
  report(): Stat {
    const now = this.clock.monotonic();
    this.#advance(now);
    const elapsed = now - this.#periodStart;
    const average = elapsed > 0 ? this.#weighted / elapsed : this.#concurrency;
    this.active = this.#requests > 0 || average > 0;
    const stat = this.stat(Math.max(average - this.#first, 0), this.#requests - this.#first);
    this.#first = this.#requests = this.#weighted = 0;
    this.#periodStart = now;
    return stat;
  }

  stat(averageConcurrency: number, requestCount: number): Stat {
    return { ...this.id, time: this.clock.now(), averageConcurrency, requestCount };
  }

  #advance(now: number): void {
    this.#weighted += this.#concurrency * (now - this.#changedAt);
    this.#changedAt = now;
  }
}
