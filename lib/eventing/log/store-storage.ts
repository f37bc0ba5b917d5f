import { decodeRecord, type EventRecord, sizeOf, summaryOf } from './event-record';
import { LogWriteError } from './log-error';
import type { ConsumerMemory, ConsumerState, KeptLog, LogStorage } from './log-storage';
import { recordsOf, Segment } from './segment';
import { SegmentList } from './segment-list';

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

/**
 * Keeps the events of one log under keys that begin with `prefix`: events in segments by their first offset, pending deliveries, consumers
 * and what they remember. Events that come together share a segment, and go when none of them is needed any more.
 */
export class StoreStorage implements LogStorage {
  readonly #events: string;
  readonly #pending: string;
  readonly #consumers: string;
  readonly #memories: string;
  readonly #next: string;
  /** Writes that are not in the store yet, oldest first: because a sync is under way, or because it could not take them. */
  #owed: Write[] = [];
  /** The events among them; the last segment may take more. */
  #unwritten: Segment[] = [];
  readonly #segments = new SegmentList();
  /** The segment that was read last. */
  #read: { readonly first: number; readonly records: readonly Buffer[] } | undefined;
  /** The sync under way, and the one after it, which is for all that comes meanwhile. */
  #sync: Promise<void> | undefined;
  #nextSync: Promise<void> | undefined;
  /** Offsets below it are not given again. */
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
        const first = Number(key.slice(this.#events.length));
        const summaries = recordsOf(bytes as Buffer).map(summaryOf);
        this.#segments.add(new Segment(first, summaries.length));
        for (const [i, summary] of summaries.entries()) events.push({ offset: first + i, ...summary });
      } catch (error) {
        damaged.push([key, error as Error]);
      }
    }
    for (const [key, { message }] of damaged) this.store.setAside(key, message);
    // Newest events may be lost, and their offsets known to others.
    let next = Math.max(Number(this.store.get(this.#next) ?? 0), (events.at(-1)?.offset ?? -1) + 1);
    const consumers = new Map<string, ConsumerState>();
    for (const [key, state] of this.store.range({ prefix: this.#consumers })) {
      consumers.set(key.slice(this.#consumers.length), state as ConsumerState);
      next = Math.max(next, (state as ConsumerState).retiredAt ?? 0);
    }
    const there = new Set(events.map(({ offset }) => offset));
    const pending = new Map<string, number[]>();
    for (const [key] of this.store.range({ prefix: this.#pending })) {
      const consumer = key.slice(this.#pending.length, -DIGITS - 1);
      const offset = Number(key.slice(-DIGITS));
      next = Math.max(next, offset + 1);
      const known = pending.get(consumer) ?? [];
      pending.set(consumer, known);
      if (there.has(offset)) known.push(offset);
      else this.store.setAside(key, 'the event that it names is not there');
    }
    return { next, events, consumers, pending };
  }

  append(offset: number, record: EventRecord, consumers: readonly string[], size = sizeOf(record)): void {
    const segment = this.#segmentFor(offset, size);
    segment.add(record, size);
    const pending = consumers.map((consumer) => ({ key: this.#pendingKey(consumer, offset), value: 1 }));
    if (this.#sync) {
      // Nobody is told of it before the next sync, so it is written together with all that come until then.
      this.#owed.push(...pending);
      return;
    }
    try {
      this.#write(pending);
    } catch (error) {
      segment.takeBack();
      if (segment.isEmpty) this.#remove(segment);
      throw new LogWriteError(error);
    }
  }

  read(offset: number): EventRecord | undefined {
    const segment = this.#segments.find(offset);
    return segment && (segment.record(offset) ?? this.#stored(segment.first, offset));
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

  drop(offsets: readonly number[]): void {
    const writes: Write[] = [];
    for (const offset of offsets) {
      const segment = this.#segments.find(offset);
      segment?.drop();
      if (!segment?.isEmpty) continue;
      if (segment === this.#segments.last) writes.push(this.#nextAfter(segment));
      if (segment.isWritten) writes.push({ key: this.#events + padded(segment.first), value: undefined });
      this.#remove(segment);
    }
    if (writes.length > 0) this.#writeInTime(writes);
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
      this.#write([]);
      await this.store.flushed();
    } catch (error) {
      throw new LogWriteError(error);
    }
  }

  /** What is owed goes first, in one batch with the rest. */
  #write(batch: readonly Write[]): void {
    const events = this.#unwritten.map((one) => ({ key: this.#events + padded(one.first), value: one.encode() }));
    const all = [...events, ...this.#owed, ...batch];
    if (all.length === 0) return;
    this.store.write(all);
    for (const segment of this.#unwritten) segment.written();
    this.#unwritten = [];
    this.#owed = [];
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

  /** The segment that an event of this offset is added to. */
  #segmentFor(offset: number, size: number): Segment {
    const open = this.#unwritten.at(-1);
    if (open?.takes(offset, size)) return open;
    const segment = new Segment(offset);
    this.#unwritten.push(segment);
    this.#segments.add(segment);
    return segment;
  }

  /** An empty segment goes; one that is not written yet never is. */
  #remove(segment: Segment): void {
    if (!segment.isWritten) this.#unwritten = this.#unwritten.filter((one) => one !== segment);
    this.#segments.removed();
  }

  /** The newest offset is written down, as nothing else tells it once the newest event is gone. */
  #nextAfter({ end }: Segment): Write {
    this.#dropped = Math.max(this.#dropped, end, Number(this.store.get(this.#next) ?? 0));
    return { key: this.#next, value: this.#dropped };
  }

  #stored(first: number, offset: number): EventRecord | undefined {
    const key = this.#events + padded(first);
    try {
      if (this.#read?.first !== first) {
        const bytes = this.store.get(key);
        if (bytes === undefined) return undefined;
        this.#read = { first, records: recordsOf(bytes as Buffer) };
      }
      return decodeRecord(this.#read.records[offset - first]!);
    } catch (error) {
      this.store.setAside(key, (error as Error).message);
      return undefined;
    }
  }
}

const padded = (offset: number): string => String(offset).padStart(DIGITS, '0');
