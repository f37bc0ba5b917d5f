// The bench of events, in a network of its own where that can be had: Knative's dispatcher has a fixed port on every address.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { upstreamBinaries } from './support/upstream-eventing.mjs';

const bench = [
  process.execPath,
  path.join(path.dirname(fileURLToPath(import.meta.url)), 'run.mjs'),
  'eventing',
  ...process.argv.slice(2),
];
upstreamBinaries(); // built while there is a network
const own = ['unshare', '--net', 'sh', '-c', 'ip link set lo up && exec "$@"', 'sh'];
const possible = spawnSync(own[0], [...own.slice(1), 'true'], { stdio: 'ignore' }).status === 0;
const [command, ...args] = possible ? [...own, ...bench] : bench;
process.exit(spawnSync(command, args, { stdio: 'inherit' }).status ?? 1);
