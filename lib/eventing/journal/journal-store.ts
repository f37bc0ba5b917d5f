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

/** Keeps a journal in a store, many entries to one value: `journal/0000000000000001` and so on, as lines of JSON. */
export class JournalStore {
  /** The part that is added to: its number, and what is in it. */
  #part = 0;
  #text = '';
  #first: number;

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
    for (const text of this.#parts({ reverse: true })) {
      const entry = parsed(text.trimEnd().split('\n').at(-1)!);
      if (entry) return entry.sequence;
    }
    return -1;
  }

  /** Throws what the store throws: then nothing of it is kept. @param now milliseconds since the epoch */
  append(entries: readonly JournalEntry[], now: number): void {
    const text = `${this.#text}${entries.map((entry) => `${JSON.stringify(entry)}\n`).join('')}`;
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
    for (const text of this.#parts({ reverse: true })) {
      if (!has(text)) continue;
      yield text.split('\n').flatMap((line) => (line !== '' && has(line) ? (parsed(line) ?? []) : []));
    }
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
    const text = textOf(this.store.get(keyOf(part)));
    const newest = parsed(text.trimEnd().split('\n').at(-1)!);
    return newest === undefined || newest.time < time;
  }

  *#parts({ reverse }: { readonly reverse: boolean }): Iterable<string> {
    for (const [, value] of this.store.range({ prefix: PREFIX, reverse })) yield textOf(value);
  }
}

const partOf = (key: string): number => Number(key.slice(PREFIX.length));
const textOf = (value: unknown): string => (value instanceof Uint8Array ? Buffer.from(value).toString() : '');

/** What is no entry is passed over: the store has its own checksums. */
function parsed(line: string): JournalEntry | undefined {
  try {
    return JSON.parse(line) as JournalEntry;
  } catch {
    return undefined;
  }
}
