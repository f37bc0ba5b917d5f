export interface BackOffOptions {
  /** Whether the first delay is none at all. @default false */
  readonly immediateFirst?: boolean;
}

/** The first delay that is not zero, the longest one, and how long a success makes failures forgotten; milliseconds. */
const FIRST_MS = 10_000;
const LONGEST_MS = 300_000;
const FORGET_MS = 600_000;

/** A kubelet's delays between attempts: 10 s, doubled each time up to 5 min, from the start again after 10 min of success. */
export class BackOff {
  #failures = 0;

  constructor(private readonly options: BackOffOptions = {}) {}

  /** The delay before the next attempt, in milliseconds. @param lastedMs how long the last one was good. */
  next(lastedMs = 0): number {
    if (lastedMs >= FORGET_MS) this.#failures = 0;
    const step = this.#failures++ - (this.options.immediateFirst ? 1 : 0);
    return step < 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(step, 16));
  }

  /** The delay as Kubernetes prints it: `10s`, `1m20s`, `5m0s`. */
  static format(ms: number): string {
    const seconds = Math.round(ms / 1000);
    return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m${seconds % 60}s`;
  }
}
