import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

export type ToolName = 'kubectl' | 'kn';

/** The client's binary, or why there is none. `find-tools.js` has looked. */
function locate(name: ToolName): { readonly file: string } | { readonly missing: string } {
  if (!existsSync(path.resolve(__dirname, '../../../dist/bin/knc.js'))) return { missing: 'knc is not built: npm run build' };
  const variable = `KNC_${name.toUpperCase()}`;
  const file = process.env[variable];
  return file ? { file } : { missing: process.env[`${variable}_MISSING`] ?? `${variable} is not set` };
}

/** The binary of a client that is known to be there. */
export function toolFile(name: ToolName): string {
  const found = locate(name);
  if ('missing' in found) throw new Error(found.missing);
  return found.file;
}

/** `describe` where all these clients are there; otherwise one skipped test that says why. */
export function describeWith(tools: readonly ToolName[], name: string, body: () => void): void {
  const missing = tools.map(locate).flatMap((found) => ('missing' in found ? [found.missing] : []));
  if (missing.length === 0) describe(name, body);
  else describe.skip(name, () => test(`is left out: ${missing.join('; ')}`, () => {}));
}

export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Ends it when aborted. */
  readonly signal?: AbortSignal;
  readonly onStdout?: (text: string) => void;
  /** @default 60 s */
  readonly timeoutMs?: number;
}

/** Runs a program to its end. */
export function run(file: string, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const { input, env, cwd, signal, onStdout, timeoutMs: timeout = 60_000 } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env: { ...env }, stdio: ['pipe', 'pipe', 'pipe'], timeout });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      onStdout?.(text);
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.stdin.on('error', () => {}); // it may end without reading
    child.stdin.end(input ?? '');
    signal?.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }));
  });
}
