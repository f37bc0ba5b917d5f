import type { Clock } from '../../base';
import type { CloudEvent } from '../cloud-event';
import { type EventRecord, sizeOf } from './event-record';
import { LogFullError } from './log-error';
import type { ConsumerMemory, KeptLog, LogStorage } from './log-storage';
import { PendingQueue } from './pending-queue';
import type { Share, Volume } from './volume';

/** How long events are kept after every consumer has got them, and how many bytes a log may hold at most. */
export interface Retention {
  /** Milliseconds. @default 0: no longer than needed */
  readonly ageMs?: number;
  /** Bytes of events that everyone has got who is there; the oldest go first. @default no limit but age */
  readonly bytes?: number;
  /** Milliseconds for which consumers that are away are remembered, and events kept for them as far as they have room. @default a week */
  readonly retiredMs?: number;
  /** Bytes of all events: beyond, none is taken any more. @default 1 GiB, and on a volume what that has for it */
  readonly capacity?: number;
}

const CAPACITY = 2 ** 30;
/** So many events are looked at before others get their turn. */
const SLICE = 5000;
/** A week. */
export const RETIRED_MS = 7 * 86_400_000;

/** The most that is kept in memory of events on their way, beside what a storage itself has there, in bytes. */
const AT_HAND = 8 * 2 ** 20;

interface Kept {
  readonly size: number;
  readonly time: number;
  /** How many consumers still have to get it. */
  waiting: number;
  /** Itself, while it is new and someone has to get it: it need not be read from where it is kept. */
  record?: EventRecord | undefined;
}

interface Consumer {
  readonly pending: PendingQueue;
  onPending: OnPending | undefined;
  retiredAt: number | undefined;
  /** Since when, in milliseconds since the epoch. */
  retiredTime: number;
}

/** Called when a consumer has something to get: one event more, or, without an offset, whatever is pending. */
export type OnPending = (offset?: number) => void;

/** Which events a consumer wants. */
export type Wants = (event: CloudEvent) => boolean;

export interface EventLogOptions {
  readonly clock: Clock;
  readonly storage: LogStorage;
  readonly retention?: Retention;
  /** What it shares its room with others on, and its name there. @default it has its capacity for itself */
  readonly volume?: { readonly of: Volume; readonly name: string };
  /** Told of an event that will not be delivered, since its consumer was away for too long. */
  readonly onForgotten?: (name: string, record: EventRecord) => void;
}

/**
 * The events of one broker or channel in order, and for each consumer those that it still has to get. Consumers are names: one that goes
 * and comes back under its name gets what came meanwhile, and nothing twice.
 */
export class EventLog {
  readonly #events = new Map<number, Kept>();
  readonly #consumers = new Map<string, Consumer>();
  /** Events that nobody waits for, in the order in which that came about. */
  readonly #settled = new PendingQueue();
  /** Names that nobody consumes under at present: looked at for every event, unlike all the others. */
  readonly #retired = new Set<string>();
  /** Of those, the names that were consumed under when an earlier process ended. */
  readonly #wereInUse = new Set<string>();
  #settledBytes = 0;
  #next = 0;
  #bytes = 0;
  #atHand = 0;
  /** Events that are to be got, of all consumers together. */
  #waiting = 0;
  readonly #share: Share | undefined;

  /** @param kept what the storage has, if that has been read already */
  constructor(
    private readonly options: EventLogOptions,
    kept?: KeptLog,
  ) {
    const { volume } = options;
    this.#share = volume?.of.open(volume.name, (bytes) => this.#giveUp(bytes));
    if (kept) return;
    for (const _ of this.#restore(options.storage.load()));
  }

  /** As `new`, in parts, so that others get their turn: tells after each how many events have been read. */
  static *opening(options: EventLogOptions): Generator<number, EventLog> {
    const kept = yield* options.storage.loading();
    const log = new EventLog(options, kept);
    yield* log.#restore(kept);
    return log;
  }

  *#restore({ next, events, consumers, pending }: KeptLog): Generator<number, void> {
    this.#next = next;
    for (const [i, { offset, size, time }] of events.entries()) {
      this.#keep(offset, { size, time, waiting: 0 });
      if (i % SLICE === SLICE - 1) yield events.length;
    }
    const now = this.options.clock.now();
    for (const [name, state] of consumers) {
      const { retiredAt = next, retiredTime = now } = state;
      if (state.retiredAt === undefined) this.#wereInUse.add(name);
      const queue = new PendingQueue();
      // Whoever was there when the process ended comes back as one that was retired at the last event.
      this.#consumers.set(name, { pending: queue, onPending: undefined, retiredAt, retiredTime });
      this.#retired.add(name);
      for (const offset of pending.get(name) ?? []) {
        queue.add(offset);
        this.#await(offset);
        if (queue.size % SLICE === 0) yield events.length;
      }
    }
    this.#tellShare();
  }

  /** The offset that the next event gets. */
  get next(): number {
    return this.#next;
  }

  /** Bytes of all events in it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends an event that these consumers have to get. Throws a LogError. Who must be sure of it awaits `durable`. */
  append(event: CloudEvent, headers: Readonly<Record<string, string>>, consumers: readonly string[]): number {
    const { clock, storage, retention } = this.options;
    this.trim();
    const record: EventRecord = { event, headers, time: clock.now() };
    const size = sizeOf(record);
    const capacity = retention?.capacity ?? (this.#share ? Number.POSITIVE_INFINITY : CAPACITY);
    if (this.#bytes + size > capacity) throw new LogFullError(capacity);
    this.#share?.admit(size);
    const offset = this.#next;
    storage.append(offset, record, consumers, size);
    this.#next++;
    const kept: Kept = { size, time: record.time, waiting: 0 };
    this.#keep(offset, kept);
    const wanted = consumers.some((name) => this.#consumers.has(name));
    if (wanted && this.#atHand + size <= AT_HAND) {
      kept.record = record;
      this.#atHand += size;
    }
    this.#assign(offset, consumers);
    this.#tellShare();
    return offset;
  }

  /** Resolves after the sync that covers every event appended so far. Rejects with a LogError. */
  durable(): Promise<void> {
    return this.options.storage.durable();
  }

  /** Keeps at once what would be kept with the next sync: before this process ends. */
  flush(): void {
    this.options.storage.flush();
  }

  /** An event that has not been trimmed. */
  read(offset: number): EventRecord | undefined {
    const kept = this.#events.get(offset);
    return kept && (kept.record ?? this.options.storage.read(offset));
  }

  /**
   * Begins to consume under a name. One that was retired gets those of the events since then that it wants and that are still there;
   * a new one begins with the next event. `onPending` is called when there is something to get.
   */
  join(name: string, wants: Wants, onPending: OnPending): void {
    const known = this.#consumers.get(name);
    const consumer: Consumer = known ?? { pending: new PendingQueue(), onPending, retiredAt: undefined, retiredTime: 0 };
    const since = consumer.retiredAt ?? this.#next;
    consumer.onPending = onPending;
    consumer.retiredAt = undefined;
    this.#consumers.set(name, consumer);
    this.#retired.delete(name);
    this.#wereInUse.delete(name);
    this.options.storage.saveConsumer(name, {});
    this.#assignWanted(name, wants, since);
    if (consumer.pending.size > 0) onPending();
  }

  /** Stops consuming until it joins again: the name, what it has to get and where it stands are kept. */
  retire(name: string): void {
    const consumer = this.#consumers.get(name);
    if (!consumer || consumer.retiredAt !== undefined) return;
    consumer.onPending = undefined;
    consumer.retiredAt = this.#next;
    consumer.retiredTime = this.options.clock.now();
    this.#retired.add(name);
    this.options.storage.saveConsumer(name, { retiredAt: consumer.retiredAt, retiredTime: consumer.retiredTime });
  }

  /**
   * What a retired name has to get, and remembers, is another name's from now on. Whether it was so: not if the other name is there
   * already. If it is broken off, it can be done again.
   */
  rename(from: string, to: string): boolean {
    const { storage } = this.options;
    const consumer = this.#consumers.get(from);
    if (!consumer || !this.#retired.has(from) || this.#consumers.has(to)) return false;
    const pending = [...consumer.pending];
    for (const offset of pending) storage.assign(offset, [to]);
    const remembered = [...storage.memory(from).load()];
    storage.memory(to).save(remembered);
    storage.saveConsumer(to, { retiredAt: consumer.retiredAt!, retiredTime: consumer.retiredTime });
    this.#consumers.set(to, consumer);
    this.#retired.add(to);
    this.#consumers.delete(from);
    this.#retired.delete(from);
    this.#wereInUse.delete(from);
    storage.settle(pending, from);
    storage.memory(from).save(remembered.map(([key]) => [key, undefined]));
    storage.saveConsumer(from, undefined);
    return true;
  }

  /** Forgets a name with all that it has to get. */
  forget(name: string): void {
    this.#forget(name);
    this.trim();
  }

  /** Names that have been retired, with the offset at which they were. */
  retired(): { readonly name: string; readonly at: number }[] {
    return [...this.#retired].map((name) => ({ name, at: this.#consumers.get(name)!.retiredAt! }));
  }

  /** Whether a name was consumed under when an earlier process ended, and has not been since. */
  wasInUse(name: string): boolean {
    return this.#wereInUse.has(name);
  }

  /** The offsets that a consumer has to get, oldest first. */
  pending(name: string): Iterable<number> {
    return this.#consumers.get(name)?.pending ?? [];
  }

  /** How many events a consumer has to get. */
  backlog(name: string): number {
    return this.#consumers.get(name)?.pending.size ?? 0;
  }

  /** It is decided what became of an event with this consumer: it will not get it again by itself. */
  settle(name: string, offset: number): void {
    this.settleAll(name, [offset]);
  }

  /** As `settle`, of several events: of all at once, or of none. */
  settleAll(name: string, offsets: readonly number[]): void {
    const { pending } = this.#consumers.get(name) ?? {};
    const settled = offsets.filter((offset) => pending?.delete(offset));
    if (settled.length === 0) return;
    this.options.storage.settle(settled, name);
    for (const offset of settled) {
      const kept = this.#events.get(offset)!;
      this.#waiting--;
      if (--kept.waiting === 0) this.#settle(offset, kept);
    }
    this.#tellShare();
  }

  /** What a consumer remembers besides its events; it goes when its name is forgotten. */
  memory(name: string): ConsumerMemory {
    return this.options.storage.memory(name);
  }

  /** Gives a consumer once more those events from `from` on that it wants and that are still there. Returns how many. */
  replay(name: string, wants: Wants, from: number): number {
    const count = this.#assignWanted(name, wants, from);
    if (count > 0) this.#consumers.get(name)?.onPending?.();
    return count;
  }

  /** The first offset that was appended at this time or later. */
  offsetAt(time: number): number {
    for (const [offset, kept] of this.#events) if (kept.time >= time) return offset;
    return this.#next;
  }

  /** Lets go of events that nobody waits for and that need not be kept, and of consumers that have been away for too long. */
  trim(): void {
    const { clock, storage, retention = {} } = this.options;
    const { ageMs = 0, bytes = Number.POSITIVE_INFINITY, retiredMs = RETIRED_MS } = retention;
    const now = clock.now();
    let retiredAt = Number.POSITIVE_INFINITY;
    for (const name of this.#retired) {
      const consumer = this.#consumers.get(name)!;
      if (consumer.retiredTime < now - retiredMs) this.#forget(name);
      else retiredAt = Math.min(retiredAt, consumer.retiredAt!);
    }
    let gone: number[] | undefined;
    for (;;) {
      const offset = this.#settled.first;
      if (offset === undefined) break;
      const { time } = this.#events.get(offset)!;
      const wanted = time > now - ageMs || (retiredAt <= offset && time > now - retiredMs);
      if (wanted && this.#settledBytes <= bytes) break;
      this.#remove(offset);
      gone ??= [];
      gone.push(offset);
    }
    if (!gone) return;
    storage.drop(gone);
    this.#tellShare();
  }

  /** Its broker or channel is gone for good, and what is kept of it is, too. */
  close(): void {
    this.#share?.close();
  }

  #tellShare(): void {
    this.#share?.set(this.options.storage.stored, this.#events.size, this.#waiting);
  }

  /** Lets go of events that nobody waits for, oldest first, though they might be wanted later. */
  #giveUp(bytes: number): void {
    const { storage } = this.options;
    const gone: number[] = [];
    for (let left = bytes; left > 0; ) {
      const offset = this.#settled.first;
      if (offset === undefined) break;
      left -= this.#events.get(offset)!.size;
      this.#remove(offset);
      gone.push(offset);
    }
    if (gone.length > 0) storage.drop(gone);
    storage.tidy();
    this.#tellShare();
  }

  #forget(name: string): void {
    const { onForgotten } = this.options;
    for (const offset of this.pending(name)) {
      const record = onForgotten && this.read(offset);
      this.settle(name, offset);
      if (record) onForgotten(name, record);
    }
    const memory = this.options.storage.memory(name);
    memory.save([...memory.load()].map(([key]) => [key, undefined]));
    this.#consumers.delete(name);
    this.#retired.delete(name);
    this.#wereInUse.delete(name);
    this.options.storage.saveConsumer(name, undefined);
  }

  #keep(offset: number, kept: Kept): void {
    this.#events.set(offset, kept);
    this.#bytes += kept.size;
    this.#settle(offset, kept);
  }

  #settle(offset: number, kept: Kept): void {
    this.#settled.add(offset);
    this.#settledBytes += kept.size;
    if (kept.record) this.#atHand -= kept.size;
    kept.record = undefined;
  }

  /** One more consumer has to get it. */
  #await(offset: number): void {
    const kept = this.#events.get(offset)!;
    kept.waiting++;
    this.#waiting++;
    if (this.#settled.delete(offset)) this.#settledBytes -= kept.size;
  }

  #remove(offset: number): void {
    const { size } = this.#events.get(offset)!;
    this.#events.delete(offset);
    this.#settled.delete(offset);
    this.#settledBytes -= size;
    this.#bytes -= size;
  }

  #assign(offset: number, consumers: readonly string[]): void {
    for (const name of consumers) {
      const consumer = this.#consumers.get(name);
      if (!consumer || consumer.pending.has(offset)) continue;
      consumer.pending.add(offset);
      this.#await(offset);
      consumer.onPending?.(offset);
    }
  }

  #assignWanted(name: string, wants: Wants, from: number): number {
    const { storage } = this.options;
    const consumer = this.#consumers.get(name);
    if (!consumer) return 0;
    let count = 0;
    for (const offset of this.#events.keys()) {
      if (offset < from || consumer.pending.has(offset)) continue;
      const record = storage.read(offset);
      if (!record || !wants(record.event)) continue;
      storage.assign(offset, [name]);
      consumer.pending.add(offset);
      this.#await(offset);
      count++;
    }
    return count;
  }
}
