import fs from 'node:fs';
import path from 'node:path';
import { type Clock, errorMessage, KncError, timestamp } from '../../base';
import { LmdbStore, type Store } from '../store';
import { FolderLock } from './folder-lock';
import { ProcessJournal } from './process-journal';
import { migrate, readFormat } from './store-format';

export interface StateFolderOptions {
  readonly clock: Clock;
  /** Told, in a sentence with the path, of everything that was found damaged and of trouble while writing. */
  readonly report: (text: string) => void;
}

/**
 * Where one local cluster lives between runs: its store, its kubeconfig, and who has it. The folder is for its user alone, and git does
 * not see it.
 */
export class StateFolder {
  /** Takes the folder, which is made if it is not there. @throws KncError KNC3301, KNC3303 */
  static open(folder: string, options: StateFolderOptions): StateFolder {
    return new StateFolder(path.resolve(folder), options);
  }

  readonly kubeconfigPath: string;
  /** Process groups and containers that run for this cluster. */
  readonly processes: ProcessJournal;
  readonly #lock: FolderLock;
  readonly #storeFolder: string;
  #store: Store | undefined;
  /** When anything was last written by an earlier run, in milliseconds; undefined if nothing ever was. */
  readonly lastWritten: number | undefined;

  private constructor(
    /** Absolute. */
    readonly path: string,
    private readonly options: StateFolderOptions,
  ) {
    this.#storeFolder = pathIn(path, 'store');
    this.kubeconfigPath = pathIn(path, 'kubeconfig');
    this.processes = new ProcessJournal(pathIn(path, 'processes'));
    this.#lock = usable(path, () => {
      prepare(path);
      return new FolderLock(path, options.clock);
    });
    this.lastWritten = lastWrite(this.#storeFolder);
  }

  /** Says where our gateway listens, for whoever finds the folder in use. */
  announce(gateway: string): void {
    this.#lock.announce(gateway);
  }

  /** Forgets everything that is stored; what was set aside stays. */
  forget(): void {
    usable(this.path, () => fs.rmSync(this.#storeFolder, { recursive: true, force: true }));
  }

  /**
   * The store. One that is damaged is set aside, renamed and reported, and an empty one takes its place.
   * @throws KncError KNC3302, KNC3303, KNC3304
   */
  async openStore(): Promise<Store> {
    try {
      this.#store = await this.#openStore();
    } catch (error) {
      if (!KncError.is(error) || error.code !== 'KNC3306') throw error;
      const kept = `${this.#storeFolder}.corrupt-${fileTime(this.options.clock)}`;
      fs.renameSync(this.#storeFolder, kept);
      this.options.report(
        `${error.message}. It is set aside as ${kept}, and an empty one takes its place: apply your objects again`,
      );
      this.#store = await this.#openStore();
    }
    return this.#store;
  }

  /** Closes the store and gives the folder free. */
  async close(): Promise<void> {
    try {
      await this.#store?.close();
    } finally {
      this.#lock.release();
    }
  }

  async #openStore(): Promise<Store> {
    const folder = this.#storeFolder;
    const format = usable(this.path, () => {
      fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
      return readFormat(folder);
    });
    const store = await LmdbStore.open({ folder, ...this.options }).catch((error) => unusable(folder, error));
    await migrate(store, folder, format);
    return store;
  }
}

const pathIn = (folder: string, name: string): string => path.join(folder, name);

/** A time that file names can have. */
const fileTime = (clock: Clock): string => timestamp(clock.now()).replace(/:/g, '');

/** Ours alone: a kubeconfig and all Secrets are in it. */
function prepare(folder: string): void {
  fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
  if ((fs.statSync(folder).mode & 0o077) !== 0) fs.chmodSync(folder, 0o700);
  const ignore = pathIn(folder, '.gitignore');
  if (!fs.existsSync(ignore)) fs.writeFileSync(ignore, '*\n');
}

/** What the system refuses is told with the folder. */
function usable<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    return unusable(folder, error);
  }
}

function unusable(folder: string, error: unknown): never {
  if (KncError.is(error)) throw error;
  throw new KncError('KNC3303', `The state folder cannot be used: ${errorMessage(error)}`, { where: folder, cause: error });
}

function lastWrite(folder: string): number | undefined {
  if (!fs.existsSync(folder)) return undefined;
  const times = fs.readdirSync(folder).map((name) => fs.statSync(pathIn(folder, name)).mtimeMs);
  return times.length > 0 ? Math.max(...times) : undefined;
}
