import { writeFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { RealClock } from '../../../../lib/base';
import { main } from '../../../../lib/cli/main';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

/** `knc dev` with the whole runtime, processes and sockets. */
const SERVER = `require('node:http')
  .createServer((request, response) => response.end('hello ' + process.env.TARGET + ' ' + process.pid))
  .listen(process.env.PORT, () => console.log('listening'));`;

const service = (name: string, target = 'world') => `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: ${name}
spec:
  template:
    spec:
      containers:
        - image: example.com/${name}
          env: [{ name: TARGET, value: ${target} }]
---
`;

const IMAGES = `images:
  example.com/hello: { command: [node, server.js] }
  example.com/crash: { command: [node, -e, "console.error('no database'); process.exit(3)"] }
`;

interface Ready {
  readonly gateway: string;
  readonly services: { name: string; host: string }[];
}

const clock = new RealClock();

/** The first event that satisfies `test`; looks every few milliseconds, because events come from real processes. */
async function event<T>(io: FakeIo, name: string, test: (event: Record<string, unknown>) => boolean = () => true): Promise<T> {
  for (;;) {
    const found = io.events.find((one) => one['event'] === name && test(one));
    if (found) return found as T;
    await clock.sleep(10);
  }
}

function get(gateway: string, host: string): Promise<string> {
  return new Promise((resolve, reject) => {
    http
      .get(gateway, { headers: { host }, agent: false }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text: string) => {
          body += text;
        });
        response.on('end', () => resolve(body));
      })
      .on('error', reject);
  });
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('a service answers at its URL, an edit is rolled out, and Ctrl-C leaves no process behind', async () => {
  const folder = tempFolder({ 'hello.yaml': service('hello'), 'knc.images.yaml': IMAGES, 'server.js': SERVER });
  const io = new FakeIo({ cwd: folder, env: process.env });
  const outcome = main(['dev', 'hello.yaml', '--json', '--logs', '--port', '0'], io);
  const { gateway, services } = await event<Ready>(io, 'ready');
  expect(services).toMatchObject([{ name: 'hello', host: 'hello.default.127.0.0.1.sslip.io' }]);
  const first = await get(gateway, services[0]!.host);
  expect(first).toMatch(/^hello world \d+$/);
  expect(await get(gateway, 'hello.default.localhost')).toBe(first);
  await event(io, 'log', ({ service: shown, line }) => shown === 'hello' && line === 'listening');

  writeFileSync(path.join(folder, 'hello.yaml'), service('hello', 'moon'));
  await event(io, 'applied', ({ objects }) => (objects as { change: string }[])[0]!.change === 'configured');
  await event(io, 'scale', ({ revision }) => revision === 'hello-00002');
  let second = first;
  while (!second.startsWith('hello moon')) second = await get(gateway, services[0]!.host);

  io.interrupt();
  expect(await outcome).toBe(0);
  const pids = [first, second].map((text) => Number(text.split(' ')[2]));
  expect(pids.map(isAlive)).toEqual([false, false]);
  expect(io.stderrText).toBe('');
});

test('a container that crashes is one readable block', async () => {
  const folder = tempFolder({ 'crash.yaml': service('crash'), 'knc.images.yaml': IMAGES });
  const io = new FakeIo({ cwd: folder, env: { ...process.env, NO_COLOR: '1' } });
  const outcome = main(['dev', 'crash.yaml', '--port', '0'], io);
  while (!io.stderrText.includes('KNC3102')) await clock.sleep(10);
  io.interrupt();
  expect(await outcome).toBe(130);
  const block = io.stderrText.slice(io.stderrText.indexOf('error KNC3102')).split('\n\n')[0]!;
  expect(
    block
      .replace(/crash-00001-deployment-\w+-\w+/, 'POD')
      .replace(/, restarted \d+ times?.*/, '')
      .replace(/CrashLoopBackOff/, 'Exited'),
  ).toMatchInlineSnapshot(`
"error KNC3102 A container ended by itself
  Service default/crash
    in crash.yaml
    Pod POD: Exited: user-container ended with exit code 3
      | no database
  fix: Read the last lines that it printed; a service must keep running and listen on $PORT, a Job must end with 0.
  see docs/errors.md#knc3102"
`);
});

test('an image that means nothing here ends --once with 1', async () => {
  const folder = tempFolder({ 'x.yaml': service('unknown'), 'knc.images.yaml': IMAGES });
  const io = new FakeIo({ cwd: folder, env: { PATH: '' } });
  const path_ = process.env['PATH'];
  process.env['PATH'] = ''; // no container engine
  try {
    expect(await main(['dev', 'x.yaml', '--json', '--once', '--port', '0'], io)).toBe(1);
  } finally {
    process.env['PATH'] = path_;
  }
  expect(await event(io, 'error')).toMatchObject({ code: 'KNC3101' });
});

test('a port that is taken is exit code 3', async () => {
  const server = http.createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  const io = new FakeIo({ cwd: tempFolder({ 'a.yaml': service('a') }), env: {} });
  expect(await main(['dev', 'a.yaml', '--port', String(port)], io)).toBe(3);
  expect(io.stderrText).toContain(`error KNC4005 port ${port} is used by another program`);
  const forPrograms = new FakeIo({ cwd: tempFolder({ 'a.yaml': service('a') }), env: {} });
  expect(await main(['dev', 'a.yaml', '--json', '--port', String(port)], forPrograms)).toBe(3);
  expect(await event(forPrograms, 'error')).toMatchObject({ code: 'KNC4005', remedy: expect.stringContaining('--port') });
  expect(forPrograms.stderrText).toBe('');
  server.close();
});
