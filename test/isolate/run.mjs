// Runs the suite as root in a network of its own, so that what it makes and breaks is nobody else's. Where that cannot be, every
// test is skipped and the reason is printed.
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const SETUP = 'ip link set lo up && mount -t sysfs sysfs /sys && mkdir -p /run/netns && mount -t tmpfs tmpfs /run/netns';
const PROBE =
  'ip link add knc-p0 type veth peer name knc-p1 && ip link add knc-p2 type bridge && ip netns add knc-p && curl --version';

const inside = (script, ...args) => ['--net', '--mount', '--propagation', 'private', '/bin/sh', '-c', script, 'sh', ...args];

function obstacle() {
  if (process.platform !== 'linux') return 'this is no Linux';
  if (process.getuid() !== 0) return 'only root may make networks';
  const probe = spawnSync('unshare', inside(`${SETUP} && ${PROBE}`), { encoding: 'utf8' });
  if (probe.error) return `unshare: ${probe.error.message}`;
  return probe.status === 0 ? undefined : probe.stderr.trim().split('\n').at(-1);
}

const why = obstacle();
const root = fileURLToPath(new URL('../..', import.meta.url));
const jest = [`${root}node_modules/jest/bin/jest.js`, '--config', `${root}test/isolate/jest.config.js`, ...process.argv.slice(2)];
const env = { ...process.env, KNC_NOT_ISOLATED: why ?? '' };
const [command, args] =
  why === undefined ? ['unshare', inside(`${SETUP} && exec "$@"`, process.execPath, ...jest)] : [process.execPath, jest];
process.exit(spawnSync(command, args, { stdio: 'inherit', env, cwd: root }).status ?? 1);
