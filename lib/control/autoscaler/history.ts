/** Everything reported for one second, summed over reporters. */
export interface Sample {
  /** Whole seconds since the epoch. */
  readonly second: number;
  readonly concurrency: number;
  readonly requests: number;
}

/** The second that a time in milliseconds falls into. */
export const secondOf = (ms: number): number => Math.floor(ms / 1000);

/** What was reported, second by second, oldest first; no further back than decisions can look. */
export class History {
  #samples: Sample[] = [];

  /** Oldest first, at most one to a second. Only to be read. */
  get samples(): readonly Sample[] {
    return this.#samples;
  }

  /** The last second for which anything was recorded. */
  get newest(): Sample | undefined {
    return this.#samples.at(-1);
  }

  /**
   * Adds to the second that `now` falls into.
   * @param window the longest window looked at, in milliseconds; what is older than a window is refused, as upstream does.
   */
  record(now: number, concurrency: number, requests: number, window: number): void {
    const second = secondOf(now);
    const width = Math.ceil(window / 1000);
    const newest = this.newest;
    if (newest && second <= newest.second - width) return;
    let at = this.#samples.length;
    while (at > 0 && this.#samples[at - 1]!.second > second) at--;
    const same = this.#samples[at - 1];
    if (same?.second === second) {
      this.#samples[at - 1] = { second, concurrency: same.concurrency + concurrency, requests: same.requests + requests };
    } else {
      this.#samples.splice(at, 0, { second, concurrency, requests });
    }
    this.#forget(width);
  }

  /** Two windows are kept: how long writes have gone on without a gap decides what an average is divided by. */
  #forget(width: number): void {
    const oldest = this.newest!.second - 2 * width;
    const first = this.#samples.findIndex((sample) => sample.second >= oldest);
    if (first > 0) this.#samples.splice(0, first);
  }
}
