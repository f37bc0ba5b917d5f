import type { Clock, Timer } from '../../base';

/** Calls `fn` once things have been quiet for `ms` milliseconds, however often `poke` is called before. */
export class Debounce {
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly ms: number,
    private readonly fn: () => void,
  ) {}

  poke(): void {
    this.#timer?.cancel();
    this.#timer = this.clock.after(this.ms, () => {
      this.#timer = undefined;
      this.fn();
    });
  }

  cancel(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
  }
}
