import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';
import { root } from './process.mjs';

/** The index of filters, bundled from its source. */
export async function loadIndex() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-bench-'));
  const outfile = path.join(folder, 'index.cjs');
  const contents = "export { FilterIndex } from './lib/expr'; export { filterEvent } from './lib/eventing/cloud-event';";
  await esbuild.build({
    stdin: { contents, resolveDir: root, loader: 'ts' },
    ...{ outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' },
  });
  const loaded = createRequire(import.meta.url)(outfile);
  rmSync(folder, { recursive: true });
  return loaded;
}
