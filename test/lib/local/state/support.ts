import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { KncError, RealClock } from '../../../../lib/base';

export const clock = new RealClock({ unref: true });

const made: string[] = [];

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A new folder, removed after the tests of this file. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'state-test-')));
  made.push(folder);
  return folder;
}

/** What is thrown, which must be meant for people. */
export async function refusal(work: () => unknown): Promise<KncError> {
  try {
    await work();
  } catch (error) {
    if (KncError.is(error)) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}
