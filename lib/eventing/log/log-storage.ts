import type { EventRecord } from './event-record';

/** A consumer as it is kept: where its events begin, and whether nobody consumes in its name at present. */
export interface ConsumerState {
  /** While it is retired: the offset up to which events were assigned to it. */
  readonly retiredAt?: number;
  /** While it is retired: since when, in milliseconds since the epoch. */
  readonly retiredTime?: number;
}

/** What one consumer remembers, by keys of at most 64 characters. */
export interface ConsumerMemory {
  load(): Iterable<readonly [string, unknown]>;
  /** Undefined takes away. */
  save(changes: readonly (readonly [string, unknown])[]): void;
}

/** What was kept of a log. */
export interface KeptLog {
  /** The offset that the next event gets. */
  readonly next: number;
  /** Offsets of all events that are there, with their sizes and times, in order. */
  readonly events: readonly { readonly offset: number; readonly size: number; readonly time: number }[];
  readonly consumers: ReadonlyMap<string, ConsumerState>;
  /** Of each consumer, the offsets that it still has to get, in order. */
  readonly pending: ReadonlyMap<string, readonly number[]>;
}

/**
 * Where one log keeps its events: in memory, or in a store. Every call takes effect whole or not at all. What follows from an event
 * that was taken is never refused: what cannot be written at present is written before the next event is taken.
 */
export interface LogStorage {
  /** About how many bytes it takes, with those of events that nobody needs any more and that have not gone yet. */
  readonly stored: number;
  load(): KeptLog;
  /** As `load`, in parts: tells after each how many events have been found. */
  loading(): Generator<number, KeptLog>;
  /** Throws a LogWriteError: then the event is not there. @param size about how many bytes the record takes */
  append(offset: number, record: EventRecord, consumers: readonly string[], size?: number): void;
  read(offset: number): EventRecord | undefined;
  /** These consumers have to get this event once more. */
  assign(offset: number, consumers: readonly string[]): void;
  settle(offsets: readonly number[], consumer: string): void;
  saveConsumer(name: string, state: ConsumerState | undefined): void;
  memory(consumer: string): ConsumerMemory;
  drop(offsets: readonly number[]): void;
  /** Lets go of what takes room and nobody needs, as far as that goes at once: there is no room for more. */
  tidy(): void;
  /** Writes at once what waits for the next sync: nothing more comes. */
  flush(): void;
  /**
   * Resolves after the sync that covers everything up to now. Rejects with a LogWriteError; then what was appended while a sync was under way
   * may be there all the same.
   */
  durable(): Promise<void>;
}
