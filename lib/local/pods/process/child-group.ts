import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../base';
import { type Exit, StartError } from '../container-runtime';
import type { LogStream } from '../log-buffer';
import type { Watchdog } from './watchdog';

/** How long output may still come after the process has ended, in milliseconds. */
const LAST_WORDS_MS = 500;

export interface ChildOptions {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Gets what it writes. @default its `streams` are read instead */
  readonly onOutput?: (stream: LogStream, chunk: Buffer) => void;
  /** Whether it has an input. @default it reads nothing */
  readonly stdin?: boolean;
  readonly watchdog: Watchdog;
  readonly clock: Clock;
}

/** A child process in a group of its own: whatever it starts gets its signals, and ends with it. */
export class ChildGroup {
  readonly exited: Promise<Exit>;
  #ended = false;

  private constructor(
    private readonly child: ChildProcess & { readonly pid: number },
    { onOutput, watchdog, clock }: ChildOptions,
  ) {
    watchdog.addGroup(child.pid);
    if (onOutput) {
      child.stdout?.on('data', (chunk: Buffer) => onOutput('stdout', chunk));
      child.stderr?.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
    }
    this.exited = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#signal('SIGKILL');
        this.#ended = true;
        watchdog.removeGroup(child.pid);
        const exit = { exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) };
        // A grandchild outside the group can hold the pipes open for ever.
        const timer = clock.after(LAST_WORDS_MS, () => resolve(exit));
        child.once('close', () => {
          timer.cancel();
          resolve(exit);
        });
      });
    });
  }

  /** Starts the command without a shell. @throws StartError if it cannot be executed. */
  static async start(options: ChildOptions): Promise<ChildGroup> {
    const [file, ...args] = options.command;
    if (!file) throw new StartError('StartError', 'no command specified');
    const { cwd, env, stdin } = options;
    let child: ChildProcess;
    try {
      child = spawn(file, args, { cwd, env, detached: true, stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
    } catch (error) {
      throw new StartError('StartError', `exec: ${JSON.stringify(file)}: ${(error as Error).message}`);
    }
    if (child.pid !== undefined) return new ChildGroup(child as ChildProcess & { pid: number }, options);
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve));
    throw new StartError('StartError', notExecuted(file, cwd, error));
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Its input, if it has one, and its outputs. */
  get streams(): { readonly stdin: Writable | undefined; readonly stdout: Readable; readonly stderr: Readable } {
    const { stdin, stdout, stderr } = this.child;
    return { stdin: stdin ?? undefined, stdout: stdout!, stderr: stderr! };
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (!this.#ended) this.#signal(signal);
  }

  #signal(signal: 'SIGTERM' | 'SIGKILL'): void {
    try {
      process.kill(-this.child.pid, signal);
    } catch {
      // ESRCH: nobody of the group is left.
    }
  }
}

function notExecuted(file: string, cwd: string, error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOENT' && !existsSync(cwd)) return `chdir to cwd (${JSON.stringify(cwd)}): no such file or directory`;
  if (error.code === 'EACCES') return `exec: ${JSON.stringify(file)}: permission denied`;
  if (error.code !== 'ENOENT') return `exec: ${JSON.stringify(file)}: ${error.message}`;
  const why = file.includes('/') ? 'no such file or directory' : 'executable file not found in $PATH';
  return `exec: ${JSON.stringify(file)}: ${why}`;
}
