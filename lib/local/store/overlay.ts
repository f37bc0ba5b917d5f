import type { EncodedBatch } from './journal-frame';

type Encoded = Buffer | undefined;

/** What has been written and is not in the database yet: newest first, then what is on its way there. */
export class Overlay {
  #fresh = new Map<string, Encoded>();
  #leaving: ReadonlyMap<string, Encoded> = new Map();

  get isEmpty(): boolean {
    return this.#fresh.size === 0 && this.#leaving.size === 0;
  }

  has(key: string): boolean {
    return this.#fresh.has(key) || this.#leaving.has(key);
  }

  /** The value that was written last; undefined if it was deleted. */
  get(key: string): Encoded {
    return this.#fresh.has(key) ? this.#fresh.get(key) : this.#leaving.get(key);
  }

  add(changes: EncodedBatch): void {
    for (const [key, value] of changes) this.#fresh.set(key, value);
  }

  /** What is now to be put into the database; until `left` or `stayed` it is seen here. */
  leave(): ReadonlyMap<string, Encoded> {
    this.#leaving = this.#fresh;
    this.#fresh = new Map();
    return this.#leaving;
  }

  /** What was to leave is in the database. */
  left(): void {
    this.#leaving = new Map();
  }

  /** What was to leave could not: it is to be tried again. */
  stayed(): void {
    this.#fresh = new Map([...this.#leaving, ...this.#fresh]);
    this.#leaving = new Map();
  }

  /** What was written last of keys from `from` on and below `to`, in their order: as it is now, whatever leaves later. */
  entries(from: string, to: string | undefined): (readonly [string, Encoded])[] {
    const found = new Map<string, Encoded>();
    for (const changes of [this.#leaving, this.#fresh]) {
      for (const [key, value] of changes) if (key >= from && (to === undefined || key < to)) found.set(key, value);
    }
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
