import type { Clock } from '../../base';

export interface WriteLimit {
  /** Writes per second in the long run. */
  readonly qps: number;
  /** Writes that may be made at once after a rest. */
  readonly burst: number;
}

/**
 * A token bucket over time: writes wait their turn, in order; urgent ones do not. Those after them wait so much longer, but all urgent
 * ones together hold nobody up for longer than a burst of writes takes.
 */
export class WriteLimiter {
  /** When the bucket would be full again, on the clock's monotonic scale. */
  #fullAt = Number.NEGATIVE_INFINITY;
  /** The same, had there been no urgent ones. */
  #fullWithoutUrgent = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly limit: WriteLimit,
  ) {}

  /** Resolves when the next write may be made: for an urgent one at once. */
  async take(urgent = false, signal?: AbortSignal): Promise<void> {
    const { qps, burst } = this.limit;
    const cost = 1000 / qps;
    const now = this.clock.monotonic();
    const own = Math.max(this.#fullWithoutUrgent, now);
    const full = Math.max(this.#fullAt, now) + cost;
    if (urgent) {
      this.#fullAt = Math.min(full, own + burst * cost);
      return;
    }
    this.#fullWithoutUrgent = own + cost;
    this.#fullAt = full;
    const wait = full - now - burst * cost;
    if (wait > 0) await this.clock.sleep(wait, signal);
  }
}
