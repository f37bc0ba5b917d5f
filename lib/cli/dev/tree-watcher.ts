import { createHash } from 'node:crypto';
import { type FSWatcher, fstatSync, readdirSync, readFileSync, type Stats, statSync, watch } from 'node:fs';
import path from 'node:path';
import type { Clock } from '../../base';
import { Debounce } from './debounce';

/** Folders that tools write and people do not edit. */
const IGNORED = new Set(['node_modules', 'dist', 'coverage', '__pycache__']);
/** Editors write a file in several steps; quiet for this long means that they are done. */
const QUIET_MS = 80;
const LARGEST_HASHED = 4 * 1024 * 1024;

/** What programs write while they run: watched, it would make an app be read again for its own doing. */
const WRITTEN_BY_PROGRAMS = /(~|\.(log|out|pid|sock|tmp|swp|db|db-\w+|sqlite\d?|sqlite\d?-\w+|lock))$/;

const isIgnored = (name: string): boolean => IGNORED.has(name) || name.startsWith('.') || WRITTEN_BY_PROGRAMS.test(name);

/** Whether what this process prints goes into that file. */
function isOwnOutput(stat: Stats): boolean {
  return [1, 2].some((fd) => {
    try {
      const own = fstatSync(fd);
      return own.isFile() && own.dev === stat.dev && own.ino === stat.ino;
    } catch {
      return false; // closed
    }
  });
}

function fingerprint(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  if (!stat?.isFile()) return 'none';
  if (stat.size > LARGEST_HASHED) return `${stat.size} ${stat.mtimeMs}`;
  return createHash('sha1').update(readFileSync(file)).digest('base64');
}

/**
 * Watches files, and folders with all that is below them but for node_modules, dist, hidden names and what programs write. Each folder has a watch
 * of its own: Node's recursive one would walk node_modules too. A file whose content is the same as before has not changed.
 */
export class TreeWatcher {
  readonly #folders = new Map<string, FSWatcher>();
  /** Folders of which only some files matter. */
  readonly #partly = new Map<string, Set<string>>();
  readonly #fingerprints = new Map<string, string>();
  readonly #changed = new Set<string>();
  readonly #debounce: Debounce;

  /** @param onChange called with the files that changed, once it is quiet. */
  constructor(clock: Clock, onChange: (files: string[]) => void) {
    this.#debounce = new Debounce(clock, QUIET_MS, () => {
      const files = [...this.#changed].filter((file) => this.#isNew(file));
      this.#changed.clear();
      if (files.length > 0) onChange(files);
    });
  }

  /** Watches these too; what is watched already stays so. */
  add(paths: readonly string[]): void {
    for (const item of paths) {
      const stat = statSync(item, { throwIfNoEntry: false });
      if (stat?.isDirectory()) this.#addFolder(item);
      else if (stat) this.#addFile(item);
    }
  }

  close(): void {
    this.#debounce.cancel();
    for (const watcher of this.#folders.values()) watcher.close();
    this.#folders.clear();
  }

  #addFile(file: string): void {
    const folder = path.dirname(file);
    if (this.#folders.has(folder) && !this.#partly.has(folder)) return;
    const wanted = this.#partly.get(folder) ?? new Set();
    this.#partly.set(folder, wanted.add(path.basename(file)));
    this.#remember(file);
    this.#watch(folder);
  }

  #addFolder(folder: string): void {
    const whole = this.#folders.has(folder) && !this.#partly.has(folder);
    this.#partly.delete(folder);
    this.#watch(folder);
    if (whole) return;
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      if (isIgnored(entry.name)) continue;
      const item = path.join(folder, entry.name);
      if (entry.isDirectory()) this.#addFolder(item);
      else this.#remember(item);
    }
  }

  #remember(file: string): void {
    if (!this.#fingerprints.has(file)) this.#fingerprints.set(file, fingerprint(file));
  }

  #watch(folder: string): void {
    if (this.#folders.has(folder)) return;
    const watcher = watch(folder, (_event, name) => {
      if (typeof name === 'string' && !isIgnored(name)) this.#touched(folder, name);
    });
    watcher.on('error', () => this.#drop(folder));
    this.#folders.set(folder, watcher);
  }

  #drop(folder: string): void {
    this.#folders.get(folder)?.close();
    this.#folders.delete(folder);
    this.#partly.delete(folder);
  }

  #touched(folder: string, name: string): void {
    const only = this.#partly.get(folder);
    if (only && !only.has(name)) return;
    const item = path.join(folder, name);
    const stat = statSync(item, { throwIfNoEntry: false });
    if (stat?.isDirectory()) {
      const before = new Set(this.#fingerprints.keys());
      this.#addFolder(item);
      // Files that came with a new folder were written before it was watched.
      for (const file of this.#fingerprints.keys()) if (!before.has(file)) this.#arrived(file);
    } else if (!stat || !isOwnOutput(stat)) {
      if (!stat) this.#drop(item);
      this.#changed.add(item);
    }
    if (this.#changed.size > 0) this.#debounce.poke();
  }

  #arrived(file: string): void {
    this.#fingerprints.delete(file);
    this.#changed.add(file);
  }

  #isNew(file: string): boolean {
    const now = fingerprint(file);
    const changed = (this.#fingerprints.get(file) ?? 'none') !== now;
    this.#fingerprints.set(file, now);
    return changed;
  }
}
