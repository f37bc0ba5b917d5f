import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';
import { root } from './process.mjs';

const SOURCE = `
export * from './lib/base'; export * from './lib/api'; export * from './lib/roles';
export { applyObjects } from './lib/local';`;

/** The runtime's parts, bundled from their sources. */
export async function loadRuntime() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-bench-'));
  const outfile = path.join(folder, 'runtime.cjs');
  await esbuild.build({
    stdin: { contents: SOURCE, resolveDir: root, loader: 'ts' },
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  const runtime = createRequire(import.meta.url)(outfile);
  rmSync(folder, { recursive: true });
  return runtime;
}

/** A whole system in this process, in real time, with functions for pods. */
export async function startSystem(runtime, { listen } = {}) {
  const { LocalSystem, noLog, noMetrics, RealClock, RealExecutor, systemRandom } = runtime;
  const executor = new RealExecutor((error) => {
    throw error;
  });
  return LocalSystem.start({
    ...{ executor, clock: new RealClock(), random: systemRandom, log: noLog, metrics: noMetrics },
    ...(listen ? { listen } : {}),
  });
}

export function service(name, { annotations = {}, ...spec } = {}) {
  return {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: { template: { metadata: { annotations }, spec: { containers: [{ image: 'example.com/app' }], ...spec } } },
  };
}
