import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';

/** The compiler of the app in this folder, if it has one and a tsconfig.json. */
function compilerOf(folder: string): string | undefined {
  if (!existsSync(path.join(folder, 'tsconfig.json'))) return undefined;
  try {
    return createRequire(path.join(folder, 'app.js')).resolve('typescript/lib/tsc.js');
  } catch {
    return undefined;
  }
}

function lowerPriority({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) os.setPriority(pid, os.constants.priority.PRIORITY_LOW);
  } catch {
    // It has ended already.
  }
}

/**
 * Checks the types of apps with their own compilers, in the background and at the lowest priority, so that nothing waits for
 * it. A new check replaces the one before.
 */
export class TypeCheck {
  #running: ChildProcess[] = [];

  /** @param onErrors called with what a compiler printed if it found errors. */
  constructor(
    private readonly env: Record<string, string>,
    private readonly onErrors: (text: string) => void,
  ) {}

  start(folders: readonly string[]): void {
    this.stop();
    this.#running = folders.flatMap((folder) => this.#check(folder));
  }

  stop(): void {
    for (const child of this.#running) child.kill('SIGKILL');
    this.#running = [];
  }

  #check(folder: string): ChildProcess[] {
    const compiler = compilerOf(folder);
    if (!compiler) return [];
    const args = [compiler, '--noEmit', '--pretty', 'false', '-p', folder];
    const child = spawn(process.execPath, args, { cwd: folder, env: this.env, stdio: ['ignore', 'pipe', 'ignore'] });
    child.on('error', () => {});
    lowerPriority(child);
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    child.once('close', (code) => {
      if (code !== 0 && code !== null && output !== '') this.onErrors(output);
    });
    return [child];
  }
}
