import {
  boundsOf,
  checkKey,
  type Store,
  type StoreEntry,
  type StoreRange,
  type StoreRoom,
  type StoreValue,
  type StoreWrite,
} from './store';

/** A store that forgets everything with the process. */
export class MemoryStore implements Store {
  readonly #values = new Map<string, StoreValue>();
  /** Keys in order; undefined once that is no longer known. */
  #order: string[] | undefined = [];

  get(key: string): StoreValue {
    return this.#values.get(key);
  }

  write(batch: readonly StoreWrite[]): void {
    for (const { key } of batch) checkKey(key);
    for (const { key, value } of batch) {
      if (value === undefined) {
        if (this.#values.delete(key)) this.#order = undefined;
      } else {
        if (!this.#values.has(key)) this.#append(key);
        this.#values.set(key, value);
      }
    }
  }

  *range(range: StoreRange = {}): Iterable<StoreEntry> {
    for (const key of this.keys(range)) yield [key, this.#values.get(key)];
  }

  *keys(range: StoreRange = {}): Iterable<string> {
    this.#order ??= [...this.#values.keys()].sort();
    const order = this.#order;
    const { from, to } = boundsOf(range);
    const first = indexOf(order, from);
    const end = to === undefined ? order.length : Math.max(first, indexOf(order, to));
    const count = Math.min(end - first, range.limit ?? Number.POSITIVE_INFINITY);
    for (let i = 0; i < count; i++) yield order[range.reverse ? end - 1 - i : first + i]!;
  }

  async flushed(): Promise<void> {}

  size(): number {
    return 0;
  }

  room(): StoreRoom | undefined {
    return undefined;
  }

  setAside(key: string): void {
    this.write([{ key, value: undefined }]);
  }

  async close(): Promise<void> {}

  /** What is written in order, as a log is, keeps the order known. */
  #append(key: string): void {
    if (!this.#order) return;
    const last = this.#order.at(-1);
    if (last === undefined || last < key) this.#order.push(key);
    else this.#order = undefined;
  }
}

/** The index of the first key that is not below `key`. */
function indexOf(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (keys[middle]! < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
