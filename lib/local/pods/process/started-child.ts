import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { StartError } from '../container-runtime';

/** A command to execute without a shell, in a process group of its own. */
export interface ChildCommand {
  readonly command: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Whether it has an input. @default it reads nothing */
  readonly stdin?: boolean;
}

/** How a child ended: its code, or the signal that ended it. */
export interface ChildExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child that runs, whoever started it. */
export interface StartedChild {
  readonly pid: number;
  readonly stdin: Writable | undefined;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ChildExit>;
  /** Its outputs have ended too: nobody holds them open any more. */
  readonly closed: Promise<void>;
}

/** Starts a command. @throws StartError if it cannot be executed. */
export type StartChild = (command: ChildCommand) => Promise<StartedChild>;

/** Starts a command as a child of this very process. */
export async function startHere({ command, cwd, env, stdin }: ChildCommand): Promise<StartedChild> {
  const [file = '', ...args] = command;
  let child: ChildProcess;
  try {
    child = spawn(file, args, { cwd, env, detached: true, stdio: [stdin ? 'pipe' : 'ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw new StartError('StartError', `exec: ${JSON.stringify(file)}: ${(error as Error).message}`);
  }
  if (child.pid === undefined) {
    const error = await new Promise<NodeJS.ErrnoException>((resolve) => child.once('error', resolve));
    throw new StartError('StartError', notExecuted(file, cwd, error));
  }
  return {
    pid: child.pid,
    stdin: child.stdin ?? undefined,
    stdout: child.stdout!,
    stderr: child.stderr!,
    exited: new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal }))),
    closed: new Promise((resolve) => child.once('close', () => resolve())),
  };
}

/** Why a file was not executed, in the words of a container runtime. */
export function notExecuted(
  file: string,
  cwd: string,
  error: { readonly code?: string | undefined; readonly message: string },
): string {
  if (error.code === 'ENOENT' && !existsSync(cwd)) return `chdir to cwd (${JSON.stringify(cwd)}): no such file or directory`;
  if (error.code === 'EACCES') return `exec: ${JSON.stringify(file)}: permission denied`;
  if (error.code !== 'ENOENT') return `exec: ${JSON.stringify(file)}: ${error.message}`;
  const why = file.includes('/') ? 'no such file or directory' : 'executable file not found in $PATH';
  return `exec: ${JSON.stringify(file)}: ${why}`;
}
