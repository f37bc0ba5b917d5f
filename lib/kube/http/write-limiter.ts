import type { Clock } from '../../base';

export interface WriteLimit {
  /** Writes per second in the long run. */
  readonly qps: number;
  /** Writes that may be made at once after a rest. */
  readonly burst: number;
}

/** A token bucket over time: writes wait their turn, in order; urgent ones do not, and those after them wait so much longer. */
export class WriteLimiter {
  /** When the bucket would be full again, on the clock's monotonic scale. */
  #fullAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly clock: Clock,
    private readonly limit: WriteLimit,
  ) {}

  /** Resolves when the next write may be made: for an urgent one at once. */
  async take(urgent = false, signal?: AbortSignal): Promise<void> {
    const { qps, burst } = this.limit;
    const now = this.clock.monotonic();
    this.#fullAt = Math.max(this.#fullAt, now) + 1000 / qps;
    if (urgent) return;
    const wait = this.#fullAt - now - (burst * 1000) / qps;
    if (wait > 0) await this.clock.sleep(wait, signal);
  }
}
