import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { isPodReady, PodType } from '../../../../lib/api';
import { noLog } from '../../../../lib/base';
import { ImageResolver } from '../../../../lib/local/images';
import { MachineRuntimes, type PodRuntime } from '../../../../lib/local/pods';
import { makePod, podWhere, realWorld } from '../pods/support';
import { TestServer, TOKEN } from './support';

const SERVER = `
console.log('first');
require('node:http').createServer((_, r) => { console.log('asked'); r.end(); }).listen(process.env.PORT, () => console.log('second'));
`;
const file = join(mkdtempSync(join(tmpdir(), 'knc-test-')), 'server.js');
writeFileSync(file, SERVER);

let server: TestServer;
let runtime: PodRuntime;
beforeAll(async () => {
  const world = realWorld(({ clock, executor }) => {
    const { runtimes, directory } = new MachineRuntimes({ clock, executor, log: noLog });
    const images = new ImageResolver({ local: [{ image: 'app', program: { command: [process.execPath, file] } }] });
    return { runtimes, directory, images };
  });
  runtime = world.runtime;
  await runtime.start();
  server = await TestServer.start({ pods: runtime }, { cluster: world.cluster });
  const env = [{ name: 'GREETING', value: 'hello' }];
  await world.cluster.create(PodType, makePod([{ name: 'app', image: 'app', env, ports: [{ containerPort: 8080 }] }]));
  const two = [
    { name: 'a', image: 'missing' },
    { name: 'b', image: 'missing' },
  ];
  await world.cluster.create(PodType, makePod(two, {}, { name: 'two' }));
  await podWhere(world.cluster, isPodReady);
  for await (const { text } of runtime.logs({ namespace: 'default', pod: 'p', container: 'app' }, { follow: true }) ?? []) {
    if (text === 'second') break;
  }
});
afterAll(async () => {
  await server.close();
  await runtime.stop();
});

const POD = '/api/v1/namespaces/default/pods/p';

test('what a container has written is read whole, in part, and with its times', async () => {
  expect((await server.send(`${POD}/log`)).text).toBe('first\nsecond\n');
  expect((await server.send(`${POD}/log?container=app&tailLines=1`)).text).toBe('second\n');
  expect((await server.send(`${POD}/log?limitBytes=3`)).text).toBe('fir');
  expect((await server.send(`${POD}/log?timestamps=true&tailLines=1`)).text).toMatch(
    /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{9}Z second\n$/,
  );
  expect((await server.send(`${POD}/log?sinceTime=2999-01-01T00:00:00Z`)).text).toBe('');
});

test('what a container writes is followed for as long as the reader reads', async () => {
  const response = await server.open(`${POD}/log?follow=true&tailLines=1`);
  const chunks = response[Symbol.asyncIterator]();
  expect(String((await chunks.next()).value)).toBe('second\n');
  const next = chunks.next();
  await exec([process.execPath, '-e', "fetch('http://127.0.0.1:' + process.env.PORT)"]);
  expect(String((await next).value)).toContain('asked');
  response.destroy();
});

test.each([
  ['p/log?container=other', 400, 'container other is not valid for pod p'],
  ['two/log', 400, 'a container name must be specified for pod two, choose one of: [a b]'],
  ['two/log?container=a', 400, /^container "a" in pod "two" is waiting to start: (ErrImagePull|ContainerCreating)$/],
  ['p/log?previous=true', 400, 'previous terminated container "app" in pod "p" not found'],
  ['p/log?tailLines=-1', 422, expect.stringContaining('tailLines')],
  ['none/log', 404, 'pods "none" not found'],
])('there is no log at %s', async (path, code, message) => {
  const { json } = await server.send(`/api/v1/namespaces/default/pods/${path}`);
  expect(json.code).toBe(code);
  if (message instanceof RegExp) expect(json.message).toMatch(message);
  else expect(json.message).toEqual(message);
});

interface Session {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: { readonly status: string; readonly message?: string; readonly details?: unknown };
}

/** Runs a command as kubectl does. @param input what it reads; its input ends after it */
async function exec(command: readonly string[], input?: string, protocol = 'v5.channel.k8s.io'): Promise<Session> {
  const socket = open(command, input !== undefined, protocol);
  const read: Record<number, string> = { 1: '', 2: '', 3: '' };
  socket.on('message', (data: Buffer) => {
    read[data[0]!] += data.subarray(1).toString();
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  if (input !== undefined) {
    socket.send(Buffer.concat([Buffer.of(0), Buffer.from(input)]));
    socket.send(Buffer.of(255, 0));
  }
  await new Promise((resolve) => socket.once('close', resolve));
  return { stdout: read[1]!, stderr: read[2]!, status: JSON.parse(read[3]!) };
}

function open(command: readonly string[], stdin: boolean, protocol = 'v5.channel.k8s.io', headers = {}): WebSocket {
  const query = new URLSearchParams({ stdout: 'true', stderr: 'true' });
  for (const one of command) query.append('command', one);
  if (stdin) query.set('stdin', 'true');
  return new WebSocket(`${server.url.replace('https', 'wss')}${POD}/exec?${query}`, protocol, {
    ca: server.certificate,
    headers: { authorization: `Bearer ${TOKEN}`, ...headers },
  });
}

test('a command runs beside a container with its environment, and both outputs and the exit code come back', async () => {
  const { stdout, stderr, status } = await exec(['sh', '-c', 'echo $GREETING; echo sorry >&2; exit 3']);
  expect([stdout, stderr]).toEqual(['hello\n', 'sorry\n']);
  expect(status).toMatchObject({
    status: 'Failure',
    reason: 'NonZeroExitCode',
    message: 'command terminated with non-zero exit code: exit status 3',
    details: { causes: [{ reason: 'ExitCode', message: '3' }] },
  });
});

test('a command reads what it is sent until the client closes its input', async () => {
  const { stdout, status } = await exec(['cat'], 'some input');
  expect([stdout, status]).toEqual(['some input', { metadata: {}, status: 'Success' }]);
});

test('all of a large output comes through', async () => {
  const { stdout } = await exec(['sh', '-c', 'head -c 5000000 /dev/zero']);
  expect(stdout.length).toBe(5_000_000);
});

test('a command that cannot be started is told by name', async () => {
  const { status } = await exec(['no-such-command']);
  expect(status.message).toContain('executable file not found in $PATH');
});

test('a command ends when its client leaves', async () => {
  const socket = open(['sh', '-c', 'echo $$; exec cat'], true);
  const pid = await new Promise<number>((resolve) => {
    socket.on('message', (data: Buffer) => data[0] === 1 && resolve(Number(data.subarray(1).toString())));
  });
  expect(() => process.kill(pid, 0)).not.toThrow();
  socket.terminate();
  await expect(untilGone(pid)).resolves.toBeUndefined();
});

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a command whose client asks for no proper connection does not live on', async () => {
  const marker = join(mkdtempSync(join(tmpdir(), 'knc-test-')), 'pid');
  const query = new URLSearchParams({ stdout: 'true' });
  for (const one of ['sh', '-c', `echo $$ > ${marker}; exec cat`]) query.append('command', one);
  const headers = { connection: 'Upgrade', upgrade: 'websocket', 'sec-websocket-version': '13' };
  const protocol = { 'sec-websocket-protocol': 'v5.channel.k8s.io' };
  // Without a key, which the protocol wants.
  const { code } = await server.send(`${POD}/exec?${query}&stdin=true`, { headers: { ...headers, ...protocol } });
  expect(code).toBe(400);
  const started = existsSync(marker) ? Number(readFileSync(marker, 'utf8')) : undefined;
  if (started) await expect(untilGone(started)).resolves.toBeUndefined();
});

test.each<[string, number, object, string[]]>([
  ['without the token', 401, { authorization: 'Bearer x' }, ['v5.channel.k8s.io']],
  ['for a page of another site', 403, { origin: 'https://evil.example' }, ['v5.channel.k8s.io']],
  ['by a host that somebody has pointed here', 403, { host: 'evil.example' }, ['v5.channel.k8s.io']],
  ['by an older protocol', 400, {}, ['channel.k8s.io']],
])('no command runs %s', async (_what, code, headers, [protocol]) => {
  const socket = open(['true'], false, protocol!, headers);
  const answered = await new Promise((resolve) =>
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode)),
  );
  expect(answered).toBe(code);
});

test('what is not a WebSocket is told so', async () => {
  expect((await server.send(`${POD}/exec?command=true`, { method: 'POST', body: {} })).json.message).toBe(
    'Upgrade request required',
  );
  expect((await server.send(`${POD}/portforward`)).json.code).toBe(400);
});
