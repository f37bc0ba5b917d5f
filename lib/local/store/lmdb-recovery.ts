import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { KncError } from '../../base';
import { LMDB_PACKAGE } from './lmdb-library';

const DATABASE = 'data.mdb';
const SEAL = 'seal';
const REBUILT = 'rebuilt';
/** A file up to this size is sealed by a checksum over all of it and rebuilt if it must be; a larger one is told by size and time, and read. */
const SMALL_BYTES = 64 * 2 ** 20;
/** How long the other process may take, in milliseconds. */
const RECOVERY_MS = 120_000;

/** By these the system ends a process that reads what is not there. */
const DAMAGE_SIGNALS: ReadonlySet<string | null> = new Set(['SIGSEGV', 'SIGBUS', 'SIGABRT', 'SIGILL', 'SIGFPE', 'SIGTRAP']);
/** What the other process ends with when lmdb says by itself that the file is damaged. */
const DAMAGED = 10;

/**
 * Reads every entry, and writes it into a new database if one is asked for; prints how many it could not find or name.
 * Codes of lmdb are negative, those of the system positive or words.
 */
const SCRIPT = `
const [library, path, target] = process.argv.slice(1);
const { open } = require(library);
const fail = (error) => {
  console.error(error.message);
  process.exit(error.code < 0 ? ${DAMAGED} : 1);
};
const options = { encoding: 'binary' };
async function run() {
  const from = open({ path, ...options });
  const to = target && open({ path: target, ...options });
  let lost = 0;
  for (const name of ['data', 'meta']) {
    const source = from.openDB({ name, ...options });
    const sink = to && to.openDB({ name, ...options });
    let good = 0;
    let written;
    for (const { key, value } of source.getRange({})) {
      if (typeof key !== 'string' || !/^[ -~]+$/.test(key)) continue;
      good++;
      if (sink) written = sink.put(key, value);
    }
    lost += Math.abs(source.getStats().entryCount - good);
    await written;
  }
  if (to) await to.flushed;
  console.log(lost);
  process.exit(0);
}
run().catch(fail);
`;

/**
 * Makes the database in a folder safe to open here. lmdb ends a process that meets a damaged page by a signal, so what was not
 * closed in good order is first read by another process, which also writes it anew; what was closed in good order carries a seal.
 * @throws KncError KNC3306 if it is damaged; it is left as it is. Otherwise what the system refuses.
 */
export function recoverDatabase(folder: string, report: (text: string) => void): void {
  const file = path.join(folder, DATABASE);
  if (!fs.existsSync(file)) return;
  fs.accessSync(file, fs.constants.R_OK | fs.constants.W_OK);
  const sealed = readSeal(folder);
  if (sealed !== undefined && sealed === sealOf(file)) return;
  const target = path.join(folder, REBUILT);
  fs.rmSync(target, { recursive: true, force: true });
  const small = fs.statSync(file).size <= SMALL_BYTES;
  if (small) fs.mkdirSync(target, { mode: 0o700 });
  const lost = readElsewhere(folder, small ? target : '');
  if (lost > 0) {
    const kept = `${folder}.corrupt-database`;
    fs.copyFileSync(file, kept);
    report(`${file} was damaged: ${lost} entries cannot be read; the others are kept, and a copy of the file is ${kept}`);
  }
  if (!small) return;
  fs.renameSync(path.join(target, DATABASE), file);
  fs.rmSync(path.join(folder, 'lock.mdb'), { force: true });
  fs.rmSync(target, { recursive: true });
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
function readElsewhere(folder: string, target: string): number {
  const { status, signal, error, stdout, stderr } = spawnSync(
    process.execPath,
    ['-e', SCRIPT, '--', require.resolve(LMDB_PACKAGE), folder, target],
    { encoding: 'utf8', timeout: RECOVERY_MS, env: { PATH: process.env['PATH'] ?? '' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  if (status === 0) return Number(stdout);
  const fault = DAMAGE_SIGNALS.has(signal) ? `reading it ends in ${signal}` : status === DAMAGED ? stderr.trim() : undefined;
  if (fault) throw new KncError('KNC3306', `The stored state is damaged: ${fault}`, { where: folder });
  throw error ?? new Error(`the database could not be read: ${stderr.trim() || signal || `exit code ${status}`}`);
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
