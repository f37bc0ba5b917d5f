import {
  boundsOf,
  type Store,
  type StoreEntry,
  type StoreRange,
  type StoreRoom,
  type StoreValue,
  type StoreWrite,
  type WriteOptions,
} from './store';

/** A part of a store under a prefix of its own: two parts whose names differ never see each other's keys. */
export class StoreSpace implements Store {
  readonly #prefix: string;

  /** @param name without a slash; may stand for one of a family, as in `broker-4711` */
  constructor(
    private readonly store: Store,
    name: string,
  ) {
    this.#prefix = `${name}/`;
  }

  /** The same write as one to the whole store: for a batch that changes several parts at once. */
  placed({ key, value }: StoreWrite): StoreWrite {
    return { key: this.#prefix + key, value };
  }

  get(key: string): StoreValue {
    return this.store.get(this.#prefix + key);
  }

  write(batch: readonly StoreWrite[], options?: WriteOptions): void {
    this.store.write(
      batch.map((write) => this.placed(write)),
      options,
    );
  }

  *range(range: StoreRange = {}): Iterable<StoreEntry> {
    for (const [key, value] of this.store.range(this.#inside(range))) yield [key.slice(this.#prefix.length), value];
  }

  *keys(range: StoreRange = {}): Iterable<string> {
    for (const key of this.store.keys(this.#inside(range))) yield key.slice(this.#prefix.length);
  }

  flushed(): Promise<void> {
    return this.store.flushed();
  }

  size(): number {
    return this.store.size();
  }

  room(): StoreRoom | undefined {
    return this.store.room();
  }

  setAside(key: string, reason: string): void {
    this.store.setAside(this.#prefix + key, reason);
  }

  /** The store belongs to whoever opened it. */
  async close(): Promise<void> {
    await this.store.flushed();
  }

  #inside(range: StoreRange): StoreRange {
    const { from, to } = boundsOf(range);
    const bounds = { from: this.#prefix + from, ...(to === undefined ? {} : { to: this.#prefix + to }) };
    const { reverse = false, limit = Number.POSITIVE_INFINITY } = range;
    return { prefix: this.#prefix, ...bounds, reverse, limit };
  }
}
