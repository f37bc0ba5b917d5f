import fs from 'node:fs';
import path from 'node:path';
import { type Clock, errorMessage, KncError, type Timer, timestamp } from '../../base';
import { Database, pieces } from './database';
import { type Disk, isFull, noSpace, systemDisk } from './disk';
import { Journal } from './journal';
import type { EncodedBatch, JournalBatch } from './journal-frame';
import { leftJournals } from './left-journals';
import { lmdbLibrary } from './lmdb-library';
import { recoverDatabase, sealDatabase, unsealDatabase } from './lmdb-recovery';
import { Overlay } from './overlay';
import { ReserveFile } from './reserve-file';
import {
  boundsOf,
  checkKey,
  type Store,
  type StoreEntry,
  type StoreRange,
  type StoreRoom,
  type StoreValue,
  type StoreWrite,
  type WriteOptions,
} from './store';
import { decodeValue, encodeValue } from './value-codec';

export interface LmdbStoreOptions {
  /** Folder of its own; made if it is not there. */
  readonly folder: string;
  readonly clock: Clock;
  /** Told, in a sentence with the path, of everything that was found damaged and of trouble while writing. */
  readonly report: (text: string) => void;
  /** Told, while a store that was not closed is looked through, how many entries have been read of how many. */
  readonly progress?: (read: number, all: number) => void;
  /** The most bytes that it is to take on the disk, as far as that depends on who asks for `room`. @default all that the disk has */
  readonly limit?: number;
  /** @default the system's */
  readonly disk?: Disk;
}

/** How long a write stays in the journal alone, in milliseconds, and how long that may become, in bytes. */
const CHECKPOINT_MS = 2000;
const CHECKPOINT_BYTES = 8 * 2 ** 20;
/** A small disk has smaller parts of it for the journal and in reserve. */
const CHECKPOINT_PART = 1 / 64;
const RESERVE_PART = 1 / 32;
/** So much of the disk, in journals, is not for what is kept: two are there while one is moved, and the file grows as it likes. */
const JOURNALS = 4;
/** What must be free on the disk, beside what is to be moved, in bytes. */
const MIN_FREE_BYTES = 2 ** 20;

/**
 * A store in a folder. A write is appended to a journal and is safe from the death of this process; within two seconds it is
 * moved into an lmdb database, synced, and the journal is begun anew. Opening repeats what the database does not know yet.
 */
export class LmdbStore implements Store {
  /** @throws KncError KNC3306 if the database is damaged: set the folder aside, and open another one. */
  static async open(options: LmdbStoreOptions): Promise<LmdbStore> {
    fs.mkdirSync(options.folder, { recursive: true, mode: 0o700 });
    lmdbLibrary();
    await recoverDatabase({ disk: systemDisk, ...options });
    return new LmdbStore(options);
  }

  readonly #overlay = new Overlay();
  readonly #folder: string;
  readonly #disk: Disk;
  readonly #database: Database;
  readonly #journal: Journal;
  readonly #reserve: ReserveFile;
  readonly #total: number;
  /** How long the journal may become. */
  readonly #checkpointBytes: number;
  #sequence: number;
  #timer: Timer | undefined;
  /** Of files whose content could not be moved yet. */
  #removeFormer: (() => Promise<void>) | undefined;
  #checkpoint: Promise<void> | undefined;
  /** How many times the journal has been moved. */
  #checkpoints = 0;
  /** lmdb is not to be asked again after it could not write: from then on the journal has everything that is new. */
  #journalOnly = false;
  /** The last attempt to move the journal into the database failed: the next one waits, however long the journal is. */
  #stuck = false;
  /** Trouble that has been told, until writing works again. */
  #trouble: string | undefined;

  private constructor(private readonly options: LmdbStoreOptions) {
    const { folder, disk = systemDisk, limit = Number.POSITIVE_INFINITY } = options;
    this.#folder = folder;
    this.#disk = disk;
    unsealDatabase(folder);
    this.#database = new Database(folder);
    this.#sequence = this.#database.sequence;
    for (const batch of leftJournals(options)) this.#repeat(batch);
    this.#total = Math.min(disk.room(folder).total, limit);
    this.#checkpointBytes = Math.min(CHECKPOINT_BYTES, this.#total * CHECKPOINT_PART);
    this.#reserve = new ReserveFile(folder, Math.floor(Math.min(CHECKPOINT_BYTES, this.#total * RESERVE_PART)), disk);
    this.#journal = this.#firstJournal();
    if (this.#overlay.isEmpty) this.#reserve.take();
    else this.#schedule();
  }

  get(key: string): StoreValue {
    const encoded = this.#encoded(key);
    return encoded && this.#decoded(key, encoded);
  }

  write(batch: readonly StoreWrite[], { makesRoom = false }: WriteOptions = {}): void {
    const changes = new Map<string, Buffer | undefined>();
    for (const { key, value } of batch) {
      checkKey(key);
      changes.set(key, value === undefined ? undefined : encodeValue(key, value));
    }
    if (changes.size > 0) this.#append(changes, makesRoom);
  }

  *range(range: StoreRange = {}): Iterable<StoreEntry> {
    let { limit = Number.POSITIVE_INFINITY } = range;
    for (const [key, encoded] of this.#merged(range, (...bounds) => this.#database.range(...bounds))) {
      if (limit <= 0) return;
      const value = encoded && this.#decoded(key, encoded);
      if (value === undefined) continue;
      limit--;
      yield [key, value];
    }
  }

  *keys(range: StoreRange = {}): Iterable<string> {
    let { limit = Number.POSITIVE_INFINITY } = range;
    const there = function* (keys: Iterable<string>) {
      for (const key of keys) yield { key, value: true };
    };
    for (const [key, value] of this.#merged(range, (...bounds) => there(this.#database.keys(...bounds)))) {
      if (limit <= 0) return;
      if (value === undefined) continue;
      limit--;
      yield key;
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

  room(): StoreRoom {
    const { free } = this.#disk.room(this.#folder);
    const { limit } = this.options;
    const { unused } = this.#database;
    const roomy = this.#isRoomy(unused);
    const left = limit === undefined ? free : limit - this.size();
    const kept = this.#keptFree(roomy);
    const spare = Math.min(free, left) - kept;
    // The file never shrinks: what is within it is written again, and only the journal needs room beside it.
    const writable = roomy ? Math.min(free, left + unused) - kept : spare;
    const full = this.#journalOnly || writable < this.#checkpointBytes / (roomy ? 8 : 2);
    const beside = Math.max(0, spare - JOURNALS * this.#checkpointBytes);
    const within = Math.max(0, unused - (beside > 0 ? 1 : JOURNALS) * this.#checkpointBytes);
    return { total: this.#total, free: full ? 0 : beside + within, full, round: this.#checkpoints };
  }

  get isBroken(): boolean {
    return this.#journalOnly;
  }

  setAside(key: string, reason: string): void {
    const encoded = this.#encoded(key);
    if (!encoded) return;
    const { clock, report } = this.options;
    const file = `${this.#folder}.corrupt-entries`;
    const entry = { time: timestamp(clock.now()), key, reason, base64: encoded.toString('base64') };
    const what = `${key} was damaged in ${this.#folder} (${reason}); it`;
    try {
      fs.appendFileSync(file, `${JSON.stringify(entry)}\n`, { mode: 0o600 });
    } catch (error) {
      report(`${what} stays there, as it cannot be set aside in ${file}: ${errorMessage(error)}`);
      return;
    }
    try {
      this.#append(new Map([[key, undefined]]), true);
    } catch {
      report(`${what} is set aside in ${file}, and goes when the disk is not full any more`);
      return;
    }
    report(`${what} is set aside in ${file}, everything else is kept`);
  }

  async close(): Promise<void> {
    this.#timer?.cancel();
    await this.#checkpoint;
    await this.#save();
    const saved = this.#overlay.isEmpty;
    await this.#journal.close(saved);
    if (this.#journalOnly) return;
    await this.#database.close();
    if (saved) sealDatabase(this.#folder);
  }

  #append(changes: EncodedBatch, makesRoom: boolean): void {
    const batch: JournalBatch = { sequence: this.#sequence + 1, changes };
    try {
      if (!makesRoom && !this.#reserve.held && this.#disk.room(this.#folder).free < this.#keptFree()) throw noSpace();
      this.#write(batch, makesRoom);
    } catch (error) {
      throw this.#failed('written', error);
    }
    this.#trouble = undefined;
    this.#sequence++;
    this.#overlay.add(changes);
    this.#schedule();
  }

  /** Whether the database has so many pages to write again that it need not grow for a while. */
  #isRoomy(unused = this.#database.unused): boolean {
    return unused >= 2 * JOURNALS * this.#checkpointBytes;
  }

  /** What has been given up is for what makes room; of that, half is enough for the journal when the database need not grow. */
  #keptFree(roomy = this.#isRoomy()): number {
    if (this.#reserve.held) return 0;
    return roomy ? this.#reserve.bytes / 2 : this.#reserve.bytes;
  }

  #write(batch: JournalBatch, makesRoom: boolean): void {
    try {
      this.#journal.append(batch);
    } catch (error) {
      if (!makesRoom || !isFull(error) || !this.#reserve.giveUp()) throw error;
      this.#journal.append(batch);
    }
  }

  #schedule(): void {
    if (this.#checkpoint || this.#journalOnly) return;
    if (this.#journal.length > this.#checkpointBytes && !this.#stuck) this.#begin();
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
      const short = !this.#hasRoom();
      if (short) this.#reserve.giveUp();
      if (this.#journal.length > 0 || !this.#removeFormer) this.#removeFormer = this.#journal.rotate();
      const sequence = this.#sequence;
      const changes = this.#overlay.leave();
      await (short ? this.#putInPieces(changes, sequence) : this.#put(changes, sequence));
      this.#overlay.left();
      await this.#removeFormer();
      this.#removeFormer = undefined;
      this.#checkpoints++;
      this.#trouble = undefined;
      this.#stuck = false;
      this.#reserve.take();
    } catch (error) {
      this.#stuck = true;
      this.#overlay.stayed();
      this.#failed('saved', error);
    }
  }

  /** lmdb prints what fails by itself, and is of no use after it, so a disk that is full is found out first. */
  #hasRoom(): boolean {
    return this.#disk.room(this.#folder).free >= MIN_FREE_BYTES + this.#journal.length;
  }

  /** A process that dies in between finds everything in the journal, and repeats it: nothing of that may be missing. */
  async #putInPieces(changes: EncodedBatch, sequence: number): Promise<void> {
    await this.#journal.synced();
    const parts = pieces(changes, () => (this.#disk.room(this.#folder).free + this.#database.unused / 2) / 4);
    for (;;) {
      const { done, value } = parts.next();
      if (done && value > 0) throw noSpace();
      if (done) break;
      await this.#put(value);
    }
    await this.#put([], sequence);
  }

  async #put(changes: Iterable<readonly [string, Buffer | undefined]>, sequence?: number): Promise<void> {
    try {
      await this.#database.put(changes, sequence);
    } catch (error) {
      this.#journalOnly = true;
      throw error;
    }
  }

  /** A full disk has room for the head of a file, or for what is in reserve. */
  #firstJournal(): Journal {
    try {
      return new Journal(this.#folder, this.#disk);
    } catch (error) {
      if (!isFull(error) || !this.#reserve.giveUp()) throw error;
      return new Journal(this.#folder, this.#disk);
    }
  }

  #repeat({ sequence, changes }: JournalBatch): void {
    if (sequence <= this.#sequence) return;
    this.#overlay.add(changes);
    this.#sequence = sequence;
  }

  #encoded(key: string): Buffer | undefined {
    return this.#overlay.has(key) ? this.#overlay.get(key) : this.#database.get(key);
  }

  #decoded(key: string, encoded: Buffer): StoreValue {
    const decoded = decodeValue(key, encoded);
    if ('value' in decoded) return decoded.value;
    this.setAside(key, decoded.fault);
    return undefined;
  }

  /** As it was when the first entry was asked for: the database keeps to that, and what is not in it is taken along, as it may get there meanwhile. */
  *#merged<V>(
    range: StoreRange,
    stored: (from: string, to: string | undefined, reverse: boolean) => Iterable<{ readonly key: string; readonly value: V }>,
  ): Iterable<readonly [string, V | Buffer | undefined]> {
    const { from, to } = boundsOf(range);
    const { reverse = false } = range;
    const fresh = this.#overlay.entries(from, to);
    if (reverse) fresh.reverse();
    const before = (a: string, b: string) => (reverse ? a > b : a < b);
    let next = 0;
    for (const { key, value } of stored(from, to, reverse)) {
      for (; next < fresh.length && before(fresh[next]![0], key); next++) yield fresh[next]!;
      if (fresh[next]?.[0] === key) yield fresh[next++]!;
      else yield [key, value];
    }
    for (; next < fresh.length; next++) yield fresh[next]!;
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
