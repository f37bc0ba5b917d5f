import { createHash } from 'node:crypto';
import type { Clock } from '../../base';
import type { CloudEvent } from '../cloud-event';
import type { EventSummary, Happening, JournalEntry } from './journal-entry';

const CAPACITY = 10_000;
/** Longer attributes are cut: the journal is bounded in bytes, too. */
const MAX_TEXT = 200;

/** Which entries. All that are given must hold. */
export interface JournalQuery {
  readonly log?: string;
  readonly trace?: string;
  /** The id of the event. */
  readonly event?: string;
  readonly type?: string;
  readonly consumer?: string;
  readonly kind?: JournalEntry['kind'];
}

/** The path of every event of late: what came, who it was for, each attempt, the end. The oldest entries go when it is full. */
export class Journal {
  readonly #entries: JournalEntry[] = [];
  readonly #listeners = new Set<(entry: JournalEntry) => void>();
  readonly #summaries = new WeakMap<CloudEvent, EventSummary>();
  #sequence = 0;
  #oldest = 0;

  constructor(
    private readonly clock: Clock,
    private readonly capacity = CAPACITY,
  ) {}

  record(log: string, trace: string, event: CloudEvent, happening: Happening): void {
    const entry: JournalEntry = {
      sequence: this.#sequence++,
      time: this.clock.now(),
      log,
      trace,
      event: this.#summary(event),
      ...happening,
    };
    if (this.#entries.length < this.capacity) this.#entries.push(entry);
    else {
      this.#entries[this.#oldest] = entry;
      this.#oldest = (this.#oldest + 1) % this.capacity;
    }
    for (const listener of this.#listeners) listener(entry);
  }

  /** The entries that are still there, oldest first. */
  entries(query: JournalQuery = {}): JournalEntry[] {
    const inOrder = [...this.#entries.slice(this.#oldest), ...this.#entries.slice(0, this.#oldest)];
    return inOrder.filter((entry) => fits(entry, query));
  }

  /** Calls back for every new entry that fits; returns what ends that. */
  follow(listener: (entry: JournalEntry) => void, query: JournalQuery = {}): () => void {
    const own = (entry: JournalEntry) => {
      if (fits(entry, query)) listener(entry);
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

  /** The same for every entry of an event, as its data is hashed once. */
  #summary(event: CloudEvent): EventSummary {
    const known = this.#summaries.get(event);
    if (known) return known;
    const { id, source, type, subject } = event.attributes;
    const { data } = event;
    const summary: EventSummary = {
      ...{ id: cut(id), source: cut(source), type: cut(type) },
      ...(subject === undefined ? {} : { subject: cut(subject) }),
      size: data?.length ?? 0,
      hash: data ? createHash('sha256').update(data).digest('hex').slice(0, 16) : '',
    };
    this.#summaries.set(event, summary);
    return summary;
  }
}

function cut(value: unknown): string {
  const text = String(value ?? '');
  return text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}…` : text;
}

function fits(entry: JournalEntry, { log, trace, event, type, consumer, kind }: JournalQuery): boolean {
  return (
    (log === undefined || entry.log === log) &&
    (trace === undefined || entry.trace === trace) &&
    (event === undefined || entry.event.id === event) &&
    (type === undefined || entry.event.type === type) &&
    (kind === undefined || entry.kind === kind) &&
    (consumer === undefined || ('consumer' in entry && entry.consumer === consumer))
  );
}
