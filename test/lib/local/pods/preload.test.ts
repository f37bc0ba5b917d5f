import { execFile, spawnSync } from 'node:child_process';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { built } from './built';

/** Answers with the Host that was asked for: what the gateway would route by. */
const gateway = http.createServer((request, response) => response.end(`${request.headers.host} ${request.url}`));
let preload: string;
let port: number;

beforeAll(async () => {
  preload = join(built('lib/local/pods/preload.ts'), 'preload.js');
  await new Promise<void>((resolve) => gateway.listen(0, '127.0.0.1', resolve));
  port = (gateway.address() as AddressInfo).port;
});
afterAll(() => gateway.close());

/** What a Node program prints that was started with the preload. */
async function run(script: string, module: 'commonjs' | 'module' = 'commonjs'): Promise<string> {
  const env = {
    PATH: process.env['PATH'],
    NODE_OPTIONS: `--require "${preload}"`,
    KNC_INTERNAL_GATEWAY: `127.0.0.1:${port}`,
    KNC_NAMESPACES: 'default,other',
  };
  const args = [`--input-type=${module}`, '-e', script];
  return (await promisify(execFile)(process.execPath, args, { env })).stdout.trim();
}

test.each([
  ['hello.default.svc.cluster.local', 'hello.default.svc.cluster.local /x'],
  ['hello.default.svc', 'hello.default.svc /x'],
  ['hello.other', 'hello.other /x'],
])('fetch of http://%s goes to the gateway with that host', async (host, expected) => {
  expect(await run(`fetch('http://${host}/x').then((r) => r.text()).then(console.log)`)).toBe(expected);
});

test('http.get with and without an agent goes to the gateway', async () => {
  const get = (agent: string) =>
    `require('http').get({ host: 'hello.default.svc', path: '/y', agent: ${agent} }, (r) => r.on('data', (d) => console.log(String(d))))`;
  expect(await run(get('undefined'))).toBe('hello.default.svc /y');
  expect(await run(get('false'))).toBe('hello.default.svc /y');
});

test('modules that import by name are served too', async () => {
  const script = `import { get } from 'node:http'; import { lookup } from 'node:dns';
    lookup('hello.default.svc', (error, address) => console.log(error, address));
    get('http://hello.default.svc/z', (r) => r.on('data', (d) => console.log(String(d))));`;
  expect((await run(script, 'module')).split('\n').sort()).toEqual(['hello.default.svc /z', 'null 127.0.0.1']);
});

test('net.connect by port and host goes to the gateway', async () => {
  const script = `const s = require('net').connect(80, 'a.b.svc', () => s.end('GET /n HTTP/1.0\\r\\nHost: a.b.svc\\r\\n\\r\\n'));
    s.on('data', (d) => console.log(String(d).split('\\r\\n\\r\\n')[1]));`;
  expect(await run(script)).toBe('a.b.svc /n');
});

test.each([
  [`require('dns').lookup('a.b.svc', (e, address, family) => console.log(address, family))`, '127.0.0.1 4'],
  [
    `require('dns').lookup('a.b.svc', { all: true }, (e, all) => console.log(JSON.stringify(all)))`,
    '[{"address":"127.0.0.1","family":4}]',
  ],
  [`require('dns').promises.lookup('a.default').then((r) => console.log(r.address))`, '127.0.0.1'],
])('names of the cluster resolve: %s', async (script, expected) => {
  expect(await run(script)).toBe(expected);
});

test('other destinations are left alone', async () => {
  const own = `http://127.0.0.1:${port}/`;
  expect(await run(`fetch('${own}').then((r) => r.text()).then(console.log)`)).toBe(`127.0.0.1:${port} /`);
  const named = `http://localhost:${port}/`;
  expect(await run(`require('http').get('${named}', (r) => r.on('data', (d) => console.log(String(d))))`)).toBe(
    `localhost:${port} /`,
  );
  const script = `require('dns').lookup('hello.unknown', (e) => console.log(e.code))`;
  expect(await run(script)).toMatch(/ENOTFOUND|EAI_AGAIN/);
});

test('it loads no module beside those that a server loads anyway, so that it does not slow a start', () => {
  const script = `require('http'); require('dns').promises; const before = new Set(process.moduleLoadList);
    require(${JSON.stringify('PRELOAD')}); console.log(process.moduleLoadList.filter((name) => !before.has(name)).join())`;
  const env = { KNC_INTERNAL_GATEWAY: '127.0.0.1:1' };
  const args = ['-e', script.replace('PRELOAD', preload)];
  const { stdout, status } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  expect([status, stdout.trim()]).toEqual([0, '']);
});
