import fs from 'node:fs';
import path from 'node:path';
import { KncError } from '../../base';
import type { Store } from '../store';

/** Takes a store from the format before to this one; run again from the start if it was interrupted. */
export type Migration = (store: Store) => void;

/** The format of the stores that this version writes. */
export const STORE_FORMAT = 1;

/** From format n to n + 1, by n. */
const MIGRATIONS: ReadonlyMap<number, Migration> = new Map();

const FILE = 'format';

/** The format of the store in a folder; undefined if nothing has been stored there. @throws KncError KNC3302, KNC3306 */
export function readFormat(folder: string, current = STORE_FORMAT): number | undefined {
  const file = path.join(folder, FILE);
  if (!fs.existsSync(file)) return undefined;
  const text = fs.readFileSync(file, 'utf8').trim();
  if (!/^\d+$/.test(text))
    throw new KncError('KNC3306', `The stored state is damaged: its format is ${JSON.stringify(text.slice(0, 40))}`, {
      where: file,
    });
  if (Number(text) <= current) return Number(text);
  const what = `The state has format ${text}; this version of knc reads format ${current} and older ones`;
  throw new KncError('KNC3302', what, { where: folder });
}

/** Brings the store of a folder up to date, one format after the other. */
export async function migrate(
  store: Store,
  folder: string,
  from: number | undefined,
  current = STORE_FORMAT,
  migrations = MIGRATIONS,
): Promise<void> {
  if (from === undefined) writeFormat(folder, current);
  for (let format = from ?? current; format < current; format++) {
    const step = migrations.get(format);
    if (!step)
      throw new KncError('KNC3302', `The state has format ${format}, which this version of knc no longer reads`, {
        where: folder,
      });
    step(store);
    await store.flushed();
    writeFormat(folder, format + 1);
  }
}

function writeFormat(folder: string, format: number): void {
  const file = path.join(folder, FILE);
  fs.writeFileSync(`${file}.new`, `${format}\n`, { mode: 0o600 });
  fs.renameSync(`${file}.new`, file);
}
