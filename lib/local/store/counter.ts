import type { Store, StoreWrite } from './store';

/** A number that only grows, kept in a store: the next one is taken together with what it numbers, in one batch. */
export class Counter {
  #value: number;

  /** @param first the value before anything has been counted */
  constructor(
    store: Store,
    private readonly key: string,
    first = 0,
  ) {
    this.#value = Number(store.get(key) ?? first);
  }

  get value(): number {
    return this.#value;
  }

  /** Counts on, and returns the write that makes the store remember it. */
  advance(by = 1): StoreWrite {
    this.#value += by;
    return { key: this.key, value: this.#value };
  }
}
