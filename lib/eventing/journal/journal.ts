import { hash } from 'node:crypto';
import type { Clock, Timer } from '../../base';
import type { CloudEvent } from '../cloud-event';
import type { EventSummary, Happening, JournalEntry } from './journal-entry';
import { cut, fitting, type JournalQuery, textsOf } from './journal-query';
import type { JournalStore } from './journal-store';
import { redacted } from './redact';

const CAPACITY = 10_000;
/** For how long entries are gathered before they are kept, in milliseconds, and how many at most. */
const GATHER_MS = 250;
const GATHERED = 2000;

export interface JournalOptions {
  /** How many entries are there at most, beside those that are kept. @default 10,000 */
  readonly capacity?: number;
  /** Where entries are kept beyond the life of this process. @default nowhere */
  readonly kept?: JournalStore;
}

/**
 * The path of every event of late: what came, who it was for, each attempt, the end. The oldest entries go when it is full. What is kept
 * is written some times a second: the way of events does not wait for it, and a kill may lose the last quarter of a second.
 */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  readonly #summaries = new WeakMap<CloudEvent, EventSummary>();
  readonly #capacity: number;
  readonly #kept: JournalStore | undefined;
  #sequence: number;
  #oldest = 0;
  /** Entries that are to be kept. */
  #gathered: JournalEntry[] = [];
  #timer: Timer | undefined;
  #closed = false;

  constructor(
    private readonly clock: Clock,
    { capacity = CAPACITY, kept }: JournalOptions = {},
  ) {
    this.#capacity = capacity;
    this.#kept = kept;
    this.#sequence = (kept?.last ?? -1) + 1;
  }

  /** About how many bytes more it may take yet where it is kept. */
  get mayGrow(): number {
    return this.#kept?.mayGrow ?? 0;
  }

  record(log: string, trace: string, event: CloudEvent, happening: Happening): void {
    const entry: JournalEntry = {
      sequence: this.#sequence++,
      time: this.clock.now(),
      log,
      trace,
      event: this.#summary(event),
      ...shown(happening),
    };
    if (this.#entries.length < this.#capacity) this.#entries.push(entry);
    else {
      this.#entries[this.#oldest] = entry;
      this.#oldest = (this.#oldest + 1) % this.#capacity;
    }
    if (this.#kept && !this.#closed) this.#gather(entry);
    for (const listener of this.#listeners) listener(entry);
  }

  /** The entries that are still there or kept, oldest first. @param last at most so many, the newest. @default all */
  entries(query: JournalQuery = {}, last = Number.POSITIVE_INFINITY): JournalEntry[] {
    const fits = fitting(query);
    const inOrder = [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)];
    const recent = inOrder.filter(fits);
    const before = inOrder[0]?.sequence ?? this.#sequence;
    const parts = [recent];
    let count = recent.length;
    for (const part of count < last ? (this.#kept?.read(textsOf(query)) ?? []) : []) {
      const earlier = part.filter((entry) => entry.sequence < before && fits(entry));
      parts.push(earlier);
      count += earlier.length;
      if (count >= last) break;
    }
    const found = parts.reverse().flat();
    return found.slice(Math.max(0, found.length - last));
  }

  /** The entries of all traces that events of this id belong to: they, what led to them, and what followed; oldest first. */
  story(id: string): JournalEntry[] {
    const own = this.entries({ event: id });
    const traces = new Set(own.flatMap(({ trace }) => trace || []));
    const others = [...traces].flatMap((trace) => this.entries({ trace }));
    return [...own.filter(({ trace }) => trace === ''), ...others].sort((a, b) => a.sequence - b.sequence);
  }

  /** Keeps what is still to be kept; what comes later is not. */
  close(): void {
    this.#flush();
    this.#closed = true;
  }

  /** Calls back for every new entry that fits; returns what ends that. */
  follow(listener: (entry: JournalEntry) => void, query: JournalQuery = {}): () => void {
    const fits = fitting(query);
    const own = (entry: JournalEntry) => {
      if (fits(entry)) listener(entry);
    };
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  /** The first entry that fits, among those that are there and those that come. Rejects once the signal aborts. */
  when(query: JournalQuery, signal?: AbortSignal): Promise<JournalEntry> {
    const [known] = this.entries(query);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const stop = this.follow((entry) => {
        stop();
        resolve(entry);
      }, query);
      signal?.addEventListener('abort', () => {
        stop();
        reject(signal.reason);
      });
    });
  }

  #gather(entry: JournalEntry): void {
    this.#gathered.push(entry);
    if (this.#gathered.length % GATHERED === 0) this.#flush();
    else this.#timer ??= this.clock.after(GATHER_MS, () => this.#flush());
  }

  #flush(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    if (this.#gathered.length === 0) return;
    try {
      this.#kept?.append(this.#gathered, this.clock.now());
      this.#gathered = [];
    } catch {
      // The store says what the matter is. As many are kept for later as are there.
      this.#gathered = this.#gathered.slice(-this.#capacity);
    }
  }

  /** The same for every entry of an event, as its data is hashed once. */
  #summary(event: CloudEvent): EventSummary {
    const known = this.#summaries.get(event);
    if (known) return known;
    const { attributes, data } = event;
    const id = cut(attributes['id']);
    const source = cut(attributes['source']);
    const type = cut(attributes['type']);
    const { subject } = attributes;
    const size = data?.length ?? 0;
    const digest = data ? hash('sha256', data, 'hex').slice(0, 16) : '';
    const summary: EventSummary =
      subject === undefined
        ? { id, source, type, size, hash: digest }
        : { id, source, type, subject: cut(subject), size, hash: digest };
    this.#summaries.set(event, summary);
    return summary;
  }
}

/** Without what is nobody's business. */
function shown(happening: Happening): Happening {
  const reason = 'reason' in happening && happening.reason !== undefined ? { reason: redacted(happening.reason) } : {};
  if (happening.kind === 'attempt') return { ...happening, url: redacted(happening.url), ...reason };
  return 'reason' in happening ? ({ ...happening, ...reason } as Happening) : happening;
}
