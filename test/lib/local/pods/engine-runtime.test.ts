import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CANNOT_START,
  ConfigMapType,
  type Container,
  conditionOf,
  isPodReady,
  type Pod,
  PodType,
  podAddress,
} from '../../../../lib/api';
import { noLog } from '../../../../lib/base';
import { MachineRuntimes } from '../../../../lib/local/pods';
import { makePod, podGone, podWhere, realWorld } from './support';

/** Stands for podman: notes what it is asked; `run` serves on the first published port until it is told to end. */
const ENGINE = (calls: string) => `#!${process.execPath}
const args = process.argv.slice(2);
const envFile = args[args.indexOf('--env-file') + 1];
const env = args[0] === 'run' ? require('node:fs').readFileSync(envFile, 'utf8') : undefined;
require('node:fs').appendFileSync(${JSON.stringify(calls)}, JSON.stringify({ args, env, multi: process.env.MULTI, pid: process.pid }) + '\\n');
const last = args.at(-1);
if (args[0] === 'image') process.exit(last === 'acme/present' ? 0 : 1);
if (args[0] === 'container') console.log('true');
if (args[0] === 'pull') { if (last !== 'acme/remote') { console.error('Trying to pull\\nmanifest unknown'); process.exit(125); } process.exit(0); }
if (args[0] === 'exec') process.exit(last === 'ok' && require('node:fs').readFileSync(${JSON.stringify(calls)}, 'utf8').includes('["run"') ? 0 : 1);
if (args[0] === 'run') {
  const port = args[args.indexOf('-p') + 1].split(':')[1];
  require('node:http').createServer((q, r) => r.end('from the image')).listen(port, () => console.log('up'));
  process.on('SIGTERM', () => process.exit(0));
}
`;

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

async function setUp() {
  const folder = mkdtempSync(join(tmpdir(), 'knc-engine-'));
  const [path, calls] = [join(folder, 'podman'), join(folder, 'calls')];
  writeFileSync(path, ENGINE(calls));
  writeFileSync(calls, '');
  chmodSync(path, 0o755);
  const world = realWorld(({ clock, executor }) => {
    const machine = new MachineRuntimes({ clock, executor, log: noLog, engine: { name: 'podman', path } });
    return { runtimes: machine.runtimes, directory: machine.directory };
  });
  await world.runtime.start();
  cleanUps.push(() => world.runtime.stop());
  const asked = (command: string) =>
    readFileSync(calls, 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as { args: string[]; env?: string; multi?: string })
      .filter(({ args }) => args[0] === command);
  return { ...world, asked };
}

const waitingOf = (pod: Pod) => pod.status?.containerStatuses?.[0]?.state?.waiting;

const container = (more: Partial<Container> = {}): Container => ({
  name: 'app',
  image: 'acme/present:v1',
  ports: [{ name: 'user-port', containerPort: 8080 }],
  ...more,
});

test('an image that no program stands for is run by the engine, with ports, environment, volumes and limits', async () => {
  const { cluster, asked } = await setUp();
  const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name: 'm' }, data: { a: 'A' } };
  await cluster.create(ConfigMapType, settings);
  const whole = container({
    image: 'acme/present',
    imagePullPolicy: 'IfNotPresent',
    command: ['serve', '--fast'],
    args: ['on $(PORT)'],
    workingDir: '/app',
    env: [
      { name: 'A', value: '1' },
      { name: 'MULTI', value: 'two\nlines' },
    ],
    resources: { limits: { cpu: '500m', memory: '64Mi' } },
    securityContext: { runAsUser: 1000 },
    volumeMounts: [{ name: 'v', mountPath: '/etc/v', readOnly: true, subPath: 'a' }],
    readinessProbe: { exec: { command: ['check', 'ok'] } },
  });
  await cluster.create(PodType, makePod([whole], { volumes: [{ name: 'v', configMap: { name: 'm' } }] }));
  const pod = await podWhere(cluster, isPodReady);
  const { args, env, multi } = asked('run')[0]!;
  const real = podAddress(pod, 8080)?.port;
  expect(args.join(' ')).toMatch(new RegExp(`^run --rm --name knc-${pod.metadata.uid.slice(0, 8)}-app-0 --env-file `));
  expect(args.join(' ')).toContain(`-p 127.0.0.1:${real}:8080`);
  expect(args.join(' ')).toMatch(/-v \S+\/volumes\/v\/a:\/etc\/v:ro/);
  expect(args.join(' ')).toContain('--cpus 0.5 --memory 67108864 --user 1000');
  expect(args.slice(-7)).toEqual(['--workdir', '/app', '--entrypoint', 'serve', 'acme/present', '--fast', 'on 8080']);
  expect(env).toBe('PORT=8080\nA=1\n');
  expect(multi).toBe('two\nlines');
  expect(asked('exec')[0]?.args.slice(-2)).toEqual(['check', 'ok']);
  const gone = podGone(cluster);
  await cluster.delete(PodType, 'default', 'p');
  await gone;
});

test('it is ready when it listens, and answers', async () => {
  const { cluster } = await setUp();
  await cluster.create(PodType, makePod([container({ image: 'acme/present', imagePullPolicy: 'IfNotPresent' })]));
  const { host, port } = podAddress(await podWhere(cluster, isPodReady), 8080)!;
  expect(await (await fetch(`http://${host}:${port}`)).text()).toBe('from the image');
});

test.each([
  ['Never', 'ErrImageNeverPull', true, 'Container image "acme/absent" is not present with pull policy of Never'],
  [
    'IfNotPresent',
    'ErrImagePull',
    false,
    expect.stringMatching(
      /^no local program is known for image "acme\/absent", and \w+ cannot pull it: manifest unknown\nSay in knc/,
    ),
  ],
])('an image that cannot be had under policy %s waits with %s, in vain: %s', async (imagePullPolicy, reason, final, message) => {
  const { cluster } = await setUp();
  await cluster.create(PodType, makePod([container({ image: 'acme/absent', imagePullPolicy })]));
  const pod = await podWhere(cluster, (candidate) => waitingOf(candidate)?.message !== undefined);
  expect(waitingOf(pod)).toEqual({ reason, message });
  expect(conditionOf(pod.status?.conditions, CANNOT_START) !== undefined).toBe(final);
});

test.each(['--privileged', '-v=/:/host', 'no image at all'])(
  'an image reference that the engine would take for something else is never given to it: %s',
  async (image) => {
    const { cluster, asked } = await setUp();
    await cluster.create(PodType, makePod([container({ image, args: ['alpine'] })]));
    const pod = await podWhere(cluster, (candidate) => waitingOf(candidate)?.message !== undefined);
    expect(waitingOf(pod)).toEqual({ reason: 'InvalidImageName', message: expect.stringContaining('invalid reference format') });
    expect([...asked('image'), ...asked('pull'), ...asked('run')]).toEqual([]);
  },
);

test('a first container that could not be started leaves no network that the next attempt would look for', async () => {
  const { cluster, asked } = await setUp();
  const first = container({ image: 'acme/present', imagePullPolicy: 'IfNotPresent', securityContext: { runAsGroup: 1 } });
  const second = { ...container({ image: 'acme/present', imagePullPolicy: 'IfNotPresent' }), name: 'second' };
  await cluster.create(PodType, makePod([first, second]));
  await podWhere(cluster, (pod) => !!pod.status?.containerStatuses?.[1]?.ready);
  expect(asked('run').map(({ args }) => [args.includes('-p'), args.includes('--network')])).toEqual([[true, false]]);
});
