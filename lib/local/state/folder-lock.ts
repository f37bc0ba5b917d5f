import fs from 'node:fs';
import path from 'node:path';
import { type Clock, KncError, timestamp } from '../../base';
import { processStart } from './process-start';

/** Who holds a folder, as its file `lock` says it. */
export interface LockHolder {
  readonly pid: number;
  /** When that process began, in the words of the system: a later process with the same id has another one. */
  readonly started: string;
  readonly command: string;
  /** When it took the folder, RFC 3339. */
  readonly since: string;
  /** Where its gateway listens, once it does. */
  readonly gateway?: string;
}

/** How often to try again while somebody else takes over a lock that was left behind. */
const ATTEMPTS = 100;
/** A take-over that has lasted so long was left behind itself, in milliseconds. */
const TAKE_OVER_MS = 500;

/** One process at a time has a folder. A lock whose process has ended, or whose process id is another's by now, is taken over. */
export class FolderLock {
  #holder: LockHolder;
  readonly #file: string;

  /** @throws KncError KNC3301, which names the holder */
  constructor(
    folder: string,
    private readonly clock: Clock,
    command: readonly string[] = process.argv,
  ) {
    this.#file = path.join(folder, 'lock');
    const { pid } = process;
    this.#holder = { pid, started: processStart(pid) ?? '', command: command.join(' '), since: timestamp(clock.now()) };
    for (let attempt = 0; !this.#create(); attempt++) {
      const other = holderOf(this.#file);
      if (other && isAlive(other)) throw heldBy(folder, other);
      if (attempt >= ATTEMPTS)
        throw new KncError('KNC3303', 'The lock of the state folder can be neither taken nor read', { where: this.#file });
      this.#removeStale();
    }
  }

  /** Says where our gateway listens, for whoever finds the folder locked. */
  announce(gateway: string): void {
    this.#holder = { ...this.#holder, gateway };
    const temporary = this.#write();
    fs.renameSync(temporary, this.#file);
  }

  release(): void {
    const holder = holderOf(this.#file);
    if (holder?.pid === this.#holder.pid && holder.started === this.#holder.started) fs.rmSync(this.#file, { force: true });
  }

  /** False if there is a lock. It is complete from the moment on at which it can be seen. */
  #create(): boolean {
    const temporary = this.#write();
    try {
      fs.linkSync(temporary, this.#file);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      return this.#createWithoutLink(error);
    } finally {
      fs.rmSync(temporary, { force: true });
    }
  }

  /** On file systems that have no hard links. */
  #createWithoutLink(reason: unknown): boolean {
    if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EOPNOTSUPP'].includes((reason as NodeJS.ErrnoException).code ?? '')) throw reason;
    try {
      fs.writeFileSync(this.#file, JSON.stringify(this.#holder), { flag: 'wx', mode: 0o600 });
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
  }

  #write(): string {
    const temporary = `${this.#file}.${process.pid}`;
    fs.writeFileSync(temporary, `${JSON.stringify(this.#holder, undefined, 2)}\n`, { mode: 0o600 });
    return temporary;
  }

  /** Only one at a time may: else the second would remove the lock that the first has just made. */
  #removeStale(): void {
    const guard = `${this.#file}.taking-over`;
    try {
      fs.mkdirSync(guard);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      this.#awaitTakeOver(guard);
      return;
    }
    try {
      const holder = holderOf(this.#file);
      if (!holder || !isAlive(holder)) fs.rmSync(this.#file, { force: true });
    } finally {
      fs.rmdirSync(guard);
    }
  }

  #awaitTakeOver(guard: string): void {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    const made = fs.statSync(guard, { throwIfNoEntry: false })?.mtimeMs;
    if (made !== undefined && this.clock.now() - made > TAKE_OVER_MS) fs.rmSync(guard, { recursive: true, force: true });
  }
}

/** Undefined if nobody can be read from the file. */
function holderOf(file: string): LockHolder | undefined {
  try {
    const holder = JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<LockHolder> | null;
    return typeof holder?.pid === 'number' && typeof holder.started === 'string' ? (holder as LockHolder) : undefined;
  } catch {
    return undefined;
  }
}

const isAlive = ({ pid, started }: LockHolder): boolean => processStart(pid) === started;

function heldBy(folder: string, { pid, since, gateway, command }: LockHolder): KncError {
  const where = gateway ? `, gateway ${gateway}` : '';
  return new KncError('KNC3301', `The state folder is in use by process ${pid} since ${since}${where} (${command})`, {
    where: folder,
  });
}
