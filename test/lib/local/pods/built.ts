import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { buildSync } from 'esbuild';

const root = resolve(__dirname, '../../../..');

/** Bundles sources of this package to single CommonJS files in a temporary folder, as the build does; returns the folder. */
export function built(...sources: readonly string[]): string {
  const outdir = mkdtempSync(join(tmpdir(), 'knc-built-'));
  buildSync({
    entryPoints: sources.map((source) => join(root, source)),
    outdir,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'error',
  });
  return outdir;
}
