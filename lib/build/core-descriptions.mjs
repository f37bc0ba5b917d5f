// Writes what Kubernetes' own kinds and fields are for, from the documentation in cdk8s-plus-27's imports, for `kubectl explain`
// against knc dev: { "<definition>": { "": about the type, "<field>": about the field } }, for the definitions that knc has.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import esbuild from 'esbuild';

const require = createRequire(import.meta.url);
const ENTRY = /\/\*\*((?:(?!\*\/)[\s\S])*?)@schema (io\.k8s\.[\w.]+)(?:#([\w$]+))?\s*\*\//g;

const plainText = (comment) =>
  comment
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .filter((line) => !line.startsWith('@'))
    .join('\n')
    .trim();

async function knownDefinitions(root) {
  const { outputFiles } = await esbuild.build({
    entryPoints: [path.join(root, 'lib/local/schemas/core-table.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, require);
  return module.exports.coreTypes();
}

export async function writeCoreDescriptions(root, file) {
  const known = await knownDefinitions(root);
  const source = path.join(path.dirname(require.resolve('cdk8s-plus-27')), 'imports/k8s.d.ts');
  const found = {};
  for (const [, comment, id, field = ''] of readFileSync(source, 'utf8').matchAll(ENTRY)) {
    const text = plainText(comment);
    if (known.has(id) && text) found[id] = { [field]: text, ...found[id] };
  }
  if (Object.keys(found).length < known.size / 2)
    throw new Error(`${source}: only ${Object.keys(found).length} definitions found`);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify(found));
}
