import type { Store, StoreWrite } from './store';

/** A store that forgets everything with the process. */
export class MemoryStore implements Store {
  readonly #values = new Map<string, unknown>();

  get(key: string): unknown {
    return this.#values.get(key);
  }

  write(batch: readonly StoreWrite[]): void {
    for (const { key, value } of batch) {
      if (value === undefined) this.#values.delete(key);
      else this.#values.set(key, value);
    }
  }

  *entries(prefix: string): Iterable<readonly [string, unknown]> {
    for (const entry of this.#values) if (entry[0].startsWith(prefix)) yield entry;
  }
}
