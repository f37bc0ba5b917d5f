import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import WebSocket from 'ws';
import { tempFolder } from '../lib/cli/temp-folder';
import { describeBuilt, get, Knc, type KncEvent } from './support/knc';
import { clock, until } from './support/real-system';

const SERVER = `
const http = require('node:http');
const { PEER, TARGET, STUBBORN } = process.env;
const server = http.createServer(async (request, response) => {
  try {
    if (request.url === '/env') response.end(PEER + ' ' + (await (await fetch(PEER)).text()));
    else if (request.url === '/name') response.end(await (await fetch('http://hello.default.svc.cluster.local')).text());
    else if (request.url === '/nobody') response.end(String((await fetch('http://nobody.default.svc.cluster.local')).status));
    else if (request.url === '/parent') response.end(String(process.ppid));
    else response.end('hello ' + TARGET + ' ' + process.pid);
  } catch (error) {
    response.writeHead(500).end(String(error.cause ?? error));
  }
});
server.listen(process.env.PORT);
process.on('SIGTERM', () => STUBBORN || server.close());
`;

const SOCKETS = `
const { WebSocketServer } = require(${JSON.stringify(require.resolve('ws'))});
const server = new WebSocketServer({ port: Number(process.env.PORT) });
server.on('connection', (socket) => socket.on('message', (data, binary) => socket.send('echo ' + data, { binary })));
process.on('SIGTERM', () => process.exit(0));
`;

const app = (target: string, more = '') => `
import { App, Chart } from 'cdk8s';
import { KnService } from 'knative-constructs';
const app = new App();
const chart = new Chart(app, 'app');
const local = { command: ['node', 'server.js'] };
const service = (name: string, props: object) => new KnService(chart, name, { name, image: 'example.com/app', local, ...props });
service('hello', { env: { TARGET: '${target}' } });
${more}
app.synth();
`;

const CALLER = "service('caller', { env: { PEER: 'http://hello.default.svc.cluster.local' } });";
const ECHO = "service('echo', { scale: { initial: 0 }, local: { command: ['node', 'sockets.js'] } });";

const folderOf = (main: string) =>
  tempFolder({
    'cdk8s.yaml': 'language: typescript\napp: npx ts-node main.ts\n',
    'main.ts': main,
    'server.js': SERVER,
    'sockets.js': SOCKETS,
  });

interface Ready {
  readonly gateway: string;
  readonly services: readonly { readonly name: string; readonly host: string }[];
}

const start = (folder: string, ...more: string[]) => new Knc(folder, 'dev', '.', '--json', '--ephemeral', '--port', '0', ...more);

/** Nothing that belonged to this run is left, be it process or file. */
const nothingLeft = (knc: Knc) =>
  until(`nothing to be left, but ${knc.processes()} ${knc.files()}`, () => knc.processes().length + knc.files().length === 0);

const HELLO = 'hello.default.127.0.0.1.sslip.io';

describeBuilt('knc dev', () => {
  let knc: Knc | undefined;
  afterEach(() => knc?.end());

  describe('while it runs', () => {
    let dev: Knc;
    let folder: string;
    let ready: KncEvent & Ready;

    beforeAll(async () => {
      folder = folderOf(app('world', `${CALLER}${ECHO}`));
      dev = start(folder);
      ready = await dev.event<Ready>('ready');
    });

    afterAll(() => dev.end());

    test('says in one line of JSON where everything answers', () => {
      const { port } = new URL(ready.gateway);
      const reachable = (name: string) => ({
        name,
        namespace: 'default',
        url: `http://${name}.default.localhost:${port}`,
        host: `${name}.default.127.0.0.1.sslip.io`,
      });
      expect(ready).toEqual({
        event: 'ready',
        gateway: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        kubeconfig: expect.any(String),
        services: ['hello', 'caller', 'echo'].map(reachable),
        elapsedMs: expect.any(Number),
      });
      expect(dev.stderr).toBe('');
    });

    test.each([
      ['a name that needs no DNS', () => 'hello.default.localhost'],
      ['such a name with the port', () => `hello.default.localhost:${new URL(ready.gateway).port}`],
      ['a name that sslip.io resolves', () => HELLO],
      ['such a name with another port', () => `${HELLO}:80`],
      ['capitals', () => 'Hello.Default.LOCALHOST'],
    ])('a service answers under %s', async (_, host) => {
      expect(await get(ready.gateway, host())).toMatchObject({ status: 200, text: expect.stringMatching(/^hello world \d+$/) });
    });

    test('an unknown host is told which ones there are', async () => {
      const { status, text } = await get(ready.gateway, 'nobody.default.localhost');
      expect(status).toBe(404);
      expect(text).toContain('hello.default.127.0.0.1.sslip.io');
    });

    test('every answer says where its time went', async () => {
      const { headers } = await get(ready.gateway, HELLO);
      expect(headers['server-timing']).toMatch(/^queue;dur=[\d.]+, start;dur=0, probe;dur=0, app;dur=[\d.]+$/);
    });

    test('a WebSocket wakes a service from zero, and echoes', async () => {
      const scaled = (one: KncEvent) => one['revision'] === 'echo-00001';
      expect(dev.events.filter((event) => event.event === 'scale' && scaled(event))).toEqual([]);
      const socket = new WebSocket(ready.gateway.replace('http', 'ws'), { headers: { host: 'echo.default.localhost' } });
      await once(socket, 'open');
      socket.send('hi');
      const [data] = (await once(socket, 'message')) as [Buffer];
      expect(String(data)).toBe('echo hi');
      socket.close();
      expect(await dev.event('scale', scaled)).toEqual({
        ...{ event: 'scale', namespace: 'default', revision: 'echo-00001' },
        ...{ from: 0, to: 1, reason: 'request' },
      });
    });

    test('services call each other by cluster names: in a variable, and as they are', async () => {
      const { text } = await get(ready.gateway, 'caller.default.localhost', '/env');
      expect(text).toMatch(/^http:\/\/127\.0\.0\.1:\d+ hello world \d+$/);
      expect(await get(ready.gateway, 'caller.default.localhost', '/name')).toMatchObject({
        status: 200,
        text: expect.stringMatching(/^hello world \d+$/),
      });
      expect((await get(ready.gateway, 'caller.default.localhost', '/nobody')).text).toBe('404');
    });

    test('an edit is rolled out, a broken one is shown and changes nothing, and the next one is rolled out again', async () => {
      const write = (text: string) => writeFileSync(path.join(folder, 'main.ts'), text);
      const says = (target: string) =>
        until(`the answer of ${target}`, async () => (await get(ready.gateway, HELLO)).text.startsWith(`hello ${target} `));
      write(app('moon', `${CALLER}${ECHO}`));
      await says('moon');
      expect(
        await dev.event('applied', ({ objects }) =>
          (objects as { change: string }[]).some(({ change }) => change === 'configured'),
        ),
      ).toMatchObject({ objects: [{ name: 'hello', change: 'configured' }, ...Array(2).fill({ change: 'unchanged' })] });
      expect(await dev.event('scale', ({ revision }) => revision === 'hello-00002')).toMatchObject({ from: 0, to: 1 });
      const starter = (await get(ready.gateway, HELLO, '/parent')).text;
      expect(starter).not.toBe(String(dev.pid)); // a helper has started the pod: knc dev answers meanwhile

      write('const broken = {;');
      expect(await dev.event('error')).toMatchObject({
        code: 'KNC1002',
        message: expect.any(String),
        remedy: expect.any(String),
      });
      write(app('stars', "service('low', { scale: { min: -1 } });"));
      expect(await dev.event('error', ({ code }) => code === 'KNC1001')).toMatchObject({
        details: [{ where: 'construct app/low', messages: [{ text: expect.stringContaining('expected 0 <= -1') }] }],
      });
      await says('moon');

      write(app('sun', CALLER));
      await says('sun');
      await dev.event('applied', ({ objects }) => (objects as object[]).some((one) => JSON.stringify(one).includes('pruned')));
      await until('echo to be gone', async () => (await get(ready.gateway, 'echo.default.localhost')).status === 404);
    });

    test('Ctrl-C ends it with 0, once everything was ready, and leaves nothing behind', async () => {
      const pid = Number((await get(ready.gateway, HELLO)).text.split(' ')[2]);
      expect(dev.processes()).toContain(pid);
      dev.signal('SIGINT');
      expect(await dev.exit()).toBe(0);
      expect(dev.events.slice(-2).map(({ event }) => event)).toEqual(['stopping', 'stopped']);
      expect(dev.processes()).toEqual([]);
      expect(dev.files()).toEqual([]);
      await expect(get(ready.gateway, HELLO)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
      expect(dev.stderr).toBe('');
    });
  });

  test('kill -9 leaves neither a pod nor a file behind', async () => {
    knc = start(folderOf(app('world', "service('stubborn', { env: { STUBBORN: 'yes' } });")));
    const { gateway } = await knc.event<Ready>('ready');
    const pids = await Promise.all(
      ['hello', 'stubborn'].map(async (name) => Number((await get(gateway, `${name}.default.localhost`)).text.split(' ')[2])),
    );
    expect(knc.processes()).toEqual(expect.arrayContaining(pids));
    knc.signal('SIGKILL');
    expect(await knc.exit()).toBe('SIGKILL');
    await nothingLeft(knc);
  });

  test('kill -9 while an app is synthesized leaves nothing behind either', async () => {
    knc = start(folderOf("console.log('synthesizing'); setInterval(() => {}, 1000);"));
    await knc.event('output');
    knc.signal('SIGKILL');
    await knc.exit();
    await nothingLeft(knc);
  });

  test('Ctrl-C before everything is ready ends it with 130', async () => {
    knc = start(folderOf(app('world', "service('absent', { image: 'example.com/absent', local: undefined });")));
    await knc.event('error', ({ code }) => code === 'KNC3101');
    knc.signal('SIGINT');
    expect(await knc.exit()).toBe(130);
    await nothingLeft(knc);
  });

  test('a second Ctrl-C does not wait for a pod that will not end', async () => {
    knc = start(folderOf(app('world', "service('stubborn', { env: { STUBBORN: 'yes' } });")));
    await knc.event('ready');
    const began = clock.monotonic();
    knc.signal('SIGINT');
    await knc.event('stopping');
    knc.signal('SIGINT');
    expect(await knc.exit()).toBe(130);
    expect(clock.monotonic() - began).toBeLessThan(1500);
    await nothingLeft(knc);
  });

  test('a port that is taken is named, with what to do, and ends it with 3', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as AddressInfo;
    knc = new Knc(folderOf(app('world')), 'dev', '.', '--port', `${port}`);
    expect(await knc.exit()).toBe(3);
    expect(knc.stderr).toContain(
      `error KNC4005 port ${port} is used by another program\n  fix: Choose another port with --port, or --port 0 for any free one.`,
    );
    await nothingLeft(knc);
    other.close();
  });

  test('an input that is not there is named, and ends it with 1', async () => {
    knc = new Knc(tempFolder(), 'dev', 'nowhere', '--port', '0');
    expect(await knc.exit()).toBe(1);
    expect(knc.stderr).toMatch(/^\s*error KNC4001 .*\n {2}nowhere\n {2}fix: /m);
    await nothingLeft(knc);
  });
});
