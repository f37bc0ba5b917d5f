// Runs the suite as root with a podman in namespaces of its own: its networks, firewall rules and control groups are nobody else's.
// Where that cannot be, every test is skipped and the reason is printed.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makeImage, preparePodman } from './podman.mjs';

const IMAGE = 'localhost/knc-node:test';
/** Control groups of one version alone: crun refuses a mixture, as some machines have it. */
const SETUP =
  'ip link set lo up && mount -t sysfs sysfs /sys && mount -t cgroup2 cgroup2 /sys/fs/cgroup && mount -t tmpfs tmpfs /run && ' +
  'mount -t tmpfs tmpfs /dev/shm';

const root = fileURLToPath(new URL('../..', import.meta.url));
const inside = (...command) => [
  '--net',
  '--mount',
  '--propagation',
  'private',
  '/bin/sh',
  '-c',
  `${SETUP} && exec "$@"`,
  'sh',
  ...command,
];

/** The engine, or why there is none. */
function prepare() {
  if (process.platform !== 'linux') return { why: 'this is no Linux' };
  if (process.getuid() !== 0) return { why: 'only root may do it' };
  const folder = `${root}node_modules/.cache/knc-podman`;
  try {
    // Containers of a run that was broken off would confuse this one.
    rmSync(`${folder}/storage`, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const engine = preparePodman(folder);
    makeImage(engine, folder, IMAGE);
    const tried = spawnSync('unshare', inside(engine, 'run', '--rm', IMAGE, '-e', ''), { encoding: 'utf8' });
    if (tried.error) return { why: `unshare: ${tried.error.message}` };
    return tried.status === 0 ? { engine } : { why: tried.stderr.trim().split('\n').at(-1) };
  } catch (error) {
    return {
      why: String(error.stderr || error.message)
        .trim()
        .split('\n')
        .at(-1),
    };
  }
}

const { engine, why = '' } = prepare();
const jest = [
  `${root}node_modules/jest/bin/jest.js`,
  '--config',
  `${root}test/containers/jest.config.js`,
  ...process.argv.slice(2),
];
const env = { ...process.env, KNC_NO_CONTAINERS: why, KNC_ENGINE: engine ?? '', KNC_IMAGE: IMAGE };
const [command, args] = engine ? ['unshare', inside(process.execPath, ...jest)] : [process.execPath, jest];
process.exit(spawnSync(command, args, { stdio: 'inherit', env, cwd: root }).status ?? 1);
