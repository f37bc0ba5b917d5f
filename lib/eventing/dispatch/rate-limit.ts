import type { Clock } from '../../base';

/** Lets so many through a second, evenly; what was not used is not saved up. */
export class RateLimit {
  #free: number;

  constructor(
    private readonly clock: Clock,
    private readonly perSecond: number,
  ) {
    this.#free = clock.monotonic();
  }

  /** How long until the next place is free, in milliseconds. */
  wait(): number {
    return Math.max(0, this.#free - this.clock.monotonic());
  }

  /** Takes the next place if it is free, and returns 0; else how long until it is, in milliseconds. */
  take(): number {
    const now = this.clock.monotonic();
    if (this.#free > now) return this.#free - now;
    this.#free = now + 1000 / this.perSecond;
    return 0;
  }
}
