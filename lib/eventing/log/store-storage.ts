import { decodeRecord, type EventRecord, encodeRecord, summaryOf } from './event-record';
import { LogWriteError } from './log-error';
import type { ConsumerMemory, ConsumerState, KeptLog, LogStorage } from './log-storage';

/** `value` undefined deletes. */
interface Write {
  readonly key: string;
  readonly value: unknown;
}

/** What a log needs of a store; that of a local cluster (lib/local) is one. */
export interface KeyValueStore {
  get(key: string): unknown;
  /** Throws when nothing of the batch could be written. */
  write(batch: readonly Write[]): void;
  range(range: {
    readonly prefix: string;
    readonly reverse?: boolean;
    readonly limit?: number;
  }): Iterable<readonly [string, unknown]>;
  flushed(): Promise<void>;
  /** Takes away what cannot be read, and reports it. */
  setAside(key: string, reason: string): void;
}

const DIGITS = 16;

/** Keeps the events of one log under keys that begin with `prefix`: events by offset, pending deliveries, consumers and what they remember. */
export class StoreStorage implements LogStorage {
  readonly #events: string;
  readonly #pending: string;
  readonly #consumers: string;
  readonly #memories: string;
  readonly #next: string;
  /** Writes that are not in the store yet, oldest first: because a sync is under way, or because it could not take them. */
  #owed: Write[] = [];
  /** The events among them. */
  readonly #unwritten = new Map<number, EventRecord>();
  /** The sync under way, and the one after it, which is for all that comes meanwhile. */
  #sync: Promise<void> | undefined;
  #nextSync: Promise<void> | undefined;
  /** All events that have been dropped are before it. */
  #dropped = 0;

  constructor(
    private readonly store: KeyValueStore,
    prefix: string,
  ) {
    this.#events = `${prefix}/event/`;
    this.#pending = `${prefix}/pending/`;
    this.#consumers = `${prefix}/consumer/`;
    this.#memories = `${prefix}/memory/`;
    this.#next = `${prefix}/next`;
  }

  load(): KeptLog {
    const events: { offset: number; size: number; time: number }[] = [];
    const damaged: [string, Error][] = [];
    for (const [key, bytes] of this.store.range({ prefix: this.#events })) {
      try {
        events.push({ offset: Number(key.slice(this.#events.length)), ...summaryOf(bytes as Buffer) });
      } catch (error) {
        damaged.push([key, error as Error]);
      }
    }
    for (const [key, { message }] of damaged) this.store.setAside(key, message);
    const consumers = new Map<string, ConsumerState>();
    for (const [key, state] of this.store.range({ prefix: this.#consumers })) {
      consumers.set(key.slice(this.#consumers.length), state as ConsumerState);
    }
    const there = new Set(events.map(({ offset }) => offset));
    const pending = new Map<string, number[]>();
    for (const [key] of this.store.range({ prefix: this.#pending })) {
      const consumer = key.slice(this.#pending.length, -DIGITS - 1);
      const offset = Number(key.slice(-DIGITS));
      const known = pending.get(consumer) ?? [];
      pending.set(consumer, known);
      if (there.has(offset)) known.push(offset);
      else this.store.setAside(key, 'the event that it names is not there');
    }
    const next = Math.max(Number(this.store.get(this.#next) ?? 0), (events.at(-1)?.offset ?? -1) + 1);
    return { next, events, consumers, pending };
  }

  append(offset: number, record: EventRecord, consumers: readonly string[]): void {
    const writes: Write[] = [{ key: this.#events + padded(offset), value: encodeRecord(record) }];
    for (const consumer of consumers) writes.push({ key: this.#pendingKey(consumer, offset), value: 1 });
    if (this.#sync) {
      // Nobody is told of it before the next sync, so it is written together with all that come until then.
      this.#owed.push(...writes);
      this.#unwritten.set(offset, record);
      return;
    }
    try {
      this.#write(writes);
    } catch (error) {
      throw new LogWriteError(error);
    }
  }

  read(offset: number): EventRecord | undefined {
    return this.#unwritten.get(offset) ?? this.#record(this.#events + padded(offset));
  }

  assign(offset: number, consumers: readonly string[]): void {
    this.#writeInTime(consumers.map((consumer) => ({ key: this.#pendingKey(consumer, offset), value: 1 })));
  }

  settle(offsets: readonly number[], consumer: string): void {
    this.#writeInTime(offsets.map((offset) => ({ key: this.#pendingKey(consumer, offset), value: undefined })));
  }

  saveConsumer(name: string, state: ConsumerState | undefined): void {
    this.#writeInTime([{ key: this.#consumers + name, value: state }]);
  }

  memory(consumer: string): ConsumerMemory {
    const prefix = `${this.#memories}${consumer}/`;
    return {
      load: () => {
        this.flush();
        return [...this.store.range({ prefix })].map(([key, value]) => [key.slice(prefix.length), value] as const);
      },
      save: (changes) => {
        if (changes.length > 0) this.#writeInTime(changes.map(([key, value]) => ({ key: prefix + key, value })));
      },
    };
  }

  /** The newest offset is written down, as nothing else tells it once its event is gone. */
  drop(offsets: readonly number[]): void {
    for (const offset of offsets) this.#dropped = Math.max(this.#dropped, offset + 1);
    const next = Math.max(Number(this.store.get(this.#next) ?? 0), this.#dropped);
    this.#writeInTime([
      { key: this.#next, value: next },
      ...offsets.map((offset) => ({ key: this.#events + padded(offset), value: undefined })),
    ]);
  }

  flush(): void {
    this.#writeInTime([]);
  }

  durable(): Promise<void> {
    if (!this.#sync) return this.#beginSync();
    this.#nextSync ??= this.#sync.catch(() => {}).then(() => this.#beginSync());
    return this.#nextSync;
  }

  /** Writes what has come during the last sync, and syncs. */
  #beginSync(): Promise<void> {
    this.#nextSync = undefined;
    const sync = this.#writeAndSync().finally(() => {
      if (this.#sync !== sync) return;
      this.#sync = undefined;
      // What no sync is asked for.
      if (!this.#nextSync) this.flush();
    });
    this.#sync = sync;
    return sync;
  }

  async #writeAndSync(): Promise<void> {
    try {
      if (this.#owed.length > 0) this.#write([]);
      await this.store.flushed();
    } catch (error) {
      throw new LogWriteError(error);
    }
  }

  /** What is owed goes first, in one batch with the rest. */
  #write(batch: readonly Write[]): void {
    const all = this.#owed.length > 0 ? [...this.#owed, ...batch] : batch;
    if (all.length === 0) return;
    this.store.write(all);
    this.#owed = [];
    this.#unwritten.clear();
  }

  /** Never fails: the store tells what keeps it from writing. In the order in which it comes, so not at once during a sync. */
  #writeInTime(batch: readonly Write[]): void {
    if (this.#sync && batch.length > 0) {
      this.#owed.push(...batch);
      return;
    }
    try {
      this.#write(batch);
    } catch {
      this.#owed.push(...batch);
    }
  }

  #pendingKey(consumer: string, offset: number): string {
    return `${this.#pending}${consumer}/${padded(offset)}`;
  }

  #record(key: string): EventRecord | undefined {
    const bytes = this.store.get(key);
    if (bytes === undefined) return undefined;
    try {
      return decodeRecord(bytes as Buffer);
    } catch (error) {
      this.store.setAside(key, (error as Error).message);
      return undefined;
    }
  }
}

const padded = (offset: number): string => String(offset).padStart(DIGITS, '0');
