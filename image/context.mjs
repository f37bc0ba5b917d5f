// Makes the build context of the image: one bundle of what runs, the libraries that cannot be in it, and the list of both.
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { bill, licenceTexts } from './bill.mjs';
import { durableStore } from './durable-store.mjs';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** Loaded by a thread of its own, by its file, or only by who makes certificates. */
const LIBRARIES_APART = ['jsonata', '@peculiar/x509'];

/** What is optional to the libraries that use it, and of no use here. */
const EXTERNAL = ['lmdb', 'bufferutil', 'utf-8-validate', 'typescript', 'cdk8s', 'constructs', '@pulumi/*'];

const librariesApart = {
  name: 'libraries-apart',
  setup(build) {
    build.onResolve({ filter: new RegExp(`^(${LIBRARIES_APART.join('|')})$`) }, ({ path: name }) => ({
      path: `./vendor/${name}.js`,
      external: true,
    }));
  },
};

/** What the sidecar of pods has of its HTTP client: a pool of connections, and nothing that a browser has. */
const poolAlone = {
  name: 'pool-alone',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: 'undici', namespace: 'pool-alone' }));
    build.onLoad({ filter: /.*/, namespace: 'pool-alone' }, () => ({
      resolveDir: root,
      contents: `exports.Pool = require('undici/lib/dispatcher/pool.js');
exports.Client = require('undici/lib/dispatcher/client.js');
exports.buildConnector = require('undici/lib/core/connect.js');`,
    }));
  },
};

/** The program of the image: the sidecar is a file of its own, as it is in many pods and small. */
const LAUNCHER = `#!/usr/bin/env node
require(process.argv.slice(2, 5).join(' ') === 'run --role queue' ? './queue.js' : './runtime.js');
`;

async function bundle(app) {
  const common = {
    ...{
      platform: 'node',
      target: 'node20',
      format: 'cjs',
      logLevel: 'warning',
      absWorkingDir: root,
      bundle: true,
      metafile: true,
    },
    ...{ minifySyntax: true, minifyWhitespace: true, legalComments: 'none', external: EXTERNAL, preserveSymlinks: true },
  };
  const built = await Promise.all([
    esbuild.build({
      ...common,
      entryPoints: ['lib/cli/image.ts'],
      outfile: path.join(app, 'runtime.js'),
      plugins: [librariesApart],
    }),
    esbuild.build({ ...common, entryPoints: ['lib/cli/queue.ts'], outfile: path.join(app, 'queue.js'), plugins: [poolAlone] }),
    ...LIBRARIES_APART.map((name) =>
      esbuild.build({ ...common, entryPoints: [name], outfile: path.join(app, 'vendor', `${name}.js`) }),
    ),
  ]);
  writeFileSync(path.join(app, 'knc.js'), LAUNCHER, { mode: 0o755 });
  return built.map(({ metafile }) => metafile);
}

/** Packages of which something is in a bundle: a folder below node_modules each. */
function packagesOf(metafiles) {
  const files = metafiles
    .flatMap(({ outputs }) => Object.values(outputs))
    .flatMap(({ inputs }) => Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])));
  return files.flatMap((file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/)?.[0] ?? []);
}

function sizeOf(folder) {
  let bytes = 0;
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) bytes += statSync(path.join(entry.parentPath, entry.name)).size;
  }
  return bytes;
}

/** Says that a folder is a context, which the next run may replace. */
const MARKER = '.knc-image-context';

/** Takes away what an earlier run made; whatever else is there stays, and is an error. */
function makeEmpty(folder) {
  if (existsSync(folder)) {
    const isFolder = statSync(folder).isDirectory();
    if (!isFolder || (readdirSync(folder).length > 0 && !existsSync(path.join(folder, MARKER)))) {
      const trouble = isFolder ? 'is not empty, and its files are not of an earlier `npm run image`' : 'is not a folder';
      throw new Error(`--context ${folder}: it ${trouble}. Name a new or an empty folder; nothing was changed in this one.`);
    }
    rmSync(folder, { recursive: true });
  }
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, MARKER), 'Made by npm run image, which replaces this folder.\n');
}

function revision() {
  try {
    return execFileSync('git', ['rev-parse', 'HEAD'], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return '';
  }
}

/**
 * Makes the context anew in a folder, which is new, empty or what an earlier run made.
 * @param arch whose processors the image is for, as Node says it: x64, arm64
 * @returns version, revision and the size of what is put on top of the base, in bytes
 */
export async function makeContext(folder, arch = process.arch) {
  const { name, version, description, license } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
  const app = path.join(folder, 'app');
  makeEmpty(folder);
  mkdirSync(app);
  if (!existsSync(path.join(root, 'lib/api/generated/schemas.ts'))) {
    execFileSync(process.execPath, ['lib/build/generate.mjs'], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] });
  }
  const metafiles = await bundle(app);
  const store = durableStore(root, arch);
  for (const file of store.files) {
    const target = path.join(app, file);
    mkdirSync(path.dirname(target), { recursive: true });
    copyFileSync(path.join(root, file), target);
    chmodSync(target, 0o644);
  }
  const packages = [...new Set([...packagesOf(metafiles), ...store.packages])].sort();
  writeFileSync(path.join(app, 'package.json'), `${JSON.stringify({ name, version, description, license }, null, 2)}\n`);
  writeFileSync(
    path.join(app, 'sbom.cdx.json'),
    `${JSON.stringify(bill(root, { name, version, license }, packages), null, 2)}\n`,
  );
  writeFileSync(path.join(app, 'THIRD-PARTY-LICENSES'), licenceTexts(root, packages));
  if (existsSync(path.join(root, 'LICENSE'))) copyFileSync(path.join(root, 'LICENSE'), path.join(app, 'LICENSE'));
  copyFileSync(path.join(root, 'image/Dockerfile'), path.join(folder, 'Dockerfile'));
  return { version, revision: revision(), bytes: sizeOf(app), packages };
}
