import type { EncodedBatch } from './journal-frame';
import { type LmdbDatabase, type LmdbTree, lmdbLibrary } from './lmdb-library';

const SEQUENCE_KEY = 'sequence';
/** Pages that every database has beside those of its trees: two heads, and the tree that the sequence is in. */
const HEAD_PAGES = 3;

/** Each write of a batch fails with it; what is said of the batch is enough. */
const ignore = (): void => {};

/** The lmdb database of a store: values by key, and up to which batch of the journal they are there. One that may be damaged is not to be opened here. */
export class Database {
  readonly #root: LmdbDatabase;
  readonly #data: LmdbDatabase;
  readonly #meta: LmdbDatabase;

  constructor(folder: string) {
    // With batching of its own, lmdb would reject promises that nobody has.
    this.#root = lmdbLibrary().open({ path: folder, encoding: 'binary', eventTurnBatching: false });
    this.#data = this.#root.openDB({ name: 'data', encoding: 'binary' });
    this.#meta = this.#root.openDB({ name: 'meta', encoding: 'binary' });
  }

  /** Of the last batch that is in it. */
  get sequence(): number {
    return Number(this.#meta.get(SEQUENCE_KEY)?.toString() ?? 0);
  }

  /** Bytes of the file in which nothing stands: they are written before the file grows, most of them. */
  get unused(): number {
    const { pageSize, lastPageNumber, root, free, ...data } = this.#data.getStats();
    const pages = [data, root, free].reduce((sum, tree) => sum + treePages(tree), HEAD_PAGES);
    return Math.max(0, lastPageNumber + 1 - pages) * pageSize;
  }

  get(key: string): Buffer | undefined {
    return this.#data.get(key);
  }

  /** Entries from `from` on and below `to`, in order. */
  *range(from: string, to: string | undefined, reverse: boolean): Iterable<{ readonly key: string; readonly value: Buffer }> {
    if (!reverse) {
      yield* this.#data.getRange(forward(from, to));
      return;
    }
    for (const entry of this.#data.getRange({ ...(to === undefined ? {} : { start: to }), reverse })) {
      if (entry.key < from) return;
      if (entry.key !== to) yield entry;
    }
  }

  /** The keys of `range`; forward, values are not looked at. */
  *keys(from: string, to: string | undefined, reverse: boolean): Iterable<string> {
    if (!reverse) yield* this.#data.getKeys(forward(from, to));
    else for (const { key } of this.range(from, to, reverse)) yield key;
  }

  /**
   * Makes changes together, synced. After it has rejected, the database can be read and nothing else.
   * @param sequence of the last batch that they are of; undefined: more of it is to come
   */
  async put(changes: Iterable<readonly [string, Buffer | undefined]>, sequence?: number): Promise<void> {
    try {
      await this.#data.batch(() => {
        for (const [key, value] of changes) (value ? this.#data.put(key, value) : this.#data.remove(key)).catch(ignore);
        if (sequence !== undefined) this.#meta.put(SEQUENCE_KEY, Buffer.from(`${sequence}`)).catch(ignore);
      });
      await this.#root.flushed;
    } catch (error) {
      // lmdb rejects a second promise with the cause.
      throw await ((error as { commitError?: Promise<never> }).commitError ?? Promise.reject(error)).catch(
        (cause: unknown) => cause,
      );
    }
  }

  close(): Promise<void> {
    return this.#root.close();
  }
}

const forward = (from: string, to: string | undefined) => ({
  ...(from && { start: from }),
  ...(to === undefined ? {} : { end: to }),
});

const treePages = ({ treeBranchPageCount, treeLeafPageCount, overflowPages }: LmdbTree): number =>
  treeBranchPageCount + treeLeafPageCount + overflowPages;

/** Bytes that a change may write anew in the tree beside its value: a page on each level. */
const TOUCHED_BYTES = 2 ** 14;

/**
 * Changes in an order and in parts that need little room at a time: what is taken away comes first, as its room is that of what comes later.
 * @param room how many bytes the next part may write; a change that needs more by itself is the end: the rest is returned
 */
export function* pieces(changes: EncodedBatch, room: () => number): Generator<Map<string, Buffer | undefined>, number> {
  const inOrder = [...changes].sort(([, a], [, b]) => Number(a !== undefined) - Number(b !== undefined));
  let at = 0;
  while (at < inOrder.length) {
    const piece = new Map<string, Buffer | undefined>();
    let left = room();
    for (; at < inOrder.length; at++) {
      const [key, value] = inOrder[at]!;
      left -= TOUCHED_BYTES + 2 * (value?.length ?? 0);
      if (left < 0) break;
      piece.set(key, value);
    }
    if (piece.size === 0) break;
    yield piece;
  }
  return inOrder.length - at;
}
