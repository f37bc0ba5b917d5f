import { errorMessage, KncError } from '../../base';

/** How many pages a tree has. */
export interface LmdbTree {
  readonly treeBranchPageCount: number;
  readonly treeLeafPageCount: number;
  readonly overflowPages: number;
}

/** Pages of a database, and of the file that it is in. */
export interface LmdbStats extends LmdbTree {
  readonly pageSize: number;
  /** Of the file. */
  readonly lastPageNumber: number;
  /** The tree of databases. */
  readonly root: LmdbTree;
  /** The tree of pages that may be written again. */
  readonly free: LmdbTree;
}

/** What we use of lmdb's database. Values are bytes. */
export interface LmdbDatabase {
  get(key: string): Buffer | undefined;
  put(key: string, value: Buffer): Promise<boolean>;
  remove(key: string): Promise<boolean>;
  /** What the callback puts and removes takes effect together. */
  batch(callback: () => void): Promise<boolean>;
  getRange(options: {
    readonly start?: string;
    readonly end?: string;
    readonly reverse?: boolean;
    readonly exclusiveStart?: boolean;
  }): Iterable<{ readonly key: string; readonly value: Buffer }>;
  /** The keys of `getRange`. */
  getKeys(options: { readonly start?: string; readonly end?: string; readonly reverse?: boolean }): Iterable<string>;
  getStats(): LmdbStats;
  openDB(options: { readonly name: string; readonly encoding: 'binary' }): LmdbDatabase;
  readonly flushed: Promise<unknown>;
  close(): Promise<void>;
}

export interface LmdbLibrary {
  open(options: { readonly path: string; readonly encoding: 'binary'; readonly eventTurnBatching: false }): LmdbDatabase;
}

/** Name of the package: not bundled, since it has a native part, and optional, since that part is not built for every machine. */
export const LMDB_PACKAGE = 'lmdb';

/** Loads lmdb, which takes as long as all the rest of `knc dev`: only when state is kept. @throws KncError KNC3304 */
export function lmdbLibrary(load: (name: string) => unknown = require): LmdbLibrary {
  try {
    return load(LMDB_PACKAGE) as LmdbLibrary;
  } catch (error) {
    const why = errorMessage(error).split('\n')[0];
    throw new KncError('KNC3304', `The package lmdb, which keeps the state, cannot be loaded: ${why}`, { cause: error });
  }
}
