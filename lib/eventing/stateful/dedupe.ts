import type { CloudEvent } from '../cloud-event';
import { digest, keyOf } from './event-key';
import { type DedupeSpec, MAX_KEYS } from './stateful-spec';

/** The first event of a key. */
export interface Seen {
  readonly offset: number;
  /** When it was appended to its log, in milliseconds since the epoch. */
  readonly time: number;
}

/** Where it is kept which keys came: survives the process as well as the events of the log do. */
export interface SeenStore {
  load(): Iterable<readonly [string, Seen]>;
  /** Undefined takes away. All of them take effect, or none. */
  save(changes: readonly (readonly [string, Seen | undefined])[]): void;
}

export type DedupeVerdict =
  /** It counts. @param forgotten keys that had to be forgotten before their time */
  | { readonly kind: 'first'; readonly forgotten: number }
  /** @param firstTime when the event came of which it is a duplicate */
  | { readonly kind: 'duplicate'; readonly key: string; readonly firstTime: number };

const FIRST: DedupeVerdict = { kind: 'first', forgotten: 0 };

/**
 * Tells events of which the key came before, within a window that begins with the first of them. It goes by the times at which
 * events came to their log, so that it decides the same however late, and however often, it is asked.
 */
export class Dedupe {
  /** The oldest first. */
  readonly #seen: Map<string, Seen>;

  constructor(
    private readonly spec: DedupeSpec,
    private readonly store: SeenStore,
  ) {
    this.#seen = new Map([...store.load()].sort(([, a], [, b]) => a.time - b.time));
  }

  /** How many keys are remembered. */
  get size(): number {
    return this.#seen.size;
  }

  check(event: CloudEvent, seen: Seen): DedupeVerdict {
    const key = keyOf(event, this.spec.by);
    if (key === undefined) return FIRST;
    const hash = this.#hash(key);
    const first = this.#seen.get(hash);
    if (first?.offset === seen.offset) return FIRST;
    const since = first && seen.time - first.time;
    if (since !== undefined && since >= 0 && since < this.spec.windowMs)
      return { kind: 'duplicate', key, firstTime: first!.time };
    this.#seen.delete(hash);
    this.#seen.set(hash, seen);
    const { gone, forgotten } = this.#trim(seen.time);
    this.store.save([[hash, seen], ...gone.map((one) => [one, undefined] as const)]);
    return { kind: 'first', forgotten };
  }

  /** The event was lost: the next one with its key counts as the first. */
  release(event: CloudEvent, offset: number): void {
    const key = keyOf(event, this.spec.by);
    const hash = key === undefined ? undefined : this.#hash(key);
    if (hash === undefined || this.#seen.get(hash)?.offset !== offset) return;
    this.#seen.delete(hash);
    this.store.save([[hash, undefined]]);
  }

  /** Lets go of keys of which the window is over, and of the oldest beyond the bound. */
  #trim(now: number): { readonly gone: readonly string[]; readonly forgotten: number } {
    const { windowMs, maxKeys = MAX_KEYS } = this.spec;
    const gone: string[] = [];
    let forgotten = 0;
    for (const [hash, { time }] of this.#seen) {
      const over = time + windowMs <= now;
      if (!over && this.#seen.size <= maxKeys) break;
      this.#seen.delete(hash);
      gone.push(hash);
      if (!over) forgotten++;
    }
    return { gone, forgotten };
  }

  /** Keys made of other parts do not meet. */
  #hash(key: string): string {
    return digest(`${this.spec.by.join(',')} ${key}`);
  }
}
