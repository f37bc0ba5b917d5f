#!/usr/bin/env node
// Writes lib/api/generated from the *.schema.ts files: TypeScript interfaces and plain JSON Schema, so that nothing needs the
// schema library at run time. `--crds DIR` writes the CustomResourceDefinitions as YAML too.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const apiFolder = join(root, 'lib/api');
const outFolder = join(apiFolder, 'generated');
const require = createRequire(import.meta.url);

/** Interfaces that are written by hand in lib/api/meta.ts. */
const HAND_WRITTEN = new Set(['ObjectMeta', 'OwnerReference', 'Condition', 'KResourceStatus']);

function schemaFiles(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return schemaFiles(path);
    return entry.name.endsWith('.schema.ts') && entry.name !== 'builders.schema.ts' ? [path] : [];
  });
}

/** Bundles TypeScript in memory and runs it. */
async function load(options) {
  const { outputFiles } = await build({
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    logLevel: 'error',
    absWorkingDir: root,
    ...options,
  });
  const module = { exports: {} };
  new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, require);
  return module.exports;
}

async function loadDefinitions() {
  const files = schemaFiles(apiFolder).sort();
  const contents = files
    .map((file, i) => `export * as m${i} from ${JSON.stringify(`./${relative(root, file).replaceAll('\\', '/')}`)};`)
    .join('\n');
  const modules = await load({ stdin: { contents, resolveDir: root, loader: 'ts' } });
  const definitions = new Map();
  const collect = (schema) => {
    if (!schema || typeof schema !== 'object') return;
    if (schema.$id) {
      const known = definitions.get(schema.$id);
      if (known && JSON.stringify(known) !== JSON.stringify(schema))
        throw new Error(`Two different schemas are named ${schema.$id}`);
      if (known) return;
      definitions.set(schema.$id, schema);
    }
    for (const part of Object.values(schema.properties ?? {})) collect(part);
    collect(schema.items);
    collect(schema.additionalProperties);
  };
  for (const exports of Object.values(modules)) {
    for (const value of Object.values(exports)) if (value && typeof value === 'object' && value.type === 'object') collect(value);
  }
  return new Map([...definitions].sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isForbidden = (schema) => schema['x-knc-forbidden'] !== undefined;

function tsType(schema) {
  if (schema.tsType) return schema.tsType;
  if (schema.$id) return schema.$id;
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'integer':
    case 'number':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'array': {
      const item = tsType(schema.items);
      return /^[\w.]+$/.test(item) ? `readonly ${item}[]` : `readonly (${item})[]`;
    }
    case 'object':
      if (schema.additionalProperties) return `Readonly<Record<string, ${tsType(schema.additionalProperties)}>>`;
  }
  throw new Error(`No TypeScript type for ${JSON.stringify(schema).slice(0, 200)}`);
}

const docComment = (text, indent = '') => `${indent}/** ${text.replaceAll('*/', '* /')} */\n`;

function declarationText(name, schema) {
  const required = new Set(schema.required ?? []);
  const isKind = schema['x-knc-api-version'] !== undefined;
  const lines = Object.entries(schema.properties)
    .filter(([key, field]) => !isForbidden(field) && !(isKind && ['apiVersion', 'kind', 'metadata'].includes(key)))
    .map(([key, field]) => {
      const type = field.$id && !field.tsType ? field.$id : tsType(field);
      const doc = field.description ? docComment(field.description, '  ') : '';
      return `${doc}  readonly ${key}${required.has(key) ? '' : '?'}: ${type};\n`;
    });
  // Parts are type aliases: unlike an interface, an alias may be passed where an open record is wanted, such as a pod's volume.
  const [head, tail] = isKind ? [`interface ${name} extends KubeObject`, ''] : [`type ${name} =`, ';'];
  return `${docComment(schema.description)}export ${head} {\n${lines.join('')}}${tail}\n`;
}

function typesText(definitions) {
  const own = [...definitions].filter(([name]) => !HAND_WRITTEN.has(name));
  const bodies = own.map(([name, schema]) => declarationText(name, schema)).join('\n');
  const imports = ['Condition', 'KubeObject', 'ObjectMeta', 'OwnerReference'].filter((name) =>
    new RegExp(`\\b${name}\\b`).test(bodies),
  );
  return `// Written by lib/build/generate.mjs from the *.schema.ts files.\nimport type { ${imports.join(', ')} } from '../meta';\n\n${bodies}`;
}

/** The schema as it is kept: named parts by reference, nothing that only the generator reads. */
function plain(schema, top = false) {
  if (schema.$id && !top) return { $ref: schema.$id, ...(schema.nullable && { nullable: true }) };
  const {
    $id,
    tsType: _tsType,
    'x-knc-api-version': _version,
    'x-knc-kind': _kind,
    properties,
    items,
    additionalProperties,
    ...rest
  } = schema;
  return {
    ...rest,
    ...(properties && { properties: Object.fromEntries(Object.entries(properties).map(([key, field]) => [key, plain(field)])) }),
    ...(items && { items: plain(items) }),
    ...(additionalProperties &&
      typeof additionalProperties === 'object' && { additionalProperties: plain(additionalProperties) }),
  };
}

function schemasText(definitions) {
  const table = Object.fromEntries([...definitions].map(([name, schema]) => [name, plain(schema, true)]));
  const kinds = Object.fromEntries(
    [...definitions].flatMap(([name, schema]) =>
      schema['x-knc-api-version'] ? [[`${schema['x-knc-api-version']}/${schema['x-knc-kind']}`, name]] : [],
    ),
  );
  return [
    '// Written by lib/build/generate.mjs from the *.schema.ts files.',
    '/** All definitions, as JSON text: parsed when the first object is checked, not when the package is loaded. */',
    `export const definitionsText: string =\n  ${JSON.stringify(JSON.stringify(table))};\n`,
    '/** The definition of each kind, by `<apiVersion>/<kind>`. */',
    `export const kindDefinitions: Readonly<Record<string, string>> = ${JSON.stringify(kinds, null, 2)};\n`,
  ].join('\n');
}

function writeIfChanged(path, text) {
  let old;
  try {
    old = readFileSync(path, 'utf8');
  } catch {
    // not there yet
  }
  if (old !== text) writeFileSync(path, text);
}

async function writeCrds(folder) {
  const { knativeTypes, crd } = await load({ entryPoints: [join(apiFolder, 'index.ts')] });
  const { stringify } = require('yaml');
  mkdirSync(folder, { recursive: true });
  for (const type of knativeTypes) {
    writeIfChanged(
      join(folder, `${type.plural}.${type.group}.yaml`),
      stringify(crd(type), { lineWidth: 120, aliasDuplicateObjects: false }),
    );
  }
}

const definitions = await loadDefinitions();
mkdirSync(outFolder, { recursive: true });
writeIfChanged(join(outFolder, 'types.ts'), typesText(definitions));
writeIfChanged(join(outFolder, 'schemas.ts'), schemasText(definitions));
const crdsAt = process.argv.indexOf('--crds');
if (crdsAt >= 0) await writeCrds(resolve(process.argv[crdsAt + 1] ?? 'dist/crds'));
