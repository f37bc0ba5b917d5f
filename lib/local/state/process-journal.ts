import fs from 'node:fs';
import { processStart } from './process-start';

/** What a run has started that must not outlive it, and where its pods have their files. */
export interface LeftOver {
  /** Process groups with the start of their first process. */
  readonly groups: ReadonlyMap<number, string>;
  readonly containers: ReadonlySet<string>;
  /** Folders of pods' files. Every process of a pod has its HOME there. */
  readonly directories: ReadonlySet<string>;
}

/**
 * Keeps in a file which process groups and containers run for us, so that a run that is killed together with its watchdog
 * leaves nothing behind for good: the next one reads the file and ends them.
 */
export class ProcessJournal {
  #fd: number | undefined;

  constructor(private readonly file: string) {}

  /** What the run before has left, as far as it did not end in good order. */
  leftOver(): LeftOver {
    const groups = new Map<number, string>();
    const containers = new Set<string>();
    const directories = new Set<string>();
    for (const line of readLines(this.file)) {
      const [operation = '', id = '', ...rest] = line.split(' ');
      if (operation === '+') groups.set(Number(id), rest.join(' '));
      else if (operation === '-') groups.delete(Number(id));
      else if (operation === 'c') containers.add(id);
      else if (operation === 'd') containers.delete(id);
      else if (operation === 'in') directories.add([id, ...rest].join(' '));
    }
    return { groups, containers, directories };
  }

  /** Forgets what was before. @param directory where pods of this run have their files */
  begin(directory: string): void {
    this.close();
    this.#fd = fs.openSync(this.file, 'w', 0o600);
    this.#tell(`in ${directory}`);
  }

  addGroup(id: number): void {
    const start = processStart(id);
    if (start !== undefined) this.#tell(`+ ${id} ${start}`);
  }

  removeGroup(id: number): void {
    this.#tell(`- ${id}`);
  }

  addContainer(name: string): void {
    this.#tell(`c ${name}`);
  }

  removeContainer(name: string): void {
    this.#tell(`d ${name}`);
  }

  /** Everything has ended in good order. */
  end(): void {
    this.close();
    fs.rmSync(this.file, { force: true });
  }

  close(): void {
    if (this.#fd !== undefined) fs.closeSync(this.#fd);
    this.#fd = undefined;
  }

  #tell(line: string): void {
    if (this.#fd !== undefined) fs.writeSync(this.#fd, `${line}\n`);
  }
}

function readLines(file: string): string[] {
  try {
    return fs.readFileSync(file, 'utf8').split('\n').slice(0, -1);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
