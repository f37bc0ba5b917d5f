import { constants } from 'node:os';
import type { Readable, Writable } from 'node:stream';
import type { Clock } from '../../../base';
import { type Exit, StartError } from '../container-runtime';
import type { LogStream } from '../log-buffer';
import { type ChildCommand, type StartChild, type StartedChild, startHere } from './started-child';
import type { Watchdog } from './watchdog';

/** How long output may still come after the process has ended, in milliseconds. */
const LAST_WORDS_MS = 500;

export interface ChildOptions extends ChildCommand {
  /** Gets what it writes. @default its `streams` are read instead */
  readonly onOutput?: (stream: LogStream, chunk: Buffer) => void;
  /** @default `startHere` */
  readonly startChild?: StartChild | undefined;
  readonly watchdog: Watchdog;
  readonly clock: Clock;
}

/** A child process in a group of its own: whatever it starts gets its signals, and ends with it. */
export class ChildGroup {
  readonly exited: Promise<Exit>;
  #ended = false;

  private constructor(
    private readonly child: StartedChild,
    { onOutput, watchdog, clock }: ChildOptions,
  ) {
    watchdog.addGroup(child.pid);
    if (onOutput) {
      child.stdout.on('data', (chunk: Buffer) => onOutput('stdout', chunk));
      child.stderr.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
    }
    this.exited = child.exited.then(async ({ code, signal }) => {
      this.#signal('SIGKILL');
      this.#ended = true;
      watchdog.removeGroup(child.pid);
      // A grandchild outside the group can hold the pipes open for ever.
      await new Promise<void>((resolve) => {
        const timer = clock.after(LAST_WORDS_MS, resolve);
        void child.closed.then(() => {
          timer.cancel();
          resolve();
        });
      });
      return { exitCode: code ?? 128 + (signal ? constants.signals[signal] : 0) };
    });
  }

  /** Starts the command without a shell. @throws StartError if it cannot be executed. */
  static async start(options: ChildOptions): Promise<ChildGroup> {
    if (!options.command[0]) throw new StartError('StartError', 'no command specified');
    const { command, cwd, env, stdin = false, startChild = startHere } = options;
    return new ChildGroup(await startChild({ command, cwd, env, stdin }), options);
  }

  get pid(): number {
    return this.child.pid;
  }

  /** Its input, if it has one, and its outputs. */
  get streams(): { readonly stdin: Writable | undefined; readonly stdout: Readable; readonly stderr: Readable } {
    const { stdin, stdout, stderr } = this.child;
    return { stdin, stdout, stderr };
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
