// lmdb, which keeps events, has a native part and is no part of the bundle: which of its files the image needs.
import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';

/** Loaded where it is there, and not needed: it makes a coding faster that is not used. */
const NOT_NEEDED = /^node_modules\/(@msgpackr-extract\/|msgpackr-extract\/)/;

/** Files that node loads for lmdb, below the root. */
function loaded(root) {
  const require = createRequire(path.join(root, 'package.json'));
  const before = new Set(Object.keys(require.cache));
  require('lmdb');
  const files = Object.keys(require.cache).filter((file) => !before.has(file));
  // The folder of packages may be a link.
  const home = path.dirname(realpathSync(path.join(root, 'node_modules')));
  return files.map((file) => path.relative(home, file)).filter((file) => !NOT_NEEDED.test(file) && !file.endsWith('.node'));
}

const packageOf = (file) => file.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)[0];

/** @throws Error where the native part for these processors is not installed */
export function durableStore(root, arch) {
  const native = `node_modules/@lmdb/lmdb-linux-${arch}`;
  // One that serves every version of Node.
  const addon = `${native}/node.napi.glibc.node`;
  if (!existsSync(path.join(root, addon))) {
    throw new Error(`${addon} is not there: npm install --no-save --force --os=linux --cpu=${arch} @lmdb/lmdb-linux-${arch}`);
  }
  const files = [...loaded(root), addon, `${native}/index.js`];
  const packages = [...new Set(files.map(packageOf))];
  const all = new Set([...files, ...packages.map((folder) => `${folder}/package.json`)]);
  return { files: [...all].filter((file) => existsSync(path.join(root, file))).sort(), packages };
}
