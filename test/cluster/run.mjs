// Builds and starts a real Kubernetes in a network namespace of its own, runs the suite inside it, and takes it down again; `--keep`
// leaves it up. With `--up` it installs the platform, runs nothing, and leaves the cluster to people (`npm run cluster`).
// Where there can be no cluster, every test is skipped and the reason is printed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const rig = path.join(root, 'test/cluster/rig');
const home = process.env.RIG_HOME ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'knc-rig');
const args = process.argv.slice(2);
const [keep, up] = ['--keep', '--up'].map((flag) => args.includes(flag));

const has = (command) => spawnSync(command, ['--help'], { stdio: 'ignore' }).error === undefined;

/** Why there can be no cluster here; empty if there can. */
function obstacle() {
  if (process.platform !== 'linux') return 'this is no Linux';
  if (process.getuid() !== 0) return 'only root may do it';
  if (!existsSync('/etc/debian_version')) return 'this is no Debian';
  const missing = ['go', 'kubectl', 'openssl'].filter((command) => !has(command));
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : '';
}

function timed(name, command, ...rest) {
  const begin = Date.now();
  const { status } = spawnSync(command, rest, { stdio: ['ignore', 'inherit', 'inherit'] });
  console.log(`${name}: ${((Date.now() - begin) / 1000).toFixed(1)} s${status === 0 ? '' : ', failed'}`);
  return status === 0;
}

/** The last lines of what each part has said. */
function printLogs() {
  const folder = path.join(home, `run-${process.env.RIG_NAME ?? 'rig'}/log`);
  for (const file of existsSync(folder) ? readdirSync(folder) : []) {
    const lines = readFileSync(path.join(folder, file), 'utf8').trimEnd().split('\n').slice(-20);
    console.log(`--- ${file}\n${lines.join('\n')}`);
  }
}

const down = () => spawnSync(path.join(rig, 'down.sh'), { stdio: 'inherit' });

function start() {
  const why = obstacle();
  if (why) return why;
  if (!timed('build', path.join(rig, 'build.sh'))) return 'the cluster could not be built';
  const hello = path.join(root, 'examples/hello/server.js');
  const orders = path.join(root, 'examples/orders');
  const built =
    timed('image of hello', path.join(rig, 'image.sh'), 'hello', hello) &&
    timed('image of orders', path.join(rig, 'image.sh'), 'orders', orders) &&
    timed('knc', process.execPath, path.join(root, 'lib/build/build.mjs'), '--no-types') &&
    timed('image of the runtime', path.join(rig, 'runtime-image.sh'));
  if (!built) return 'the images could not be built';
  down();
  if (timed('start', path.join(rig, 'up.sh'))) return '';
  printLogs();
  down();
  return 'the cluster could not be started';
}

const inside = path.join(rig, 'in');
const why = start();
if (why) console.log(`no cluster: ${why}`);
if (up) {
  if (why || !timed('platform', inside, path.join(rig, 'platform.sh'), 'small')) process.exit(1);
  console.log(`The platform is up. In its network, with its kubeconfig:
  ${path.relative(process.cwd(), inside)} kubectl get pods -A
  ${path.relative(process.cwd(), inside)} bash
Images that it knows: registry.local/hello:1, registry.local/orders:1. A service is at http://NAME.NAMESPACE.example.com by port 31080:
  … kubectl apply -f hello.yaml; … curl -H 'Host: hello.default.example.com' http://10.99.0.1:31080
To end it: ${path.relative(process.cwd(), path.join(rig, 'down.sh'))}`);
  process.exit(0);
}
const jest = [path.join(root, 'node_modules/jest/bin/jest.js'), '--config', path.join(root, 'test/cluster/jest.config.js')];
const command = [process.execPath, ...jest, ...args.filter((arg) => arg !== '--keep')];
const [file, ...rest] = why ? command : [inside, ...command];
const { status } = spawnSync(file, rest, { stdio: 'inherit', cwd: root, env: { ...process.env, KNC_NO_CLUSTER: why } });
if (!why && status !== 0) printLogs();
if (!why && !keep) down();
process.exit(status ?? 1);
