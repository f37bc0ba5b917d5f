/** One change of a batch: `value` undefined deletes the key. */
export interface StoreWrite {
  readonly key: string;
  readonly value: unknown;
}

/**
 * Where the objects of a local cluster are kept: plain JSON values under keys, written in batches that take effect whole or
 * not at all. Synchronous, so that what the cluster says it has stored is stored.
 */
export interface Store {
  /** The value under `key`, or undefined. */
  get(key: string): unknown;
  write(batch: readonly StoreWrite[]): void;
  /** All entries of which the key begins with `prefix`, in no particular order. */
  entries(prefix: string): Iterable<readonly [key: string, value: unknown]>;
}
