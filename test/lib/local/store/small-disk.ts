import { readdirSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { type Disk, noSpace } from '../../../../lib/local/store/disk';

/** A disk of so many bytes for the files of one folder and of others, which only count. What lmdb writes it cannot refuse, but it counts. */
export class SmallDisk implements Disk {
  /** Bytes that others have taken. */
  others = 0;

  constructor(
    readonly folder: string,
    public total: number,
  ) {}

  get used(): number {
    const names = readdirSync(this.folder);
    return names.reduce((sum, name) => sum + statSync(path.join(this.folder, name)).size, this.others);
  }

  write(fd: number, bytes: Uint8Array, from: number): number {
    const room = this.total - this.used;
    if (room <= 0) throw noSpace();
    return writeSync(fd, bytes, from, Math.min(room, bytes.length - from));
  }

  room(): { readonly free: number; readonly total: number } {
    return { free: Math.max(0, this.total - this.used), total: this.total };
  }
}
