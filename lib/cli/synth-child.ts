import { rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { Capture, type Cdk8sLike } from './synth/capture';
import { onLoad, registerTypeScript, shareOneCopy } from './synth/loader';
import { SYNTH_REQUEST, type SynthFailure, type SynthRequest, type SynthResult } from './synth/protocol';

/**
 * Runs a cdk8s app in a process of its own, or watches one that its own command runs (then this file is preloaded), and
 * writes what it synthesized to the result file when the process ends.
 */
const request = JSON.parse(process.env[SYNTH_REQUEST] ?? 'null') as SynthRequest | null;

function failureOf(error: unknown): SynthFailure {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: '' };
  const { code, where, remedy } = error as { code?: string; where?: string; remedy?: string };
  return { name: error.name, message: error.message, stack: error.stack ?? '', code, where, remedy };
}

function sourceFiles(): string[] {
  const inPackages = `${path.sep}node_modules${path.sep}`;
  return Object.keys(require.cache).filter((file) => !file.includes(inPackages) && file !== __filename);
}

function start({ entry, folder, ownFolder, outFolder, resultFile }: SynthRequest): void {
  const capture = new Capture(folder, outFolder);
  let failure: SynthFailure | undefined;
  const warnings: string[] = [];
  onLoad('cdk8s', (exports) => capture.patch(exports as Cdk8sLike));
  const isPreload = entry === undefined;
  process.on('exit', () => {
    // Of an app command several processes may be Node's; npx, say, synthesizes nothing and has nothing to tell.
    if (isPreload && capture.apps === 0) return;
    const { apps, programs, paths } = capture;
    const result: SynthResult = { apps, programs, paths, files: sourceFiles(), warnings, ...(failure ? { failure } : {}) };
    writeFileSync(resultFile, JSON.stringify(result));
  });
  if (isPreload) return;

  const fail = (error: unknown) => {
    failure ??= failureOf(error);
    process.exit(1);
  };
  process.on('warning', (warning) => {
    if (warning.name === 'KnativeWarning') warnings.push(warning.message);
    else if (warning.name !== 'ExperimentalWarning') process.stderr.write(`${warning.name}: ${warning.message}\n`);
  });
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  process.on('disconnect', () => {
    // knc has gone, and can no longer clear up after us.
    process.removeAllListeners('exit');
    rmSync(path.dirname(resultFile), { recursive: true, force: true });
    process.exit(1);
  });
  process.channel?.unref();
  registerTypeScript();
  shareOneCopy(folder, ownFolder);
  process.argv[1] = entry;
  const load = createRequire(entry);
  try {
    load('cdk8s'); // first, because ES modules import it past the hook above
  } catch {
    // What uses it will say that it is missing.
  }
  if (entry.endsWith('.mjs')) import(pathToFileURL(entry).href).catch(fail);
  else load(entry);
}

if (request) start(request);
