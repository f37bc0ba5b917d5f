import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { type Disk, systemDisk } from './disk';
import { decodeFrames, encodeFrame, type JournalBatch, type JournalContent } from './journal-frame';

const NAME = /^journal\.(\d+)$/;
/** What is kept to put batches together in; it grows with them, up to a limit. */
const ROOM_BYTES = 2 ** 16;
const MAX_ROOM_BYTES = 2 ** 20;

const fdatasync = promisify(fs.fdatasync);
const fsync = promisify(fs.fsync);

/** One file of a journal as it was found. */
export interface JournalFile extends JournalContent {
  readonly file: string;
}

/**
 * Batches that are not in the database yet, in files of a folder: `journal.1`, `journal.2` and so on; the last is appended to. A batch
 * that has been appended is in the system's cache, which outlives this process; `synced` says when it is on disk.
 */
export class Journal {
  #number: number;
  #fd: number;
  /** Where batches are put together: each is written before the next one is. */
  #room = Buffer.allocUnsafe(ROOM_BYTES);
  #length = 0;
  #appended = 0;
  #synced = 0;
  #syncing: Promise<void> | undefined;
  /** Files that are not appended to any more, and not removed yet. */
  readonly #former = new Set<number>();
  /** The folder does not know of the newest file for certain. */
  #unlisted = true;

  /** Begins a new file after those that are there. */
  constructor(
    private readonly folder: string,
    private readonly disk: Disk = systemDisk,
  ) {
    this.#number = Math.max(0, ...numbersIn(folder)) + 1;
    this.#fd = this.#open(this.#number);
  }

  /** What former processes have left, oldest first. */
  static read(folder: string): JournalFile[] {
    return numbersIn(folder).map((number) => {
      const file = fileOf(folder, number);
      return { file, ...decodeFrames(fs.readFileSync(file)) };
    });
  }

  /** Bytes in the file that is appended to. */
  get length(): number {
    return this.#length;
  }

  /** @throws the system's error; then nothing of the batch is there */
  append(batch: JournalBatch): void {
    const frame = encodeFrame(batch, (length) => this.#roomFor(length));
    let written = 0;
    try {
      while (written < frame.length) written += this.disk.write(this.#fd, frame, written);
    } catch (error) {
      // What lies behind a torn batch would be found all the same; a batch that was refused must not be.
      if (written > 0) fs.ftruncateSync(this.#fd, this.#length);
      throw error;
    }
    this.#length += frame.length;
    this.#appended++;
  }

  /** Continues in a new file. Returns what removes the older ones, to be called once what they hold is on disk elsewhere. */
  rotate(): () => Promise<void> {
    const last = this.#number;
    const former = [...this.#former, this.#fd];
    const next = this.#open(last + 1);
    this.#former.add(this.#fd);
    this.#fd = next;
    this.#number = last + 1;
    this.#length = 0;
    this.#unlisted = true;
    return async () => {
      // A sync that begins from now on leaves them out; the one under way may still be at them.
      const closing = former.filter((fd) => this.#former.delete(fd));
      await this.#syncing?.catch(() => {});
      for (const fd of closing) fs.closeSync(fd);
      for (const number of numbersIn(this.folder)) if (number <= last) fs.rmSync(fileOf(this.folder, number), { force: true });
    };
  }

  /** Resolves after a sync that covers everything appended so far; who comes while one is under way shares the next. */
  async synced(): Promise<void> {
    const goal = this.#appended;
    while (this.#synced < goal) {
      const running = this.#syncing;
      if (!running) {
        this.#syncing = this.#sync().finally(() => {
          this.#syncing = undefined;
        });
      }
      await (running ?? this.#syncing);
    }
  }

  /** @param remove what it holds is on disk elsewhere */
  async close(remove: boolean): Promise<void> {
    await this.#syncing?.catch(() => {});
    for (const fd of [...this.#former, this.#fd]) fs.closeSync(fd);
    if (remove) for (const number of numbersIn(this.folder)) fs.rmSync(fileOf(this.folder, number), { force: true });
  }

  #roomFor(length: number): Buffer {
    if (length > MAX_ROOM_BYTES) return Buffer.allocUnsafe(length);
    if (length > this.#room.length) this.#room = Buffer.allocUnsafe(2 * length);
    return this.#room.subarray(0, length);
  }

  async #sync(): Promise<void> {
    const goal = this.#appended;
    await Promise.all([...this.#former, this.#fd].map((fd) => fdatasync(fd)));
    if (this.#unlisted) await this.#list();
    this.#synced = goal;
  }

  async #list(): Promise<void> {
    const number = this.#number;
    const folder = fs.openSync(this.folder, 'r');
    await fsync(folder).finally(() => fs.closeSync(folder));
    if (number === this.#number) this.#unlisted = false;
  }

  #open(number: number): number {
    return fs.openSync(fileOf(this.folder, number), 'ax', 0o600);
  }
}

const fileOf = (folder: string, number: number): string => path.join(folder, `journal.${number}`);

function numbersIn(folder: string): number[] {
  return fs
    .readdirSync(folder)
    .flatMap((name) => NAME.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}
