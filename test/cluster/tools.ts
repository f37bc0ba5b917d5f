import { spawn } from 'node:child_process';
import http from 'node:http';
import path from 'node:path';
import { RealClock } from '../../lib/base';

export const clock = new RealClock();
const KNC = path.resolve(__dirname, '../../dist/bin/knc.js');

/** The first thing found by `look`, asked every 50 ms. */
export async function until<T>(what: string, look: () => Promise<T | undefined | false>, seconds = 60): Promise<T> {
  const end = clock.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (clock.now() > end) throw new Error(`in ${seconds} s there was no ${what}`);
    await clock.sleep(50);
  }
}

interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** What a program prints. @throws Error with what it said when it fails */
export function output(command: string, args: readonly string[], { input = '', env = {} }: RunOptions = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: { ...process.env, ...env } });
    let out = '';
    let error = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (error += chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(out);
      else reject(new Error(`${path.basename(command)} ${args.join(' ')}: ${code}\n${error}${out}`));
    });
    child.stdin.on('error', () => {}).end(input);
  });
}

/** `kubectl` as a person calls it. */
export const kubectl = (args: string, options?: RunOptions): Promise<string> => output('kubectl', args.split(' '), options);

/** Lines for a shell, as documents have them. */
export const sh = (script: string): Promise<string> => output('bash', ['-c', script]);

/** `knc` as a person calls it. */
export const knc = (args: string, options?: RunOptions): Promise<string> =>
  output(process.execPath, [KNC, ...args.split(' ')], options);

export interface Answer {
  /** 0: nobody listens, or the connection broke. */
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
  /** Until the first byte, in milliseconds. */
  readonly ms: number;
}

/** One request on a connection of its own; never rejects. */
export function ask(
  address: string,
  port: number,
  host: string,
  options: http.RequestOptions = {},
  body?: string,
): Promise<Answer> {
  const begin = clock.monotonic();
  const { headers, ...others } = options;
  return new Promise((resolve) => {
    let text = '';
    const broken = () => resolve({ status: 0, body: text, headers: {}, ms: clock.monotonic() - begin });
    const request = http.request(
      { agent: false, timeout: 60_000, ...others, host: address, port, headers: { ...headers, host } },
      (response) => {
        const ms = clock.monotonic() - begin;
        response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers, ms }));
        response.on('error', broken);
      },
    );
    request.on('timeout', () => request.destroy());
    request.on('error', broken);
    request.end(body);
  });
}
