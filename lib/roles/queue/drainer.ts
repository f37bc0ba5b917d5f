import { QUEUE_SIDECAR } from '../../api/queue-sidecar';
import type { Clock } from '../../base';

const LONGEST_MS = QUEUE_SIDECAR.quietSeconds * 1000;

/** The end of a pod, as its sidecar sees it: first nobody is to send anything any more, then nothing is inside. */
export class Drainer {
  readonly #began = new AbortController();
  readonly #drained = new AbortController();
  #lastArrival = Number.NEGATIVE_INFINITY;

  constructor(private readonly clock: Clock) {}

  /** True once the pod is to end: it is not ready any more. */
  get draining(): boolean {
    return this.#began.signal.aborted;
  }

  /** A request has come. */
  arrived(): void {
    this.#lastArrival = this.clock.monotonic();
  }

  begin(): void {
    this.#began.abort();
  }

  /** Resolves when nobody has sent anything for `quietMs` milliseconds, or does not stop. Call `begin` first. */
  async quiet(quietMs: number): Promise<void> {
    const begin = this.clock.monotonic();
    for (;;) {
      const now = this.clock.monotonic();
      const end = Math.min(Math.max(begin, this.#lastArrival) + quietMs, begin + LONGEST_MS);
      if (now >= end) return;
      await this.clock.sleep(end - now);
    }
  }

  /** Nothing is inside. */
  finish(): void {
    this.#drained.abort();
  }

  /**
   * Resolves when nothing is inside the pod; or, where it turns out that the pod is not to end, after `patienceMs` milliseconds: then
   * one of its containers alone is started anew.
   */
  async waitForDrain(patienceMs: number): Promise<void> {
    if (!this.draining) await this.clock.sleep(patienceMs, this.#began.signal).catch(() => {});
    if (this.draining) await aborted(this.#drained.signal);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
