// Builds dist/: generated schemas, bundled entry points with types, ESM re-exports, bundled programs, CRDs.
// `--no-types` leaves the declaration files out, which is all that running needs and takes a second.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { writeCoreDescriptions } from './core-descriptions.mjs';
import { entryPoints, lightCommands, programs, runtimeFolders, units, vendors } from './entries.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'dist');
const require = createRequire(import.meta.url);
const withTypes = !process.argv.includes('--no-types');

const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

/** The unit that a source file belongs to, if any: the one with the longest folder. */
function unitOf(file) {
  return units.filter((unit) => file.startsWith(`${unit}/`)).sort((a, b) => b.length - a.length)[0];
}

/** Imports of another unit stay imports of its one file, so that there is one instance of every class in a process. */
const acrossUnits = (from) => ({
  name: 'across-units',
  setup(build) {
    build.onResolve({ filter: /^\./ }, async (args) => {
      if (args.pluginData?.seen || args.kind === 'entry-point') return undefined;
      const options = { resolveDir: args.resolveDir, kind: args.kind, pluginData: { seen: true } };
      const { path: resolved } = await build.resolve(args.path, options);
      const unit = unitOf(path.relative(root, resolved));
      if (!unit || unit === from) return undefined;
      const target = path.relative(path.join(root, from), path.join(root, unit));
      return { path: `${target.startsWith('.') ? target : `./${target}`}/index.js`, external: true };
    });
  },
});

const vendorFile = (name) => `vendor/${name.replace(/[^a-z-]+/g, '-').replace(/^-/, '')}.js`;

/** Libraries that several bundles need are files of their own, next to which `output` lies. */
const sharedVendors = (output) => ({
  name: 'shared-vendors',
  setup(build) {
    const filter = new RegExp(`^(${vendors.join('|')})$`);
    build.onResolve({ filter }, ({ path: name, importer }) => {
      if (importer.includes('node_modules')) return undefined;
      const target = path.posix.relative(path.posix.dirname(output), vendorFile(name));
      return { path: target.startsWith('.') ? target : `./${target}`, external: true };
    });
  },
});

const RUNTIME = 'runtime/index.js';
const isRuntime = (file) => runtimeFolders.some((folder) => file.startsWith(`${folder}/`));

/** What runs is one file, next to which `output` lies: `reached` gets the modules of it that are imported from elsewhere. */
const runtimeApart = (output, reached) => ({
  name: 'runtime-apart',
  setup(build) {
    build.onResolve({ filter: /^\./ }, async (args) => {
      if (args.pluginData?.seen || args.kind === 'entry-point' || isRuntime(path.relative(root, args.importer))) return undefined;
      const options = { resolveDir: args.resolveDir, kind: args.kind, pluginData: { seen: true } };
      const { path: resolved } = await build.resolve(args.path, options);
      const module = path.relative(root, resolved);
      if (!isRuntime(module)) return undefined;
      reached.add(module);
      return { path: module, namespace: 'runtime' };
    });
    build.onResolve({ filter: /.*/, namespace: 'runtime' }, ({ path: given }) => ({ path: given, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'runtime' }, ({ path: module }) => {
      const target = path.posix.relative(path.posix.dirname(output), RUNTIME);
      return { contents: `module.exports = require('${target}')[${JSON.stringify(module)}];` };
    });
  },
});

/** The file of what runs. Its modules are run when they are first asked for. */
function runtimeBundle(options, reached) {
  const getters = [...reached].sort().map((module) => `get ${JSON.stringify(module)}() { return require('./${module}'); }`);
  const stdin = { contents: `module.exports = { ${getters.join(', ')} };`, resolveDir: root, sourcefile: RUNTIME };
  const plugins = [acrossUnits(path.posix.dirname(RUNTIME)), sharedVendors(RUNTIME)];
  // The largest file of the package by far, which nobody reads: names are short in it.
  return esbuild.build({ ...options, minify: true, stdin, outfile: path.join(dist, RUNTIME), plugins });
}

const LIGHT = 'knc-light.js';
const commandFile = (command) => (lightCommands.includes(command) ? LIGHT : 'knc-heavy.js');

/** The commands of knc are not in its own file: it loads the file that holds the one that was chosen. */
const commandsApart = {
  name: 'commands-apart',
  setup(build) {
    build.onResolve({ filter: /^\.\/commands\// }, ({ path: given }) => ({
      path: given.slice('./commands/'.length),
      namespace: 'command',
    }));
    build.onResolve({ filter: /^\.\/knc-/, namespace: 'command' }, ({ path: given }) => ({ path: given, external: true }));
    build.onLoad({ filter: /.*/, namespace: 'command' }, ({ path: command }) => ({
      contents: `module.exports = require('./${commandFile(command)}')[${JSON.stringify(command)}];`,
    }));
  },
};

/** The files of commands: each exports the modules of several by the commands' names. */
async function commandBundles(options, reached) {
  const commands = readdirSync(path.join(root, 'lib/cli/commands')).map((file) => path.basename(file, '.ts'));
  const files = [...new Set(commands.map(commandFile))];
  await Promise.all(
    files.map((file) => {
      const names = commands.filter((command) => commandFile(command) === file);
      // As getters, so that a command's modules are run when it is chosen.
      const getters = names.map((name) => `get ${JSON.stringify(name)}() { return require('./${name}'); }`);
      const contents = `module.exports = { ${getters.join(', ')} };`;
      const stdin = { contents, resolveDir: path.join(root, 'lib/cli/commands'), sourcefile: file };
      return esbuild.build({
        ...options,
        stdin,
        outfile: path.join(dist, 'bin', file),
        plugins: [
          ...(file === LIGHT ? [] : [runtimeApart(`bin/${file}`, reached)]),
          acrossUnits('bin'),
          sharedVendors(`bin/${file}`),
        ],
      });
    }),
  );
}

async function bundle() {
  const common = { platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning', absWorkingDir: root, bundle: true };
  const small = { ...common, minifySyntax: true, minifyWhitespace: true, legalComments: 'none' };
  const external = ['cdk8s', 'cdk8s-plus-27', 'constructs', '@pulumi/*', 'typescript', 'lmdb', 'bufferutil', 'utf-8-validate'];
  const reached = new Set();
  await Promise.all([
    ...Object.entries(programs).map(([output, source]) =>
      esbuild.build({
        // Nearly all of it is a compiler that is not ours.
        ...{ ...small, minify: output === 'bin/synth-child.js' },
        ...{ entryPoints: [source], outfile: path.join(dist, output), external },
        plugins: output === 'bin/knc.js' ? [commandsApart, sharedVendors(output)] : [sharedVendors(output)],
      }),
    ),
    commandBundles({ ...small, external }, reached),
    ...units.map((unit) =>
      esbuild.build({
        ...(unit === 'constructs' || unit === 'constructs/model' ? common : small),
        entryPoints: [`${unit}/index.ts`],
        outfile: path.join(dist, unit, 'index.js'),
        external,
        plugins: [
          ...(unit === 'constructs/testing' ? [runtimeApart(`${unit}/index.js`, reached)] : []),
          acrossUnits(unit),
          sharedVendors(`${unit}/index.js`),
        ],
      }),
    ),
    ...vendors.map((name) =>
      esbuild.build({ ...small, minify: true, entryPoints: [name], outfile: path.join(dist, vendorFile(name)), external }),
    ),
  ]);
  await runtimeBundle({ ...small, external }, reached);
}

/** Type declarations of what the entry points reach, and of nothing else. */
function declarations() {
  run('node_modules/typescript/bin/tsc', '-p', 'lib/build/tsconfig.types.json');
  const reached = new Set();
  const visit = (file) => {
    if (reached.has(file)) return;
    reached.add(file);
    for (const [, target] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*['"](\.[^'"]*)['"]/g)) {
      const base = path.resolve(path.dirname(file), target);
      const found = [`${base}.d.ts`, path.join(base, 'index.d.ts')].find(existsSync);
      if (!found) throw new Error(`${path.relative(root, file)}: no declarations for ${target}`);
      visit(found);
    }
  };
  for (const entry of entryPoints) visit(path.join(dist, entry, 'index.d.ts'));
  for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isFile() && entry.name.endsWith('.d.ts') && !reached.has(file)) rmSync(file);
  }
}

/** ESM entry points that re-export the CommonJS instance: one module instance however it is loaded. */
function esm() {
  for (const entry of entryPoints) {
    const names = Object.keys(require(path.join(dist, entry, 'index.js'))).filter(
      (name) => name !== 'default' && name !== '__esModule',
    );
    const list = names.sort().join(', ');
    writeFileSync(path.join(dist, entry, 'index.mjs'), `import cjs from './index.js';\nexport const { ${list} } = cjs;\n`);
    writeFileSync(path.join(dist, entry, 'index.d.mts'), `export * from './index.js';\n`);
  }
}

rmSync(dist, { recursive: true, force: true });
mkdirSync(dist, { recursive: true });
run('lib/build/generate.mjs', '--crds', 'dist/crds');
await writeCoreDescriptions(root, path.join(dist, 'openapi/core-descriptions.json'));
await bundle();
run('dist/bin/knc.js', 'schemas', '--output', 'dist/schemas');
if (withTypes) declarations();
esm();
