import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../../base';
import { ClusterError } from '../../kube';

export interface KeyQueueOptions {
  /** For logs and for the executor's list of pending work. */
  readonly name: string;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  /** Brings the object of this key to where it should be; returns after how many milliseconds it wants to be called again. */
  readonly reconcile: (key: string) => Promise<number | undefined>;
}

const FIRST_RETRY_MS = 5;
const LAST_RETRY_MS = 30_000;

/**
 * Keys that wait to be reconciled: each once however often it was added, one at a time, again with growing delay after a
 * failure. With nothing to do there is no work and no timer.
 */
export class KeyQueue {
  readonly #ready = new Set<string>();
  readonly #timers = new Map<string, Timer>();
  readonly #failures = new Map<string, number>();
  #state: 'new' | 'idle' | 'working' | 'stopped' = 'new';

  constructor(private readonly options: KeyQueueOptions) {}

  /** Begins to work; keys that were added before have waited for this. */
  start(): void {
    this.#state = 'idle';
    this.#wake();
  }

  stop(): void {
    this.#state = 'stopped';
    this.#ready.clear();
    for (const timer of this.#timers.values()) timer.cancel();
    this.#timers.clear();
  }

  add(key: string): void {
    if (this.#state === 'stopped') return;
    this.#ready.add(key);
    this.#wake();
  }

  #wake(): void {
    if (this.#state !== 'idle' || this.#ready.size === 0) return;
    this.#state = 'working';
    this.options.executor.run(this.options.name, () => this.#work());
  }

  async #work(): Promise<void> {
    for (const key of this.#ready) {
      // Taken out first: a key that is added while it is worked on is visited again.
      this.#ready.delete(key);
      await this.#reconcile(key);
    }
    if (this.#state === 'working') this.#state = 'idle';
  }

  async #reconcile(key: string): Promise<void> {
    this.#timers.get(key)?.cancel();
    this.#timers.delete(key);
    try {
      const again = await this.options.reconcile(key);
      this.#failures.delete(key);
      if (again !== undefined) this.#addAfter(key, again);
    } catch (error) {
      const failures = (this.#failures.get(key) ?? 0) + 1;
      this.#failures.set(key, failures);
      const retryMs = Math.min(FIRST_RETRY_MS * 2 ** (failures - 1), LAST_RETRY_MS);
      // A conflict says that news is on its way.
      if (!ClusterError.is(error, 'Conflict')) {
        this.options.log.warn('reconcile failed', { controller: this.options.name, key, error: errorMessage(error), retryMs });
      }
      this.#addAfter(key, retryMs);
    }
  }

  #addAfter(key: string, ms: number): void {
    if (this.#state === 'stopped') return;
    this.#timers.set(
      key,
      this.options.clock.after(ms, () => this.add(key)),
    );
  }
}
