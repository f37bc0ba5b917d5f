import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { KubeObject } from '../../api';
import { type Clock, KncError } from '../../base';
import { InterruptedError } from '../interrupted-error';
import { ProblemError } from '../output/problem';
import { SYNTH_REQUEST, type SynthRequest, type SynthResult } from '../synth/protocol';
import { childEnv } from './child-env';
import { findImageFile } from './image-file';
import type { AppSource } from './input-source';
import type { LoadedInput, LoadedObject } from './loaded-input';
import { parseYaml } from './parse-yaml';
import { synthError } from './synth-failure';

/** How apps are run. */
export interface AppRunner {
  readonly clock: Clock;
  /** The bundled `synth-child.js`. */
  readonly childFile: string;
  /** The folder of the package that knc belongs to: its cdk8s serves apps that have none. */
  readonly ownFolder: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly inheritEnv: readonly string[];
  /** Run the app command of cdk8s.yaml instead of loading the entry file. */
  readonly useAppCommand: boolean;
  /** Receives what the app prints. */
  readonly onOutput: (text: string) => void;
  /** Ends the app's process. */
  readonly signal?: AbortSignal;
  /** Where nobody gives a signal: Ctrl-C while the app runs ends it, and rejects with InterruptedError. */
  readonly onInterrupt?: (fn: () => void) => () => void;
}

/** An app has this long to synthesize, in milliseconds. */
const SYNTH_TIMEOUT_MS = 60_000;
/** After this long, in milliseconds, a person is told what is being waited for. */
const PATIENCE_MS = 5_000;

function spawnApp(source: AppSource, request: SynthRequest, home: string, runner: AppRunner): ChildProcess {
  const carried = { [SYNTH_REQUEST]: JSON.stringify(request), CDK8S_OUTDIR: path.join(request.outFolder, 'command') };
  const common = { cwd: source.folder, detached: process.platform !== 'win32' };
  if (runner.useAppCommand) {
    if (!source.command) throw new KncError('KNC4004', 'cdk8s.yaml names no app command', { where: source.folder });
    const preload = { NODE_OPTIONS: `--require ${JSON.stringify(runner.childFile)}`, HOME: runner.env['HOME'] };
    const env = childEnv(runner.env, runner.inheritEnv, { ...preload, ...carried });
    return spawn(source.command, { ...common, shell: true, env, stdio: ['ignore', 'pipe', 'pipe'] });
  }
  if (!source.entry) throw new KncError('KNC4004', 'The app has no entry file', { where: source.folder });
  // A home of its own: the app's code has no business with ~/.kube or ~/.npmrc.
  const env = childEnv(runner.env, runner.inheritEnv, { HOME: home, ...carried });
  return spawn(process.execPath, ['--no-warnings', runner.childFile], {
    ...common,
    env,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
}

function kill(child: ChildProcess): void {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Runs the child to its end; rejects if it takes too long or is aborted. */
function ended(child: ChildProcess, runner: AppRunner): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    let output = '';
    const timer = runner.clock.after(SYNTH_TIMEOUT_MS, () => {
      const seconds = SYNTH_TIMEOUT_MS / 1000;
      stop(new KncError('KNC1004', `The app took longer than ${seconds} s to synthesize`));
    });
    const patience = runner.clock.after(PATIENCE_MS, () => {
      const seconds = SYNTH_TIMEOUT_MS / 1000;
      runner.onOutput(
        `knc: still waiting for the app to end, up to ${seconds} s; a timer, server or connection that it opened keeps it alive\n`,
      );
    });
    const onAbort = () => stop(runner.signal?.reason);
    const stop = (reason: unknown) => {
      kill(child);
      finish();
      reject(reason);
    };
    const offInterrupt = runner.onInterrupt?.(() => stop(new InterruptedError()));
    const finish = () => {
      timer.cancel();
      patience.cancel();
      offInterrupt?.();
      runner.signal?.removeEventListener('abort', onAbort);
    };
    runner.signal?.addEventListener('abort', onAbort, { once: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        runner.onOutput(text);
      });
    }
    child.once('error', stop);
    child.once('close', (code) => {
      finish();
      resolve({ code, output });
    });
  });
}

async function readResult(file: string): Promise<SynthResult | undefined> {
  return existsSync(file) ? (JSON.parse(await readFile(file, 'utf8')) as SynthResult) : undefined;
}

async function readObjects(outFolder: string): Promise<KubeObject[]> {
  const entries = await readdir(outFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && /\.ya?ml$/.test(entry.name));
  const names = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  const texts = await Promise.all(names.map((file) => readFile(file, 'utf8')));
  return texts.flatMap((text, i) => parseYaml(text, path.relative(outFolder, names[i]!))).map(({ object }) => object);
}

const identity = ({ apiVersion, kind }: KubeObject, namespace: string | undefined, name: string | undefined): string =>
  [apiVersion, kind, namespace ?? '', name].join('|');

function withPaths(objects: readonly KubeObject[], result: SynthResult | undefined, fallback: string): LoadedObject[] {
  const paths = new Map(result?.paths.map((p) => [[p.apiVersion, p.kind, p.namespace ?? '', p.name].join('|'), p.path]));
  return objects.map((object) => {
    const found = paths.get(identity(object, object.metadata.namespace, object.metadata.name));
    return { object, source: found === undefined ? fallback : `construct ${found}`, synthesized: true };
  });
}

/**
 * Synthesizes an app in a process of its own. Throws KNC1001 with every invalid construct, KNC1002 if the app throws,
 * KNC1003 if it synthesizes nothing, KNC1004 if it does not end, KNC4004 if there is nothing to run.
 */
export async function loadApp(source: AppSource, runner: AppRunner): Promise<LoadedInput> {
  const scratch = await mkdtemp(path.join(os.tmpdir(), 'knc-synth-'));
  const [outFolder, home, resultFile] = [
    path.join(scratch, 'out'),
    path.join(scratch, 'home'),
    path.join(scratch, 'result.json'),
  ];
  try {
    await Promise.all([mkdir(outFolder), mkdir(home)]);
    const { folder, entry } = source;
    const request = {
      entry: runner.useAppCommand ? undefined : entry,
      folder,
      ownFolder: runner.ownFolder,
      outFolder,
      resultFile,
    };
    const { code, output } = await ended(spawnApp(source, request, home, runner), runner);
    const result = await readResult(resultFile);
    if (result?.failure) throw synthError(result.failure, folder, runner.cwd);
    if (code !== 0) {
      const text = output.trim().split('\n').slice(-20).join('\n');
      const what = `The app ended with exit code ${code}`;
      throw new ProblemError('KNC1002', what, text === '' ? [] : [{ messages: [{ text }] }]);
    }
    const shown = path.relative(runner.cwd, entry ?? folder) || folder;
    const objects = await readObjects(outFolder);
    if (objects.length === 0 && (result?.apps ?? 0) === 0)
      throw new KncError('KNC1003', 'The app synthesized nothing', { where: shown });
    return {
      objects: withPaths(objects, result, shown),
      programs: result?.programs ?? [],
      imageFile: findImageFile(folder),
      files: result?.files ?? [],
      warnings: result?.warnings ?? [],
    };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
