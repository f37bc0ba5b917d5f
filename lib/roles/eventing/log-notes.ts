import type { Clock, Timer } from '../../base';
import type { KeyValueStore } from '../../eventing';

/** What is written down of every log, so that one that nobody opens again is found and goes in the end. */
export interface Noted {
  /** When its broker or channel was deleted, in milliseconds since the epoch. */
  readonly closed?: number;
}

const LOGS = 'log/';
/** After so many milliseconds what could not be written is tried again. */
const RETRY_MS = 1000;

/** Notes of logs by name. None is ever refused: what the store cannot take now is written when it can. */
export class LogNotes {
  /** What is to be written yet. */
  readonly #owed = new Map<string, Noted>();
  #timer: Timer | undefined;

  constructor(
    private readonly store: KeyValueStore,
    private readonly clock: Clock,
  ) {}

  all(): ReadonlyMap<string, Noted> {
    const all = new Map<string, Noted>();
    for (const [key, value] of this.store.range({ prefix: LOGS })) all.set(key.slice(LOGS.length), value as Noted);
    for (const [name, noted] of this.#owed) all.set(name, noted);
    return all;
  }

  set(name: string, noted: Noted): void {
    this.#owed.set(name, noted);
    this.#write();
  }

  /** Throws what the store throws; then it is noted still. */
  forget(name: string): void {
    this.store.write([{ key: LOGS + name, value: undefined }], { makesRoom: true });
    this.#owed.delete(name);
  }

  /** What could not be written is not tried again. */
  stop(): void {
    this.#timer?.cancel();
  }

  /** A few bytes, of which it depends whether the room of a log can be had again. */
  #write(): void {
    const writes = [...this.#owed].flatMap(([name, value]) =>
      this.#isWritten(name, value) ? [] : [{ key: LOGS + name, value }],
    );
    try {
      if (writes.length > 0) this.store.write(writes, { makesRoom: true });
      this.#owed.clear();
    } catch {
      this.#timer?.cancel();
      this.#timer = this.clock.after(RETRY_MS, () => this.#write());
    }
  }

  #isWritten(name: string, { closed }: Noted): boolean {
    const known = this.store.get(LOGS + name) as Noted | undefined;
    return known !== undefined && known.closed === closed;
  }
}
