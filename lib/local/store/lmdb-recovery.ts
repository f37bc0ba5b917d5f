import { spawn } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { crc32 } from 'node:zlib';
import { type Clock, KncError } from '../../base';
import { Database } from './database';
import { type Disk, isFull } from './disk';
import { copied } from './left-journals';
import { LMDB_PACKAGE } from './lmdb-library';

const DATABASE = 'data.mdb';
const SEAL = 'seal';
const REBUILT = 'rebuilt';
/** A file up to this size is sealed by a checksum over all of it and rebuilt if it must be; a larger one is told by size and time, and read. */
const SMALL_BYTES = 64 * 2 ** 20;
/** How long the other process may say nothing, in milliseconds. */
const SILENCE_MS = 120_000;
/** The other process says how far it is after so many entries. */
const EVERY = 5000;
/** What must be free beside a database that is written anew, in bytes. */
const MIN_FREE_BYTES = 2 ** 20;

/** A database of which less than this part is used is written anew at every start. */
const MOSTLY_UNUSED = 1 / 2;
/** One that is smaller is left. */
const MIN_BYTES = 8 * 2 ** 20;
/** So many times the bytes that are used one that is written anew may have. */
const LOOSER = 1.5;
/** So many entries are on their way into it at a time. */
const AT_ONCE = 500;

/** By these the system ends a process that reads what is not there. */
const DAMAGE_SIGNALS: ReadonlySet<string | null> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGTRAP']);
/** What the other process ends with when lmdb says by itself that the file is damaged. */
const DAMAGED = 10;

/**
 * Reads every entry, and writes it into a new database if one is asked for; prints now and then how many it has read of how many, and in the end
 * how many it could not find or name. Codes of lmdb are negative, those of the system positive or words.
 */
const SCRIPT = `
const [library, path, target, free] = process.argv.slice(1);
const { open } = require(library);
const fail = (error) => {
  console.error(error.message);
  process.exit(error.code < 0 ? ${DAMAGED} : 1);
};
const options = { encoding: 'binary' };
async function run() {
  const from = open({ path, ...options });
  const sources = ['data', 'meta'].map((name) => [name, from.openDB({ name, ...options })]);
  const stats = sources[0][1].getStats();
  const size = (stats.lastPageNumber + 1) * stats.pageSize;
  const pages = [stats, stats.root, stats.free].map((tree) => tree.treeBranchPageCount + tree.treeLeafPageCount + tree.overflowPages);
  const live = pages.reduce((sum, count) => sum + count, 0) * stats.pageSize;
  const worth = size <= ${SMALL_BYTES} || live < size * ${MOSTLY_UNUSED};
  const fits = free >= Math.min(size, live * ${LOOSER}) + ${MIN_FREE_BYTES};
  const to = target && worth && fits && open({ path: target, ...options });
  const all = sources.reduce((sum, [, source]) => sum + source.getStats().entryCount, 0);
  let lost = 0;
  let read = 0;
  for (const [name, source] of sources) {
    const sink = to && to.openDB({ name, ...options });
    let good = 0;
    let written;
    for (const { key, value } of source.getRange({})) {
      if (read++ % ${EVERY} === 0) process.stdout.write('read ' + read + ' ' + all + '\\n');
      if (typeof key !== 'string' || !/^[ -~]+$/.test(key)) continue;
      good++;
      if (sink) written = sink.put(key, value);
      if (sink && good % ${AT_ONCE} === 0) await written;
    }
    lost += Math.abs(source.getStats().entryCount - good);
    await written;
  }
  if (to) await to.flushed;
  process.stdout.write('lost ' + lost + '\\n', () => process.exit(0));
}
run().catch(fail);
`;

export interface RecoveryOptions {
  readonly folder: string;
  readonly clock: Clock;
  readonly disk: Disk;
  readonly report: (text: string) => void;
  /** Told how many entries have been read of how many. */
  readonly progress?: (read: number, all: number) => void;
}

/**
 * Makes the database in a folder safe to open here. lmdb ends a process that meets a damaged page by a signal, so what was not
 * closed in good order is first read by another process, which also writes it anew where there is room; what was closed in good order carries a seal.
 * @throws KncError KNC3306 if it is damaged; it is left as it is. Otherwise what the system refuses.
 */
export async function recoverDatabase(options: RecoveryOptions): Promise<void> {
  const { folder, report } = options;
  const file = path.join(folder, DATABASE);
  if (!fs.existsSync(file)) return;
  fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
  const sealed = readSeal(folder);
  if (sealed !== undefined && sealed === sealOf(file) && !(await isMostlyUnused(folder))) return;
  const target = path.join(folder, REBUILT);
  fs.rmSync(target, { recursive: true, force: true });
  const place = madeFolder(target) ? target : '';
  const lost = await readElsewhere(options, place).catch((error: unknown) => {
    if (KncError.is(error) || !place) throw error;
    // There was less room than it seemed.
    fs.rmSync(target, { recursive: true, force: true });
    return readElsewhere(options, '');
  });
  if (lost > 0) {
    const kept = copied(file, `${folder}.corrupt-database`);
    report(`${file} was damaged: ${lost} entries cannot be read; the others are kept, and ${kept}`);
  }
  const rebuilt = path.join(target, DATABASE);
  if (fs.existsSync(rebuilt)) {
    fs.renameSync(rebuilt, file);
    fs.rmSync(path.join(folder, 'lock.mdb'), { force: true });
  }
  fs.rmSync(target, { recursive: true, force: true });
}

/** Makes a folder, unless the disk is full; returns whether it is there. */
function madeFolder(folder: string): boolean {
  try {
    fs.mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    if (!isFull(error)) throw error;
    return false;
  }
}

/** Of one that is whole: whether most of its file is pages in which nothing stands. It never shrinks by itself. */
async function isMostlyUnused(folder: string): Promise<boolean> {
  const { size } = fs.statSync(path.join(folder, DATABASE));
  if (size < MIN_BYTES) return false;
  const database = new Database(folder);
  const { unused } = database;
  await database.close();
  return size - unused < size * MOSTLY_UNUSED;
}

/** Says of a database that it is closed and whole. */
export function sealDatabase(folder: string): void {
  fs.writeFileSync(path.join(folder, SEAL), sealOf(path.join(folder, DATABASE)), { mode: 0o600 });
}

/** From here on the database may be written to. */
export function unsealDatabase(folder: string): void {
  fs.rmSync(path.join(folder, SEAL), { force: true });
}

/** The number of entries that could not be read. */
async function readElsewhere({ folder, disk, clock, progress }: RecoveryOptions, target: string): Promise<number> {
  const free = `${disk.room(folder).free}`;
  const child = spawn(process.execPath, ['-e', SCRIPT, '--', require.resolve(LMDB_PACKAGE), folder, target, free], {
    env: { PATH: process.env['PATH'] ?? '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<[code: number | null, signal: NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (...end) => resolve(end));
  });
  let stderr = '';
  let lost: number | undefined;
  const heard = () => clock.after(SILENCE_MS, () => child.kill('SIGKILL'));
  let silence = heard();
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  createInterface({ input: child.stdout }).on('line', (line) => {
    silence.cancel();
    silence = heard();
    const [what, first, second] = line.split(' ');
    if (what === 'lost') lost = Number(first);
    else if (what === 'read') progress?.(Number(first), Number(second));
  });
  const [code, signal] = await ended.finally(() => silence.cancel());
  if (code === 0 && lost !== undefined) return lost;
  const fault = DAMAGE_SIGNALS.has(signal) ? `reading it ends in ${signal}` : code === DAMAGED ? stderr.trim() : undefined;
  if (fault) throw new KncError('KNC3306', `The stored state is damaged: ${fault}`, { where: folder });
  throw new Error(`the database could not be read: ${stderr.trim() || signal || `exit code ${code}`}`);
}

function readSeal(folder: string): string | undefined {
  try {
    return fs.readFileSync(path.join(folder, SEAL), 'utf8');
  } catch {
    return undefined;
  }
}

function sealOf(file: string): string {
  const { size, mtimeMs } = fs.statSync(file);
  return size <= SMALL_BYTES ? `${size} crc32 ${crc32(fs.readFileSync(file))}\n` : `${size} modified ${mtimeMs}\n`;
}
