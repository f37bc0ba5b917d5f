import fs from 'node:fs';
import { type Clock, errorMessage, timestamp } from '../../base';
import { Journal } from './journal';
import type { JournalBatch } from './journal-frame';

/** The batches that former processes have left in a folder, oldest first; what is damaged is told. Each is on disk for certain when the next comes. */
export function* leftJournals(options: {
  readonly folder: string;
  readonly clock: Clock;
  readonly report: (text: string) => void;
}): Iterable<JournalBatch> {
  const { folder, clock, report } = options;
  for (const { file, batches, gaps, torn } of Journal.read(folder)) {
    if (gaps > 0) {
      const kept = copied(file, `${file}.corrupt-${timestamp(clock.now())}`);
      report(`${file} was damaged in ${gaps} places: what was written there is lost, the rest is kept; ${kept}`);
    }
    if (torn > 0) report(`${file} ended in the middle of a write, which nobody was told had been done; the rest is kept`);
    yield* batches;
    syncFile(file);
  }
}

/** Keeps a copy of what is damaged, where there is room for one. Returns what became of that. */
export function copied(file: string, kept: string): string {
  try {
    fs.copyFileSync(file, kept);
    return `a copy is in ${kept}`;
  } catch (error) {
    fs.rmSync(kept, { force: true });
    return `no copy can be kept: ${errorMessage(error)}`;
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
