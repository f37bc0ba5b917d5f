import type { KeyValueStore } from '../log';
import type { JournalEntry } from './journal-entry';

/** How much of a journal is kept beyond the life of a process. */
export interface JournalRetention {
  /** About how many bytes. @default 32 MiB */
  readonly bytes?: number;
  /** Milliseconds. @default a week */
  readonly ageMs?: number;
}

const BYTES = 32 * 2 ** 20;
const AGE_MS = 7 * 86_400_000;
/** A part that has grown so long is not added to any more. */
const PART_BYTES = 32 * 2 ** 10;
const PREFIX = 'journal/';
const DIGITS = 16;

const keyOf = (part: number): string => PREFIX + String(part).padStart(DIGITS, '0');

/** A line: what entries of one event have in common, and the rest of each. */
type Line = Pick<JournalEntry, 'log' | 'trace' | 'event'> & {
  readonly entries: readonly Omit<JournalEntry, 'log' | 'trace' | 'event'>[];
};

/** Keeps a journal in a store, many entries to one value: `journal/0000000000000001` and so on, as lines of JSON, one for each event. */
export class JournalStore {
  /** The part that is added to: its number, and what is in it. */
  #part = 0;
  #text = '';
  #first: number;
  /** When the newest entry of the oldest part was made, once that has been read. */
  #oldest: { readonly part: number; readonly time: number } | undefined;

  constructor(
    private readonly store: KeyValueStore,
    private readonly retention: JournalRetention = {},
  ) {
    const [oldest] = store.range({ prefix: PREFIX, limit: 1 });
    const [newest] = store.range({ prefix: PREFIX, limit: 1, reverse: true });
    if (newest) this.#part = partOf(newest[0]) + 1;
    this.#first = oldest ? partOf(oldest[0]) : this.#part;
  }

  /** The sequence of the newest entry, or -1. */
  get last(): number {
    for (const text of this.#newestFirst()) {
      const entries = entriesOf(text, () => true);
      if (entries.length > 0) return entries.at(-1)!.sequence;
    }
    return -1;
  }

  /** About how many bytes more of a store it may take yet. */
  get mayGrow(): number {
    const { bytes = BYTES } = this.retention;
    return Math.max(0, bytes - (this.#part - this.#first) * PART_BYTES);
  }

  /** Throws what the store throws: then nothing of it is kept. @param now milliseconds since the epoch */
  append(entries: readonly JournalEntry[], now: number): void {
    const text = this.#text + linesOf(entries);
    const gone = this.#outdated(now);
    this.store.write([
      { key: keyOf(this.#part), value: Buffer.from(text) },
      ...gone.map((part) => ({ key: keyOf(part), value: undefined })),
    ]);
    this.#first += gone.length;
    this.#text = text;
    if (text.length < PART_BYTES) return;
    this.#part++;
    this.#text = '';
  }

  /**
   * Entries of which the line has all of these texts, newest part first, in order within each.
   * @param texts as they stand in JSON
   */
  *read(texts: readonly string[]): Iterable<readonly JournalEntry[]> {
    const has = (text: string) => texts.every((one) => text.includes(one));
    for (const text of this.#newestFirst()) if (has(text)) yield entriesOf(text, has);
  }

  /** The oldest parts, beyond what is to be kept. Whole parts go, so their number bounds the bytes. */
  #outdated(now: number): number[] {
    const { bytes = BYTES, ageMs = AGE_MS } = this.retention;
    const gone: number[] = [];
    for (let part = this.#first; part < this.#part; part++) {
      const full = this.#part - part >= bytes / PART_BYTES;
      if (!full && !this.#isOlder(part, now - ageMs)) break;
      gone.push(part);
    }
    return gone;
  }

  #isOlder(part: number, time: number): boolean {
    if (this.#oldest?.part !== part) {
      const text = textOf(this.store.get(keyOf(part)));
      const [newest] = entriesOf(text.slice(text.lastIndexOf('\n', text.length - 2) + 1), () => true);
      this.#oldest = { part, time: newest?.time ?? Number.NEGATIVE_INFINITY };
    }
    return this.#oldest.time < time;
  }

  *#newestFirst(): Iterable<string> {
    for (const [, value] of this.store.range({ prefix: PREFIX, reverse: true })) yield textOf(value);
  }
}

const partOf = (key: string): number => Number(key.slice(PREFIX.length));
const textOf = (value: unknown): string => (value instanceof Uint8Array ? Buffer.from(value).toString() : '');

function linesOf(entries: readonly JournalEntry[]): string {
  const groups = new Map<JournalEntry['event'], { readonly log: string; readonly trace: string; text: string }[]>();
  for (const entry of entries) {
    const { log, trace, event } = entry;
    const text = restOf(entry);
    const own = groups.get(event);
    const group = own?.find((one) => one.log === log && one.trace === trace);
    if (group) group.text += `,${text}`;
    else if (own) own.push({ log, trace, text });
    else groups.set(event, [{ log, trace, text }]);
  }
  let lines = '';
  for (const [event, own] of groups) {
    for (const { log, trace, text } of own) {
      lines += `{"log":${JSON.stringify(log)},"trace":${JSON.stringify(trace)},"event":${JSON.stringify(event)},"entries":[${text}]}\n`;
    }
  }
  return lines;
}

/** What an entry does not share with others of its event. Every event has one that says that it arrived. */
function restOf(entry: JournalEntry): string {
  if (entry.kind === 'arrived') {
    return `{"sequence":${entry.sequence},"time":${entry.time},"kind":"arrived","consumers":${JSON.stringify(entry.consumers)}}`;
  }
  const { log, trace, event, ...rest } = entry;
  return JSON.stringify(rest);
}

/** The entries in those lines of a part that pass, in order. What is no line is passed over: the store has its own checksums. */
function entriesOf(text: string, passes: (line: string) => boolean): JournalEntry[] {
  const entries = text.split('\n').flatMap((line) => {
    if (line === '' || !passes(line)) return [];
    try {
      const { entries, ...shared } = JSON.parse(line) as Line;
      return entries.map(({ sequence, time, ...rest }) => ({ sequence, time, ...shared, ...rest }) as JournalEntry);
    } catch {
      return [];
    }
  });
  return entries.sort((a, b) => a.sequence - b.sequence);
}
