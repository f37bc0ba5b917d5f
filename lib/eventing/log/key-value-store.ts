/** `value` undefined deletes. */
export interface KeyValueWrite {
  readonly key: string;
  readonly value: unknown;
}

/** Room for more in a store, in bytes. */
export interface KeyValueRoom {
  readonly total: number;
  /** About how much can still be written. */
  readonly free: number;
  /** Nothing is to be written but what makes room. */
  readonly full: boolean;
  /** Counts on whenever the room of what has been taken away since is among what is free. */
  readonly round: number;
}

/** What a log needs of a store; that of a local cluster (lib/local) is one. */
export interface KeyValueStore {
  get(key: string): unknown;
  /**
   * Throws when nothing of the batch could be written.
   * @param options `makesRoom`: it is part of how room is made, and may take the room that is kept for that when the disk is full
   */
  write(batch: readonly KeyValueWrite[], options?: { readonly makesRoom?: boolean }): void;
  range(range: {
    readonly prefix: string;
    readonly reverse?: boolean;
    readonly limit?: number;
  }): Iterable<readonly [string, unknown]>;
  /** As `range`, without looking at values. */
  keys(range: { readonly prefix: string; readonly from?: string; readonly limit?: number }): Iterable<string>;
  flushed(): Promise<void>;
  /** Undefined: as much as there is memory. */
  room?(): KeyValueRoom | undefined;
  /** Takes away what cannot be read, and reports it. */
  setAside(key: string, reason: string): void;
}
