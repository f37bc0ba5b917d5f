import { execFile } from 'node:child_process';
import dns from 'node:dns/promises';
import { accessSync, constants, readFileSync } from 'node:fs';
import net from 'node:net';
import type { Clock } from '../../base';

/** What checks may ask of this machine; tests answer for it. */
export interface Machine {
  readonly nodeVersion: string;
  readonly platform: NodeJS.Platform;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly stateFolder: string;
  readonly tmpFolder: string;
  /** The folder of the package that knc belongs to. */
  readonly ownFolder: string;
  /** Undefined if the port can be bound, else the system's word for why not. */
  listenError(host: string, port: number): Promise<string | undefined>;
  /** The addresses of a name; none if there is none, or nobody answers within two seconds. */
  lookup(name: string): Promise<readonly string[]>;
  /** What a program prints; undefined if it is not on PATH, fails, or takes longer than five seconds. */
  output(command: string, args: readonly string[]): Promise<string | undefined>;
  /** Undefined if the file cannot be read. */
  readText(file: string): string | undefined;
  isWritable(folder: string): boolean;
  /** Loads a package. Throws if it cannot be loaded. */
  load(name: string): unknown;
}

const LOOKUP_MS = 2000;
const PROGRAM_MS = 5000;

/** This machine itself. */
export function realMachine(
  clock: Clock,
  given: Pick<Machine, 'cwd' | 'env' | 'stateFolder' | 'tmpFolder' | 'ownFolder'>,
): Machine {
  return {
    ...given,
    nodeVersion: process.versions.node,
    platform: process.platform,
    listenError: (host, port) =>
      new Promise((resolve) => {
        const server = net.createServer();
        server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
        server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
      }),
    lookup: (name) =>
      new Promise((resolve) => {
        const timer = clock.after(LOOKUP_MS, () => resolve([]));
        const finish = (found: readonly string[]) => {
          timer.cancel();
          resolve(found);
        };
        dns.lookup(name, { all: true }).then(
          (all) => finish(all.map(({ address }) => address)),
          () => finish([]),
        );
      }),
    output: (command, args) =>
      new Promise((resolve) => {
        const env = given.env as NodeJS.ProcessEnv;
        execFile(command, [...args], { env, timeout: PROGRAM_MS, encoding: 'utf8' }, (error, stdout) =>
          resolve(error ? undefined : stdout),
        );
      }),
    readText: (file) => {
      try {
        return readFileSync(file, 'utf8');
      } catch {
        return undefined;
      }
    },
    isWritable: (folder) => {
      try {
        accessSync(folder, constants.W_OK | constants.X_OK);
        return true;
      } catch {
        return false;
      }
    },
    load: (name) => require(name) as unknown,
  };
}
