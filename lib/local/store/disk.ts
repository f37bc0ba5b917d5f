import fs from 'node:fs';

/** Room on a disk, in bytes. */
export interface DiskRoom {
  /** What this user may still write. */
  readonly free: number;
  readonly total: number;
}

/** What a store asks of the disk that it is on, where one that is full says so. */
export interface Disk {
  /** Writes bytes from a place among them on to the end of a file; returns how many were taken. @throws the system's error */
  write(fd: number, bytes: Uint8Array, from: number): number;
  room(folder: string): DiskRoom;
}

export const systemDisk: Disk = {
  write: (fd, bytes, from) => fs.writeSync(fd, bytes, from),
  room: (folder) => {
    const { bavail, blocks, bsize } = fs.statfsSync(folder);
    return { free: bavail * bsize, total: blocks * bsize };
  },
};

const FULL: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT']);

/** Whether the system refused something because the disk is full, or the user's part of it. */
export const isFull = (error: unknown): boolean => FULL.has((error as NodeJS.ErrnoException | undefined)?.code);

/** What the system says when a disk is full. */
export const noSpace = (): Error => Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
