import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { until } from './real-system';
import type { StormLine } from './storm-child';

const root = path.resolve(__dirname, '../../..');

/** Makes one program of the storm. */
export function buildStorm(outfile: string): void {
  buildProgram(path.join(__dirname, 'storm-child.ts'), outfile);
}

/** Makes one program of a source file and all that it imports; run it with NODE_PATH as `programEnv` says. */
export function buildProgram(source: string, outfile: string): void {
  const esbuild = path.join(root, 'node_modules/esbuild/bin/esbuild');
  const options = ['--bundle', '--platform=node', '--external:lmdb', '--log-level=error', `--outfile=${outfile}`];
  execFileSync(esbuild, [source, ...options], { stdio: ['ignore', 'ignore', 'inherit'] });
}

export const programEnv = { PATH: process.env['PATH'] ?? '', NODE_PATH: path.join(root, 'node_modules') };

/** A platform in a process of its own that writes as much as it can, and says what it has been told is stored. */
export class Storm {
  readonly lines: StormLine[] = [];
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  #rest = '';

  constructor(program: string, ...args: readonly string[]) {
    this.#child = spawn(process.execPath, [program, ...args], { env: programEnv, stdio: ['ignore', 'pipe', 'inherit'] });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      const lines = (this.#rest + text).split('\n');
      this.#rest = lines.pop()!;
      this.lines.push(...lines.map((line) => JSON.parse(line) as StormLine));
    });
    this.#closed = once(this.#child, 'close');
  }

  line<T extends StormLine['say']>(say: T): Promise<Extract<StormLine, { readonly say: T }>> {
    const is = (line: StormLine): line is Extract<StormLine, { readonly say: T }> => line.say === say;
    return until(`"${say}"; there are ${JSON.stringify(this.lines.slice(-5))}`, () => this.lines.find(is), 30_000);
  }

  /** Ends it as nothing can be prepared for, on request with the process that watches over its pods. */
  async kill(withWatchdog: boolean): Promise<void> {
    if (withWatchdog) for (const pid of watchdogsOf(this.#child.pid!)) process.kill(pid, 'SIGKILL');
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  /** The exit code. */
  async ended(): Promise<number | null> {
    await this.#closed;
    return this.#child.exitCode;
  }
}

function watchdogsOf(parent: number): number[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').flatMap((pid) => {
    try {
      if (!/^\d+$/.test(pid) || !readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('knc-watchdog')) return [];
      return new RegExp(`^PPid:\\s+${parent}$`, 'm').test(readFileSync(`/proc/${pid}/status`, 'latin1')) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}
