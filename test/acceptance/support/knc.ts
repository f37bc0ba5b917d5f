import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import http, { type IncomingHttpHeaders } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { until } from './real-system';

const root = path.resolve(__dirname, '../../..');
const program = path.join(root, 'dist/bin/knc.js');

/** `describe`, or where knc has not been built, a skipped one and the reason. */
export const describeBuilt: jest.Describe = existsSync(program) ? describe : describe.skip;
if (!existsSync(program)) process.stderr.write('dist/bin/knc.js is missing, so tests of knc are left out: npm run build\n');

export type KncEvent = { readonly event: string } & Readonly<Record<string, unknown>>;

/**
 * A `knc` that runs in a process of its own, with a folder for temporary files that is nobody else's and a PATH on which no
 * container engine is.
 */
export class Knc {
  /** One that another program starts, as strace does. @param prefix that program, by its path, and its arguments */
  static under(prefix: readonly string[], cwd: string, ...args: string[]): Knc {
    return new Knc({ cwd, prefix }, ...args);
  }

  readonly #temporary = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'knc-acceptance-')));
  /** The only folder on its PATH. */
  readonly bin = mkdtempSync(path.join(os.tmpdir(), 'knc-acceptance-bin-'));
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;
  readonly #under: boolean;
  stdout = '';
  stderr = '';

  constructor(where: string | { readonly cwd: string; readonly prefix: readonly string[] }, ...args: string[]) {
    const { cwd, prefix } = typeof where === 'string' ? { cwd: where, prefix: [] } : where;
    this.#under = prefix.length > 0;
    const [command, ...rest] = [...prefix, process.execPath, program, ...args] as [string, ...string[]];
    symlinkSync(process.execPath, path.join(this.bin, 'node'));
    for (const tool of ['/bin/rm', '/usr/bin/curl']) {
      if (existsSync(tool)) symlinkSync(tool, path.join(this.bin, path.basename(tool)));
    }
    const env = { PATH: this.bin, HOME: this.#temporary, TMPDIR: this.#temporary, NO_COLOR: '1' };
    this.#child = spawn(command, rest, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child.stdout!.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text;
    });
    this.#child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
    });
    this.#closed = once(this.#child, 'close');
  }

  get pid(): number {
    return this.#child.pid!;
  }

  /** What it said with --json. A line that is no JSON is an error. */
  get events(): KncEvent[] {
    return this.stdout
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as KncEvent);
  }

  /** The first event of this name that satisfies `test`. */
  event<T extends object = KncEvent>(name: string, test: (event: KncEvent) => boolean = () => true): Promise<KncEvent & T> {
    return until(
      `event ${name}; there are ${this.stdout}${this.stderr}`,
      () => this.events.find((event) => event.event === name && test(event)),
      30_000,
    ) as Promise<KncEvent & T>;
  }

  /** Sends a signal as a terminal would: to knc alone, since pods have groups of their own. */
  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code, or the signal that ended it. */
  async exit(): Promise<number | NodeJS.Signals> {
    await this.#closed;
    return this.#child.exitCode ?? this.#child.signalCode!;
  }

  /** Processes that belong to this run, knc itself apart: they know of its folder for temporary files. */
  processes(): number[] {
    if (!existsSync('/proc')) return [];
    return readdirSync('/proc')
      .map(Number)
      .filter((pid) => pid > 0 && pid !== this.pid && belongs(pid, this.#temporary));
  }

  /** What is in its folder for temporary files. */
  files(): string[] {
    // From Node 22 on, Node itself keeps compiled code among the temporary files.
    return existsSync(this.#temporary) ? readdirSync(this.#temporary).filter((name) => name !== 'node-compile-cache') : [];
  }

  /** Ends it, however it stands. */
  async end(): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.signal('SIGKILL');
    if (this.#under) for (const pid of this.processes()) kill(pid); // what it started has its pipes
    await this.#closed;
    for (const pid of this.processes()) kill(pid);
    for (const folder of [this.#temporary, this.bin]) rmSync(folder, { recursive: true, force: true });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // it has ended meanwhile
  }
}

function belongs(pid: number, folder: string): boolean {
  try {
    const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
    return `${environment}${command}${readlinkSync(`/proc/${pid}/cwd`)}`.includes(folder);
  } catch {
    return false; // it has ended meanwhile
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A request to the gateway under any Host. */
export function get(
  gateway: string,
  host: string,
  target = '/',
  headers: Readonly<Record<string, string>> = {},
): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    http
      .get(new URL(target, gateway), { headers: { ...headers, host }, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, headers: response.headers, text }));
        response.on('error', reject);
      })
      .on('error', reject);
  });
}
