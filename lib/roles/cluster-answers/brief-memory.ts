import type { Clock } from '../../base';

interface Kept<T> {
  readonly value: Promise<T>;
  /** Undefined while it is under way. */
  until: number | undefined;
}

/** Does the same work once for all who ask for it while it is under way, and for a moment after it has succeeded. */
export class BriefMemory<T> {
  readonly #kept = new Map<string, Kept<T>>();

  /** @param ttlMs for how long a result is kept, in milliseconds */
  constructor(
    private readonly clock: Clock,
    private readonly ttlMs: number,
  ) {}

  get(key: string, work: () => Promise<T>): Promise<T> {
    const now = this.clock.now();
    for (const [other, { until }] of this.#kept) if (until !== undefined && until <= now) this.#kept.delete(other);
    const found = this.#kept.get(key);
    if (found) return found.value;
    const kept: Kept<T> = { value: work(), until: undefined };
    this.#kept.set(key, kept);
    kept.value.then(
      () => (kept.until = this.clock.now() + this.ttlMs),
      () => this.#kept.delete(key),
    );
    return kept.value;
  }
}
