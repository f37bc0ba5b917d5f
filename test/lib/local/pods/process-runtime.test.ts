import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CANNOT_START,
  type Container,
  conditionOf,
  isPodReady,
  type Pod,
  PodType,
  podAddress,
  SecretType,
} from '../../../../lib/api';
import { noLog } from '../../../../lib/base';
import { ImageResolver, type Program } from '../../../../lib/local/images';
import { MachineRuntimes } from '../../../../lib/local/pods';
import { makePod, podGone, podWhere, realWorld } from './support';

const folder = mkdtempSync(join(tmpdir(), 'knc-test-'));
const HELLO = `
const http = require('node:http');
http.createServer((q, r) => r.end('hello ' + process.env.NAME)).listen(process.env.PORT, () => {
  console.log('listening');
  process.stderr.write('on ' + process.env.PORT + '\\n');
});`;

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

/** Runs pods whose image is the name of a script. */
async function setUp(scripts: Readonly<Record<string, string>>, more: Partial<Program> = {}, inheritEnv: string[] = []) {
  const lines: string[] = [];
  let heard: () => void = () => {};
  const firstLine = new Promise<void>((resolve) => {
    heard = resolve;
  });
  const entries = Object.entries(scripts).map(([image, script]) => {
    const file = join(folder, `${image}-${Math.abs(script.length)}.js`);
    writeFileSync(file, script);
    return { image, program: { command: [process.execPath, file], ...more } };
  });
  let machine!: MachineRuntimes;
  const world = realWorld(({ clock, executor }) => {
    machine = new MachineRuntimes({ clock, executor, log: noLog, inheritEnv });
    return {
      runtimes: machine.runtimes,
      directory: machine.directory,
      images: new ImageResolver({ local: entries }),
      onLog: (_source, line) => {
        lines.push(`${line.stream}: ${line.text}`);
        heard();
      },
    };
  });
  await world.runtime.start();
  cleanUps.push(() => world.runtime.stop());
  const run = (containers: readonly Container[], spec = {}) => world.cluster.create(PodType, makePod(containers, spec));
  return { ...world, lines, firstLine, machine, run };
}

const serving = (image: string, more: Partial<Container> = {}): Container => ({
  name: 'app',
  image,
  ports: [{ name: 'user-port', containerPort: 8080 }],
  ...more,
});

async function get(pod: Pod, path = '/'): Promise<string> {
  const { host, port } = podAddress(pod, 8080)!;
  return (await fetch(`http://${host}:${port}${path}`)).text();
}

test('a process serves on the port of its pod, is ready when it listens, and ends with its pod', async () => {
  const { run, cluster, lines, runtime, machine, errors } = await setUp({ hello: HELLO });
  await run([
    serving('hello', {
      env: [
        { name: 'NAME', value: 'you' },
        { name: 'PORT', value: '8080' },
      ],
    }),
  ]);
  const pod = await podWhere(cluster, isPodReady);
  expect(await get(pod)).toBe('hello you');
  const port = podAddress(pod, 8080)?.port;
  expect(lines.sort()).toEqual([`stderr: on ${port}`, 'stdout: listening']);
  const kept: string[] = [];
  for await (const line of runtime.logs({ namespace: 'default', pod: 'p', container: 'app' })!) kept.push(line.text);
  expect(kept).toContain('listening');
  expect(existsSync(join(machine.directory, pod.metadata.uid))).toBe(true);
  const gone = podGone(cluster);
  await cluster.delete(PodType, 'default', 'p');
  await gone;
  await expect(get(pod)).rejects.toThrow();
  expect(existsSync(join(machine.directory, pod.metadata.uid))).toBe(false);
  expect(errors).toEqual([]);
});

test('the environment is an allow-list, a private home, and what the pod declares', async () => {
  process.env['KNC_TEST_SECRET'] = 'must not leak';
  process.env['KNC_TEST_WANTED'] = 'wanted';
  const script = `require('node:fs').writeFileSync(process.argv[2], JSON.stringify({ ...process.env, args: process.argv.slice(3), cwd: process.cwd() }))`;
  const { run, cluster, machine } = await setUp({ dump: script }, { cwd: folder, env: { A: 'mapped', B: 'mapped' } }, [
    'KNC_TEST_WANTED',
  ]);
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace: 'default', name: 's' }, stringData: { key: 'hush' } };
  await cluster.create(SecretType, secret);
  const out = join(folder, 'env.json');
  const container: Container = {
    name: 'app',
    image: 'dump',
    args: [out, 'home of $(WHO)', '$(NOT)', '$$(WHO)'],
    env: [
      { name: 'A', value: 'declared' },
      { name: 'WHO', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    volumeMounts: [{ name: 'my-secret', mountPath: '/etc/s' }],
  };
  await run([container], { restartPolicy: 'Never', volumes: [{ name: 'my-secret', secret: { secretName: 's' } }] });
  const pod = await podWhere(cluster, ({ status }) => status?.phase === 'Succeeded' || status?.phase === 'Failed');
  expect(pod.status?.phase).toBe('Succeeded');
  const seen = JSON.parse(readFileSync(out, 'utf8'));
  const own = join(machine.directory, pod.metadata.uid);
  expect(seen).toMatchObject({ A: 'declared', B: 'mapped', WHO: 'p', PATH: process.env['PATH'], HOME: join(own, 'home') });
  expect(seen).toMatchObject({ KNC_TEST_WANTED: 'wanted', cwd: folder, args: ['home of p', '$(NOT)', '$(WHO)'] });
  expect(seen.KNC_TEST_SECRET).toBeUndefined();
  const volume = join(own, 'volumes', 'my-secret');
  expect(seen).toMatchObject({ KNC_VOLUME_MY_SECRET: volume, KNC_MOUNTS: JSON.stringify({ '/etc/s': volume }) });
});

test('a process that crashes says how: exit code, last lines, and its own last words', async () => {
  const { run, cluster } = await setUp({
    crash: `console.error('no such table'); process.exit(7)`,
    words: `require('node:fs').writeFileSync(process.env.KNC_TERMINATION_LOG, 'out of luck'); process.kill(process.pid, 'SIGKILL')`,
  });
  const containers = ['crash', 'words'].map((image) => ({
    name: image,
    image,
    terminationMessagePolicy: 'FallbackToLogsOnError',
  }));
  await run(containers, { restartPolicy: 'Never' });
  const pod = await podWhere(cluster, ({ status }) => status?.phase === 'Failed');
  expect(pod.status?.containerStatuses?.map((status) => status.state?.terminated)).toMatchObject([
    { exitCode: 7, reason: 'Error', message: 'no such table\n' },
    { exitCode: 137, reason: 'Error', message: 'out of luck' },
  ]);
});

test('what a process has started ends with it', async () => {
  const script = `
const { spawn } = require('node:child_process');
const child = spawn(process.execPath, ['-e', 'process.on("SIGTERM", () => {}); setInterval(() => {}, 1000)']);
console.log('child ' + child.pid);`;
  const { run, cluster, lines, firstLine } = await setUp({ parent: script });
  await run([{ name: 'app', image: 'parent' }]);
  await firstLine;
  const gone = podGone(cluster);
  await cluster.delete(PodType, 'default', 'p');
  await gone;
  const pid = Number(lines[0]?.split(' ').at(-1));
  expect(pid).toBeGreaterThan(0);
  expect(isAlive(pid)).toBe(false);
});

test('containers of one pod see each other on 127.0.0.1, and a probe can be an HTTP request or a command', async () => {
  const { run, cluster } = await setUp({ hello: HELLO });
  const readinessProbe = { httpGet: { port: 'user-port', path: '/ready' } };
  const exec = [process.execPath, '-e', 'process.exit(process.env.NAME === "side" ? 0 : 1)'];
  const side = { name: 'side', image: 'hello', env: [{ name: 'NAME', value: 'side' }], ports: [{ containerPort: 9000 }] };
  await run([
    serving('hello', { readinessProbe }),
    { ...side, startupProbe: { exec: { command: exec } }, readinessProbe: { tcpSocket: { port: 9000 } } },
  ]);
  const pod = await podWhere(cluster, isPodReady);
  const { host, port } = podAddress(pod, 9000)!;
  expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('hello side');
});

test.each([
  [
    'a program that is not there',
    { command: ['knc-no-such-program'] },
    {},
    'exec: "knc-no-such-program": executable file not found in $PATH',
  ],
  ['a folder that is not there', { cwd: join(folder, 'nowhere') }, {}, 'no such file or directory'],
])('%s ends the container with 128 and says so', async (_what, program, container, message) => {
  const { run, cluster } = await setUp({ hello: HELLO }, program);
  await run([{ name: 'app', image: 'hello', ...container }], { restartPolicy: 'Never' });
  const pod = await podWhere(cluster, ({ status }) => status?.phase === 'Failed');
  expect(pod.status?.containerStatuses?.[0]?.state?.terminated).toMatchObject({
    exitCode: 128,
    reason: 'StartError',
    message: expect.stringContaining(message),
  });
});

test('a container with a command of its own is refused unless the mapping allows it', async () => {
  const container = {
    name: 'app',
    image: 'hello',
    command: [process.execPath, '-e', 'console.log(process.argv[1])'],
    args: ['arg'],
  };
  const refused = await setUp({ hello: HELLO });
  await refused.run([container]);
  const pod = await podWhere(refused.cluster, ({ status }) => !!status?.containerStatuses?.[0]?.state?.waiting?.message);
  expect(pod.status?.containerStatuses?.[0]?.state?.waiting).toEqual({
    reason: 'CreateContainerConfigError',
    message: expect.stringContaining('set allowCommand: true where it is mapped'),
  });
  expect(conditionOf(pod.status?.conditions, CANNOT_START)?.status).toBe('True');
  const allowed = await setUp({ hello: HELLO }, { allowCommand: true });
  await allowed.run([container], { restartPolicy: 'Never' });
  await podWhere(allowed.cluster, ({ status }) => status?.phase === 'Succeeded');
  expect(allowed.lines).toEqual(['stdout: arg']);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !/^State:\s+Z/m.test(existsSync(`/proc/${pid}/status`) ? readFileSync(`/proc/${pid}/status`, 'utf8') : '');
  } catch {
    return false;
  }
}
