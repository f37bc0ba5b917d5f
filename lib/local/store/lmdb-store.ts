import fs from 'node:fs';
import path from 'node:path';
import { type Clock, errorMessage, KncError, type Timer, timestamp } from '../../base';
import { Journal } from './journal';
import type { EncodedBatch, JournalBatch } from './journal-frame';
import { type LmdbDatabase, lmdbLibrary } from './lmdb-library';
import { recoverDatabase, sealDatabase, unsealDatabase } from './lmdb-recovery';
import { Overlay } from './overlay';
import { boundsOf, checkKey, type Store, type StoreEntry, type StoreRange, type StoreValue, type StoreWrite } from './store';
import { decodeValue, encodeValue } from './value-codec';

export interface LmdbStoreOptions {
  /** Folder of its own; made if it is not there. */
  readonly folder: string;
  readonly clock: Clock;
  /** Told, in a sentence with the path, of everything that was found damaged and of trouble while writing. */
  readonly report: (text: string) => void;
}

/** How long a write stays in the journal alone, in milliseconds, and how long that may become, in bytes. */
const CHECKPOINT_MS = 2000;
const CHECKPOINT_BYTES = 8 * 2 ** 20;
/** What must be free on the disk, beside what is to be moved, in bytes. */
const MIN_FREE_BYTES = 2 ** 20;
const SEQUENCE_KEY = 'sequence';

/** Each write of a batch fails with it; what is said of the batch is enough. */
const ignore = (): void => {};

/**
 * A store in a folder. A write is appended to a journal and is safe from the death of this process; within two seconds it is
 * moved into an lmdb database, synced, and the journal is begun anew. Opening repeats what the database does not know yet.
 */
export class LmdbStore implements Store {
  readonly #overlay = new Overlay();
  readonly #folder: string;
  readonly #root: LmdbDatabase;
  readonly #data: LmdbDatabase;
  readonly #meta: LmdbDatabase;
  readonly #journal: Journal;
  #sequence: number;
  #timer: Timer | undefined;
  /** Of files whose content could not be moved yet. */
  #removeFormer: (() => Promise<void>) | undefined;
  #checkpoint: Promise<void> | undefined;
  /** lmdb is not to be asked again after it could not write: from then on the journal has everything that is new. */
  #journalOnly = false;
  /** The last attempt to move the journal into the database failed: the next one waits, however long the journal is. */
  #stuck = false;
  /** Trouble that has been told, until writing works again. */
  #trouble: string | undefined;

  /** @throws KncError KNC3306 if the database is damaged: set the folder aside, and open another one. */
  constructor(private readonly options: LmdbStoreOptions) {
    const { folder } = options;
    this.#folder = folder;
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    const library = lmdbLibrary();
    recoverDatabase(folder, options.report);
    unsealDatabase(folder);
    // With batching of its own, lmdb would reject promises that nobody has.
    this.#root = library.open({ path: folder, encoding: 'binary', eventTurnBatching: false });
    this.#data = this.#root.openDB({ name: 'data', encoding: 'binary' });
    this.#meta = this.#root.openDB({ name: 'meta', encoding: 'binary' });
    this.#sequence = Number(this.#meta.get(SEQUENCE_KEY)?.toString() ?? 0);
    this.#replay();
    this.#journal = new Journal(folder);
    if (!this.#overlay.isEmpty) this.#schedule();
  }

  get(key: string): StoreValue {
    const encoded = this.#encoded(key);
    return encoded && this.#decoded(key, encoded);
  }

  write(batch: readonly StoreWrite[]): void {
    const changes = new Map<string, Buffer | undefined>();
    for (const { key, value } of batch) {
      checkKey(key);
      changes.set(key, value === undefined ? undefined : encodeValue(key, value));
    }
    if (changes.size > 0) this.#append(changes);
  }

  *range(range: StoreRange = {}): Iterable<StoreEntry> {
    let { limit = Number.POSITIVE_INFINITY } = range;
    for (const [key, encoded] of this.#merged(range)) {
      if (limit <= 0) return;
      const value = encoded && this.#decoded(key, encoded);
      if (value === undefined) continue;
      limit--;
      yield [key, value];
    }
  }

  async flushed(): Promise<void> {
    try {
      await this.#journal.synced();
    } catch (error) {
      throw this.#failed('synced', error);
    }
  }

  size(): number {
    return fs.readdirSync(this.#folder).reduce((sum, name) => sum + fs.statSync(path.join(this.#folder, name)).size, 0);
  }

  setAside(key: string, reason: string): void {
    const encoded = this.#encoded(key);
    if (!encoded) return;
    const file = `${this.#folder}.corrupt-entries`;
    const entry = { time: timestamp(this.options.clock.now()), key, reason, base64: encoded.toString('base64') };
    fs.appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    this.options.report(`${key} was damaged in ${this.#folder} (${reason}); it is set aside in ${file}, everything else is kept`);
    this.#append(new Map([[key, undefined]]));
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#checkpoint;
    await this.#save();
    const saved = this.#overlay.isEmpty;
    await this.#journal.close(saved);
    if (this.#journalOnly) return;
    await this.#root.close();
    if (saved) sealDatabase(this.#folder);
  }

  #append(changes: EncodedBatch): void {
    try {
      this.#journal.append({ sequence: this.#sequence + 1, changes });
    } catch (error) {
      throw this.#failed('written', error);
    }
    this.#trouble = undefined;
    this.#sequence++;
    this.#overlay.add(changes);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#checkpoint || this.#journalOnly) return;
    if (this.#journal.length > CHECKPOINT_BYTES && !this.#stuck) this.#begin();
    else this.#timer ??= this.options.clock.after(CHECKPOINT_MS, () => this.#begin());
  }

  #begin(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#checkpoint = this.#save().finally(() => {
      this.#checkpoint = undefined;
      if (!this.#overlay.isEmpty) this.#schedule();
    });
  }

  /** Moves what is in the journal into the database. */
  async #save(): Promise<void> {
    if (this.#overlay.isEmpty || this.#journalOnly) return;
    try {
      this.#checkRoom();
      if (this.#journal.length > 0 || !this.#removeFormer) this.#removeFormer = this.#journal.rotate();
      await this.#put(this.#overlay.leave(), this.#sequence);
      this.#overlay.left();
      await this.#removeFormer();
      this.#removeFormer = undefined;
      this.#trouble = undefined;
      this.#stuck = false;
    } catch (error) {
      this.#stuck = true;
      this.#overlay.stayed();
      this.#failed('saved', error);
    }
  }

  /** lmdb prints what fails by itself, so a disk that is full is found out first. */
  #checkRoom(): void {
    const { bavail, bsize } = fs.statfsSync(this.#folder);
    if (bavail * bsize < MIN_FREE_BYTES + this.#journal.length) throw new Error('ENOSPC: no space left on device');
  }

  async #put(changes: EncodedBatch, sequence: number): Promise<void> {
    try {
      await this.#data.batch(() => {
        for (const [key, value] of changes) (value ? this.#data.put(key, value) : this.#data.remove(key)).catch(ignore);
        this.#meta.put(SEQUENCE_KEY, Buffer.from(`${sequence}`)).catch(ignore);
      });
      await this.#root.flushed;
    } catch (error) {
      this.#journalOnly = true;
      // lmdb rejects a second promise with the cause.
      throw await ((error as { commitError?: Promise<never> }).commitError ?? Promise.reject(error)).catch(
        (cause: unknown) => cause,
      );
    }
  }

  #replay(): void {
    const { report } = this.options;
    for (const { file, batches, gaps, torn } of Journal.read(this.#folder)) {
      if (gaps > 0) {
        const kept = `${file}.corrupt-${timestamp(this.options.clock.now())}`;
        fs.copyFileSync(file, kept);
        report(`${file} was damaged in ${gaps} places: what was written there is lost, the rest is kept; a copy is in ${kept}`);
      }
      if (torn > 0) report(`${file} ended in the middle of a write, which nobody was told had been done; the rest is kept`);
      for (const batch of batches) this.#repeat(batch);
      syncFile(file);
    }
  }

  #repeat({ sequence, changes }: JournalBatch): void {
    if (sequence <= this.#sequence) return;
    this.#overlay.add(changes);
    this.#sequence = sequence;
  }

  #encoded(key: string): Buffer | undefined {
    return this.#overlay.has(key) ? this.#overlay.get(key) : this.#data.get(key);
  }

  #decoded(key: string, encoded: Buffer): StoreValue {
    const decoded = decodeValue(key, encoded);
    if ('value' in decoded) return decoded.value;
    this.setAside(key, decoded.fault);
    return undefined;
  }

  *#merged(range: StoreRange): Iterable<readonly [string, Buffer | undefined]> {
    const { from, to } = boundsOf(range);
    const { reverse = false } = range;
    const fresh = this.#overlay.keys(from, to);
    if (reverse) fresh.reverse();
    const before = (a: string, b: string) => (reverse ? a > b : a < b);
    let next = 0;
    for (const { key, value } of this.#stored(from, to, reverse)) {
      for (; next < fresh.length && before(fresh[next]!, key); next++) yield [fresh[next]!, this.#overlay.get(fresh[next]!)];
      if (fresh[next] === key) next++;
      yield [key, this.#overlay.has(key) ? this.#overlay.get(key) : value];
    }
    for (; next < fresh.length; next++) yield [fresh[next]!, this.#overlay.get(fresh[next]!)];
  }

  *#stored(from: string, to: string | undefined, reverse: boolean): Iterable<{ readonly key: string; readonly value: Buffer }> {
    if (!reverse) {
      yield* this.#data.getRange({ ...(from && { start: from }), ...(to === undefined ? {} : { end: to }) });
      return;
    }
    for (const entry of this.#data.getRange({ ...(to === undefined ? {} : { start: to }), reverse })) {
      if (entry.key < from) return;
      if (entry.key !== to) yield entry;
    }
  }

  /** Tells of trouble once; returns the error for whoever wrote. */
  #failed(what: string, error: unknown): KncError {
    const why = errorMessage(error);
    const kept = this.#journalOnly ? 'everything is kept in its journal until the next start' : 'it is tried again';
    const then = what === 'written' ? 'changes are refused until it can' : kept;
    if (this.#trouble !== why) this.options.report(`state cannot be ${what} in ${this.#folder}: ${why}; ${then}`);
    this.#trouble = why;
    return new KncError('KNC3305', `The state cannot be ${what}: ${why}`, { where: this.#folder, cause: error });
  }
}

function syncFile(file: string): void {
  const fd = fs.openSync(file, 'r');
  try {
    fs.fdatasyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
