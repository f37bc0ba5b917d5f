/** What a store keeps: JSON, or bytes as they are. Neither is changed by whoever gave or got it. */
export type StoreValue = unknown;

/** One change of a batch: `value` undefined deletes the key. */
export interface StoreWrite {
  readonly key: string;
  readonly value: StoreValue;
}

export type StoreEntry = readonly [key: string, value: StoreValue];

/** Which entries, in the order of their keys; all of them if nothing is said. */
export interface StoreRange {
  readonly prefix?: string;
  /** The first key. */
  readonly from?: string;
  /** The first key that is no longer in it. */
  readonly to?: string;
  /** The last key first. @default false */
  readonly reverse?: boolean;
  /** At most so many entries. @default all */
  readonly limit?: number;
}

/** How a batch is written. */
export interface WriteOptions {
  /** It is part of how room is made, and may take the room that is kept for that when the disk is full. @default false */
  readonly makesRoom?: boolean;
}

/** Room for more in a store, in bytes. */
export interface StoreRoom {
  /** What the store may take in all. */
  readonly total: number;
  /** About how much can still be written, beside what is kept for taking away what is there. */
  readonly free: number;
  /** Nothing is to be written but what makes room. */
  readonly full: boolean;
  /** Counts on whenever the room of what has been taken away since is among what is free. */
  readonly round: number;
}

/** Longest key, in characters. */
export const MAX_KEY_LENGTH = 1024;

/**
 * Where objects, events and cursors are kept, under keys of printable ASCII in their byte order, in batches that take effect whole or not at
 * all. Synchronous: when `write` returns, readers see the batch, and the death of this process no longer loses it. Who must
 * survive a power cut too awaits `flushed`.
 */
export interface Store {
  /** The value under `key`, or undefined. */
  get(key: string): StoreValue;
  /** @throws KncError KNC3305 if it cannot be written: then nothing of it is. */
  write(batch: readonly StoreWrite[], options?: WriteOptions): void;
  /** Read lazily: do not write to the range while iterating. */
  range(range?: StoreRange): Iterable<StoreEntry>;
  /** The keys of a range, also of entries that cannot be read: values are not looked at. */
  keys(range?: StoreRange): Iterable<string>;
  /** Resolves after the sync that covers everything written so far. @throws KncError KNC3305 */
  flushed(): Promise<void>;
  /** Bytes that it takes on disk; 0 in memory. */
  size(): number;
  /** Undefined: as much as there is memory. */
  room(): StoreRoom | undefined;
  /** It takes what makes room and nothing else, until it is opened anew. @default false */
  readonly isBroken?: boolean;
  /** Takes away an entry that its reader cannot make sense of: it is kept beside the store, and reported. */
  setAside(key: string, reason: string): void;
  /** Flushes and closes. Nothing may be called afterwards. */
  close(): Promise<void>;
}

/** Refuses keys that not every store can hold, or not in the same order. */
export function checkKey(key: string): void {
  if (key.length > 0 && key.length <= MAX_KEY_LENGTH && /^[ -~]+$/.test(key)) return;
  throw new RangeError(`no key of a store: ${JSON.stringify(key.slice(0, 80))}`);
}

/** The bounds of a range, its prefix included: `to` undefined is the end of the store. */
export function boundsOf({ prefix = '', from = '', to }: StoreRange): { readonly from: string; readonly to: string | undefined } {
  // The character after ~ is not printable, so it is above every key that begins with the prefix.
  const end = prefix === '' ? undefined : `${prefix}\u007f`;
  return {
    from: from > prefix ? from : prefix,
    to: to === undefined ? end : end === undefined || to < end ? to : end,
  };
}
