import { decodeRecord, type EventRecord, sizeOf } from './event-record';
import type { KeyValueStore, KeyValueWrite } from './key-value-store';
import { LogWriteError } from './log-error';
import { LogKeys } from './log-keys';
import type { ConsumerMemory, ConsumerState, KeptLog, LogStorage } from './log-storage';
import { readLog } from './read-log';
import { joined, recordsOf, Segment } from './segment';
import { isSparse, SegmentList } from './segment-list';

/** So many bytes of events that nobody needs are borne before those that stand with them are written anew. */
const MIN_WASTE = 4 * 2 ** 20;
/** The same when there is no room for more. */
const MIN_WASTE_FULL = 2 ** 16;
/** So many bytes are written anew at once. */
const REWRITE_BYTES = 2 ** 20;

/**
 * Keeps the events of one log under keys that begin with `prefix`: events in segments by their first offset, pending deliveries, consumers
 * and what they remember. Events that come together share a segment, and go when none of them is needed any more; when a few of them keep
 * too many others, they are written anew, under the same offsets.
 */
export class StoreStorage implements LogStorage {
  readonly #keys: LogKeys;
  /** Writes that are not in the store yet, oldest first: because a sync is under way, or because it could not take them. */
  #owed: KeyValueWrite[] = [];
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
  /** Bytes of all segments; of those of their events that somebody needs; of pending deliveries. */
  #bytes = 0;
  #liveBytes = 0;
  #pendingBytes = 0;
  /** A failed write is tried again when so many writes are owed: each try looks at all of them. */
  #retryAt = 0;
  /** The round of the store in which it was tried last to make room. */
  #triedIn: number | undefined;
  /** What could not be helped when segments were looked at last. */
  #leftWaste = 0;
  /** Segments that are to be written anew. */
  #sparse: readonly Segment[] = [];

  constructor(
    private readonly store: KeyValueStore,
    prefix: string,
  ) {
    this.#keys = new LogKeys(prefix);
  }

  get stored(): number {
    return this.#bytes + this.#pendingBytes;
  }

  load(): KeptLog {
    const steps = this.loading();
    for (;;) {
      const { done, value } = steps.next();
      if (done) return value;
    }
  }

  *loading(): Generator<number, KeptLog> {
    const { segments, pendingBytes, ...kept } = yield* readLog(this.store, this.#keys);
    for (const segment of segments) {
      this.#segments.add(segment);
      this.#bytes += segment.bytes;
    }
    this.#liveBytes = this.#bytes;
    this.#pendingBytes = pendingBytes;
    return kept;
  }

  append(offset: number, record: EventRecord, consumers: readonly string[], size = sizeOf(record)): void {
    const segment = this.#segmentFor(offset, size);
    segment.add(record, size);
    this.#grow(size);
    for (const consumer of consumers) this.#pendingBytes += this.#keys.deliveryBytes(consumer);
    const pending = consumers.map((consumer) => ({ key: this.#keys.delivery(consumer, offset), value: 1 }));
    if (this.#sync) {
      // Nobody is told of it before the next sync, so it is written together with all that come until then.
      this.#owed.push(...pending);
      return;
    }
    try {
      this.#write(pending);
    } catch (error) {
      segment.takeBack();
      this.#grow(-size);
      for (const consumer of consumers) this.#pendingBytes -= this.#keys.deliveryBytes(consumer);
      if (segment.isEmpty) this.#remove(segment);
      throw new LogWriteError(error);
    }
  }

  read(offset: number): EventRecord | undefined {
    const segment = this.#segments.find(offset);
    return segment && (segment.record(offset) ?? this.#stored(segment.first, offset));
  }

  assign(offset: number, consumers: readonly string[]): void {
    for (const consumer of consumers) this.#pendingBytes += this.#keys.deliveryBytes(consumer);
    this.#writeInTime(consumers.map((consumer) => ({ key: this.#keys.delivery(consumer, offset), value: 1 })));
  }

  settle(offsets: readonly number[], consumer: string): void {
    this.#pendingBytes -= offsets.length * this.#keys.deliveryBytes(consumer);
    this.#writeInTime(offsets.map((offset) => ({ key: this.#keys.delivery(consumer, offset), value: undefined })));
  }

  saveConsumer(name: string, state: ConsumerState | undefined): void {
    this.#writeInTime([{ key: this.#keys.consumers + name, value: state }]);
  }

  memory(consumer: string): ConsumerMemory {
    const prefix = `${this.#keys.memories}${consumer}/`;
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
    const writes: KeyValueWrite[] = [];
    for (const offset of offsets) {
      const segment = this.#segments.find(offset);
      if (!segment) continue;
      const live = segment.liveBytes;
      segment.drop(offset);
      this.#liveBytes -= live - segment.liveBytes;
      if (!segment.isEmpty || segment.liveBytes === live) continue;
      if (segment === this.#segments.last) writes.push(this.#nextAfter(segment));
      if (segment.isWritten) writes.push({ key: this.#keys.segment(segment.first), value: undefined });
      this.#remove(segment);
    }
    if (writes.length > 0) this.#writeInTime(writes);
    if (!this.#sync) this.#rewrite(Math.max(MIN_WASTE, this.#liveBytes));
  }

  tidy(): void {
    if (this.#sync) return;
    if (this.#owed.length > 0 && this.#mayTake()) this.flush();
    this.#rewrite(MIN_WASTE_FULL);
  }

  /** Whether the store may take what it could not: there is room, or it has made some since it was asked last. */
  #mayTake(): boolean {
    const room = this.store.room?.();
    if (!room) return true;
    const again = !room.full || room.round !== this.#triedIn;
    this.#triedIn = room.round;
    return again;
  }

  flush(): void {
    this.#retryAt = 0;
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
      this.#rewrite(Math.max(MIN_WASTE, this.#liveBytes));
      await this.store.flushed();
    } catch (error) {
      throw new LogWriteError(error);
    }
  }

  /** What is owed goes first, in one batch with the rest. */
  #write(batch: readonly KeyValueWrite[], options?: { readonly makesRoom: boolean }): void {
    const events = this.#unwritten.map((one) => ({ key: this.#keys.segment(one.first), value: one.encode() }));
    const all = [...events, ...this.#owed, ...batch];
    if (all.length === 0) return;
    this.store.write(all, options);
    for (const segment of this.#unwritten) segment.written();
    this.#unwritten = [];
    this.#owed = [];
    this.#retryAt = 0;
  }

  /**
   * Never fails: the store tells what keeps it from writing. In the order in which it comes, so not at once during a sync. It takes the last room of a disk:
   * what is known of events makes room.
   */
  #writeInTime(batch: readonly KeyValueWrite[]): void {
    if ((this.#sync && batch.length > 0) || this.#owed.length < this.#retryAt) {
      this.#owed.push(...batch);
      return;
    }
    try {
      this.#write(batch, { makesRoom: true });
    } catch {
      this.#owed.push(...batch);
      this.#retryAt = 2 * this.#owed.length;
    }
  }

  /**
   * Writes events that somebody needs anew, without those that they stand with, if these take more than so many bytes: some of them each
   * time. Values and the one in place of which they come change together, so whenever a process dies, each event is there once.
   */
  #rewrite(most: number): void {
    if (this.#owed.length > 0) return;
    if (this.#sparse.length === 0) {
      const waste = this.#bytes - this.#liveBytes;
      this.#leftWaste = Math.min(this.#leftWaste, waste);
      if (waste <= most || waste < this.#leftWaste + MIN_WASTE_FULL) return;
      this.#sparse = this.#segments.sparse();
      this.#leftWaste = waste;
    }
    const writes: KeyValueWrite[] = [];
    const done: (() => void)[] = [];
    let written = 0;
    let at = 0;
    for (; at < this.#sparse.length && written < REWRITE_BYTES; at++) {
      const segment = this.#sparse[at]!;
      // It may have become empty meanwhile.
      if (!isSparse(segment)) continue;
      const others = this.#partsOf(segment);
      if (!others) continue;
      written += segment.liveBytes;
      writes.push({ key: this.#keys.segment(segment.first), value: undefined }, ...others.writes);
      done.push(() => {
        this.#segments.replace(segment, others.segments);
        this.#bytes -= segment.bytes - segment.liveBytes;
      });
    }
    this.#sparse = this.#sparse.slice(at);
    if (writes.length === 0) return;
    try {
      this.store.write(writes, { makesRoom: true });
    } catch {
      this.#sparse = [];
      return;
    }
    this.#read = undefined;
    for (const one of done) one();
  }

  /** What stands in place of a segment: its events that somebody needs, where they stand together. Undefined if it cannot be read. */
  #partsOf(segment: Segment): { readonly segments: readonly Segment[]; readonly writes: readonly KeyValueWrite[] } | undefined {
    const segments: Segment[] = [];
    const writes: KeyValueWrite[] = [];
    try {
      const records = recordsOf(this.store.get(this.#keys.segment(segment.first)) as Buffer);
      for (const { first, sizes } of segment.runs()) {
        const at = first - segment.first;
        writes.push({ key: this.#keys.segment(first), value: joined(records.slice(at, at + sizes.length)) });
        segments.push(new Segment(first, sizes));
      }
      return { segments, writes };
    } catch {
      return undefined;
    }
  }

  #grow(size: number): void {
    this.#bytes += size;
    this.#liveBytes += size;
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
    this.#bytes -= segment.bytes;
    if (!segment.isWritten) this.#unwritten = this.#unwritten.filter((one) => one !== segment);
    this.#segments.removed();
  }

  /** The newest offset is written down, as nothing else tells it once the newest event is gone. */
  #nextAfter({ end }: Segment): KeyValueWrite {
    this.#dropped = Math.max(this.#dropped, end, Number(this.store.get(this.#keys.next) ?? 0));
    return { key: this.#keys.next, value: this.#dropped };
  }

  #stored(first: number, offset: number): EventRecord | undefined {
    const key = this.#keys.segment(first);
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
