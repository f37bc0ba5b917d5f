// Writes what is generated of the documents: API.md from docstrings, docs/errors.md from the error table, docs/cli.md from the command table.
// `--check` writes nothing and fails, naming the files, if any of them is out of date.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { Application } from 'typedoc';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const scratch = mkdtempSync(path.join(os.tmpdir(), 'knc-docs-'));

/** Public entry points in the order in which a reader wants them: import name → source. */
const entries = {
  'knative-constructs': 'constructs/index.ts',
  'knative-constructs/testing': 'constructs/testing/index.ts',
  'knative-constructs/pulumi': 'constructs/pulumi/index.ts',
};

/** Where a member comes from matters to nobody who looks up what it does. */
function withoutNoise(text) {
  const sections = text.split(/^(?=#+ )/m);
  const noise = /^#+ (Inherited from|Overrides|Implementation of|Extended by|Implements|Extends)\n/;
  return sections
    .filter((section) => !noise.test(section))
    .map((section) => section.replace(/^#+ (Get Signature|Constructor)\n+/, ''))
    .join('')
    .replace(/^\*\*\*\n+/gm, '')
    .trim();
}

async function apiPage(name, source) {
  const out = path.join(scratch, name.replace('/', '-'));
  const app = await Application.bootstrapWithPlugins({
    entryPoints: [path.join(root, source)],
    tsconfig: path.join(root, 'lib/build/tsconfig.types.json'),
    plugin: ['typedoc-plugin-markdown'],
    out,
    outputFileStrategy: 'modules',
    readme: 'none',
    githubPages: false,
    hideBreadcrumbs: true,
    hidePageHeader: true,
    hidePageTitle: true,
    disableSources: true,
    excludeInternal: true,
    excludePrivate: true,
    excludeExternals: true,
    parametersFormat: 'table',
    interfacePropertiesFormat: 'table',
    propertyMembersFormat: 'table',
    typeDeclarationFormat: 'table',
    enumMembersFormat: 'table',
    useCodeBlocks: false,
    expandObjects: false,
    logLevel: 'Error',
  });
  const project = await app.convert();
  if (!project || app.logger.hasErrors()) throw new Error(`typedoc failed for ${name}`);
  await app.generateOutputs(project);
  const [page] = readdirSync(out).filter((file) => file.endsWith('.md'));
  const text = readFileSync(path.join(out, page), 'utf8').trim();
  return `# ${name}\n\n${withoutNoise(text)}\n`;
}

async function apiDocument() {
  const pages = [];
  for (const [name, source] of Object.entries(entries)) pages.push(await apiPage(name, source));
  return `<!-- Generated from docstrings by \`npm run docs\`. -->\n\n${pages.join('\n')}`;
}

async function errorsDocument() {
  const outfile = path.join(scratch, 'error-table.mjs');
  await esbuild.build({ entryPoints: [path.join(root, 'lib/base/error-table.ts')], outfile, format: 'esm' });
  const { errorTable } = await import(outfile);
  const rows = Object.entries(errorTable).sort(([a], [b]) => a.localeCompare(b));
  const lines = rows.map(([code, { title, remedy }]) => `## ${code}\n\n${title}.\n\n${remedy}\n`);
  const head =
    '<!-- Generated from lib/base/error-table.ts by `npm run docs`. -->\n\n# Errors\n\n' +
    'KNC1: synthesis. KNC2: applying objects. KNC3: the local runtime. KNC4: the command line. KNC5: our own fault.\n';
  return `${head}\n${lines.join('\n')}`;
}

async function cliDocument() {
  const outfile = path.join(scratch, 'cli-document.mjs');
  const entry = path.join(root, 'lib/cli/cli-document.ts');
  await esbuild.build({ entryPoints: [entry], outfile, format: 'esm', bundle: true, platform: 'node' });
  return (await import(outfile)).cliDocument();
}

const documents = {
  'API.md': await apiDocument(),
  'docs/errors.md': await errorsDocument(),
  'docs/cli.md': await cliDocument(),
};
rmSync(scratch, { recursive: true });
const read = (file) => {
  try {
    return readFileSync(path.join(root, file), 'utf8');
  } catch {
    return '';
  }
};
const stale = Object.keys(documents).filter((file) => read(file) !== documents[file]);
if (process.argv.includes('--check')) {
  if (stale.length > 0) {
    console.error(`out of date: ${stale.join(', ')}; run \`npm run docs\``);
    process.exit(1);
  }
} else {
  for (const file of stale) writeFileSync(path.join(root, file), documents[file]);
  console.log(stale.length > 0 ? `wrote ${stale.join(', ')}` : 'documents are up to date');
}
