import { type ChildProcess, spawn } from 'node:child_process';
import type { Log } from '../../../base';

/**
 * Reads `+ id`, `- id` (a process group begins or ends) and `c name`, `d name` (a container that must not outlive us, and its end). When
 * its input ends, because we closed it or because we are dead, it kills what is left. $1: a folder to remove; $2: a container engine.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
groups=' '
names=' '
while read -r op id; do
  case $op in
    +) groups="$groups$id " ;;
    -) case $groups in *" $id "*) groups="\${groups%% "$id" *} \${groups#* "$id" }" ;; esac ;;
    c) names="$names$id " ;;
    d) case $names in *" $id "*) names="\${names%% "$id" *} \${names#* "$id" }" ;; esac ;;
  esac
done
for id in $groups; do kill -s KILL -- "-$id" 2>/dev/null; done
if [ -n "\${names# }" ]; then "$2" rm -f $names; fi
rm -rf -- "$1"
`;

/** Remembers on disk what the watchdog is told, for the case that both are killed. */
export interface ProcessLedger {
  /** @param directory where pods have their files */
  begin(directory: string): void;
  addGroup(id: number): void;
  removeGroup(id: number): void;
  addContainer(name: string): void;
  removeContainer(name: string): void;
  /** Everything has ended in good order. */
  end(): void;
}

export interface WatchdogOptions {
  /** Removed once nothing runs any more. */
  readonly directory: string;
  /** Path of the container engine, if one is used. */
  readonly engine?: string;
  readonly ledger?: ProcessLedger;
  readonly log: Log;
}

/**
 * Makes child processes die with this one, however it dies. One small shell holds the other end of a pipe: when this process
 * ends, even by SIGKILL, the pipe ends, and the shell kills the groups that are still registered. It has a session of its
 * own, so that Ctrl-C does not reach it. A process that leaves its group and session (a daemon) is not found.
 */
export class Watchdog {
  readonly #groups = new Set<number>();
  readonly #containers = new Set<string>();
  #shell: ChildProcess | undefined;
  #closed = false;

  constructor(private readonly options: WatchdogOptions) {
    options.ledger?.begin(options.directory);
  }

  /** Process id of the shell, for tests. */
  get pid(): number | undefined {
    return this.#shell?.pid;
  }

  /** Starts the shell, if it does not run yet. */
  start(): void {
    if (this.#shell || this.#closed) return;
    const { directory, engine = '', log } = this.options;
    const shell = spawn('/bin/sh', ['-c', SCRIPT, 'knc-watchdog', directory, engine], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    this.#shell = shell;
    shell.unref();
    // The pipe must not keep this process alive either.
    (shell.stdin as unknown as { unref?: () => void }).unref?.();
    shell.stdin?.on('error', () => {});
    shell.on('error', (error) => log.error('cannot start the watchdog', { error: error.message }));
    shell.on('exit', () => {
      if (this.#closed || this.#shell !== shell) return;
      this.#shell = undefined;
      log.warn('the watchdog was killed; starting another one');
      this.start();
    });
    for (const id of this.#groups) this.#tell(`+ ${id}`);
    for (const name of this.#containers) this.#tell(`c ${name}`);
  }

  /** A process group that must not outlive this process. */
  addGroup(id: number): void {
    this.options.ledger?.addGroup(id);
    this.start();
    this.#groups.add(id);
    this.#tell(`+ ${id}`);
  }

  removeGroup(id: number): void {
    if (!this.#groups.delete(id)) return;
    this.options.ledger?.removeGroup(id);
    this.#tell(`- ${id}`);
  }

  /** A container, by its name, that must not outlive this process. */
  addContainer(name: string): void {
    this.options.ledger?.addContainer(name);
    this.start();
    this.#containers.add(name);
    this.#tell(`c ${name}`);
  }

  removeContainer(name: string): void {
    if (!this.#containers.delete(name)) return;
    this.options.ledger?.removeContainer(name);
    this.#tell(`d ${name}`);
  }

  /** Lets the shell end: it kills what is registered and removes the folder. Resolves when it has. */
  async close(): Promise<void> {
    this.#closed = true;
    const shell = this.#shell;
    if (shell && shell.exitCode === null && shell.signalCode === null) {
      const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
      shell.ref();
      shell.stdin?.end();
      await ended;
    }
    this.options.ledger?.end();
  }

  #tell(line: string): void {
    this.#shell?.stdin?.write(line + '\n');
  }
}
