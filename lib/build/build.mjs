// Builds dist/: generated schemas, compiled entry points with types, ESM re-exports, bundled programs, CRDs.
// `--no-types` leaves the declaration files out, which is all that running needs and takes a second.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { compiledFolders, entryPoints, programs } from './entries.mjs';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const dist = path.join(root, 'dist');
const require = createRequire(import.meta.url);
const withTypes = !process.argv.includes('--no-types');
const common = { platform: 'node', target: 'node20', format: 'cjs', logLevel: 'warning', absWorkingDir: root };

function sources(folder) {
  return readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.ts$/.test(entry.name) && !/\.(schema|d)\.ts$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)));
}

const run = (...args) => execFileSync(process.execPath, args, { cwd: root, stdio: 'inherit' });

async function compile() {
  const files = compiledFolders.flatMap(sources).filter((file) => !file.startsWith('constructs/testing/'));
  await esbuild.build({ ...common, entryPoints: files, outdir: dist, outbase: root, bundle: false, sourcemap: false });
}

/** Imports of what is compiled file by file stay imports, so that there is one instance of every class in a process. */
const shareCompiled = {
  name: 'share-compiled',
  setup(build) {
    build.onResolve({ filter: /^\./ }, async (args) => {
      if (args.pluginData?.seen) return undefined;
      const { path: resolved } = await build.resolve(args.path, {
        resolveDir: args.resolveDir,
        kind: args.kind,
        pluginData: { seen: true },
      });
      const file = path.relative(root, resolved);
      if (file.startsWith('constructs/testing/') || !compiledFolders.some((folder) => file.startsWith(`${folder}/`)))
        return undefined;
      const target = path.join(dist, file.replace(/\.ts$/, '.js'));
      return { path: `./${path.relative(path.join(dist, 'constructs/testing'), target)}`.replace('./..', '..'), external: true };
    });
  },
};

async function bundle() {
  const bundled = {
    ...common,
    bundle: true,
    minifySyntax: true,
    minifyWhitespace: true,
    keepNames: false,
    legalComments: 'none',
  };
  const external = ['cdk8s', 'constructs', 'typescript', 'lmdb', 'bufferutil', 'utf-8-validate'];
  await Promise.all([
    ...Object.entries(programs).map(([output, source]) =>
      esbuild.build({ ...bundled, entryPoints: [source], outfile: path.join(dist, output), external }),
    ),
    esbuild.build({
      ...bundled,
      entryPoints: ['constructs/testing/index.ts'],
      outfile: path.join(dist, 'constructs/testing/index.js'),
      external,
      plugins: [shareCompiled],
    }),
  ]);
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
await Promise.all([compile(), bundle()]);
if (withTypes) declarations();
esm();
