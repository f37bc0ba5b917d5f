import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Disk } from './disk';

const NAME = 'reserve';
/** Written again and again until the file is as large as it is to be. */
const PIECE_BYTES = 2 ** 18;

/**
 * Room that is kept on a disk for the time when there is none: a file that is given up then. What makes room has to be written, too. Its
 * content does not shrink where the file system compresses.
 */
export class ReserveFile {
  readonly #file: string;
  #held: boolean;

  /** One that is there is kept if it is as large as it is to be. */
  constructor(
    private readonly folder: string,
    readonly bytes: number,
    private readonly disk: Disk,
  ) {
    this.#file = path.join(folder, NAME);
    this.#held = fs.statSync(this.#file, { throwIfNoEntry: false })?.size === bytes;
  }

  get held(): boolean {
    return this.#held;
  }

  /** Takes the room again where there is twice as much; otherwise, and if it cannot be had, nothing changes. */
  take(): void {
    if (this.#held) return;
    fs.rmSync(this.#file, { force: true });
    if (this.disk.room(this.folder).free < 2 * this.bytes) return;
    try {
      this.#write();
      this.#held = true;
    } catch {
      fs.rmSync(this.#file, { force: true });
    }
  }

  /** Gives the room to whoever writes next. Returns whether there was any. */
  giveUp(): boolean {
    if (!this.#held) return false;
    fs.rmSync(this.#file, { force: true });
    this.#held = false;
    return true;
  }

  #write(): void {
    const fd = fs.openSync(this.#file, 'ax', 0o600);
    try {
      const piece = randomBytes(Math.min(this.bytes, PIECE_BYTES));
      for (let left = this.bytes; left > 0; ) left -= this.disk.write(fd, piece.subarray(0, left), 0);
    } finally {
      fs.closeSync(fd);
    }
  }
}
