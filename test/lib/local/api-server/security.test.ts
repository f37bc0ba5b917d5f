import { chmodSync, mkdtempSync, readFileSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { parse } from 'yaml';
import { noLog } from '../../../../lib/base';
import { writeKubeconfig } from '../../../../lib/local/api-server';
import { CONFIG_MAPS, configMap, type Sent, TestServer, TOKEN } from './support';

let server: TestServer;
beforeAll(async () => {
  server = await TestServer.start();
});
afterAll(() => server.close());

const port = (): string => new URL(server.url).port;

test.each(['/api', '/version', '/healthz', '/livez', '/readyz', '/openapi/v3', CONFIG_MAPS, '/nowhere'])(
  'nothing is told without the token: %s',
  async (path) => {
    for (const token of ['', 'another-token']) {
      const answer = await server.send(path, { token });
      expect(answer.code).toBe(401);
      expect(answer.json).toEqual({
        kind: 'Status',
        apiVersion: 'v1',
        metadata: {},
        status: 'Failure',
        message: 'Unauthorized',
        reason: 'Unauthorized',
        code: 401,
      });
    }
  },
);

test('a token is not taken from anywhere but a bearer header', async () => {
  expect((await server.send('/version?access_token=a-token-for-tests', { token: '' })).code).toBe(401);
  const basic = `Basic ${Buffer.from('x:a-token-for-tests').toString('base64')}`;
  expect((await server.send('/version', { token: '', headers: { authorization: basic } })).code).toBe(401);
});

test.each(['127.0.0.1', 'localhost', '[::1]', '127.1.2.3'])('the host %s is this machine', async (host) => {
  expect((await server.send('/version', { headers: { host: `${host}:${port()}` } })).code).toBe(200);
});

test.each([
  'evil.example',
  'localhost.evil.example',
  '127.0.0.1.sslip.io',
  '192.168.1.2',
  '[fe80::1]',
  'localhost:1:2',
  'a@127.0.0.1',
])('a name that somebody has pointed at this machine is refused: %j', async (host) => {
  const answer = await server.send('/version', { headers: { host } });
  expect([answer.code, answer.json.reason]).toEqual([403, 'Forbidden']);
});

test.each<[string, Sent]>([
  ['a page of another site', { headers: { origin: 'https://evil.example' } }],
  ['a page without a site', { headers: { origin: 'null' } }],
  ['another port of this machine', { headers: { origin: 'http://localhost:3000' } }],
  ['a request that a browser says is of another site', { headers: { 'sec-fetch-site': 'cross-site' } }],
  ['a preflight', { method: 'OPTIONS', headers: { origin: 'https://evil.example', 'access-control-request-method': 'POST' } }],
])('%s is refused, and is told nothing that would let it read', async (_what, sent) => {
  const answer = await server.send(CONFIG_MAPS, sent);
  expect(answer.code).toBe(403);
  expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
});

test('OPTIONS is refused from anybody', async () => {
  expect((await server.send(CONFIG_MAPS, { method: 'OPTIONS' })).code).toBe(405);
});

test.each([
  'text/plain',
  'application/x-www-form-urlencoded',
  'multipart/form-data; boundary=x',
  'text/plain; charset=application/json',
  '',
])('a body that a form of another site could send is refused: %j', async (contentType) => {
  const body = JSON.stringify(configMap('smuggled'));
  for (const [method, path] of [
    ['POST', CONFIG_MAPS],
    ['PUT', `${CONFIG_MAPS}/smuggled`],
    ['PATCH', `${CONFIG_MAPS}/smuggled`],
    ['DELETE', CONFIG_MAPS],
  ]) {
    const answer = await server.send(path!, { method: method!, body, contentType });
    expect([method, answer.code, answer.json.reason]).toEqual([method, 415, 'UnsupportedMediaType']);
  }
  expect((await server.send(`${CONFIG_MAPS}/smuggled`)).code).toBe(404);
});

test('a body larger than 3 MiB is refused', async () => {
  const body = JSON.stringify(configMap('large', { text: 'x'.repeat(3 * 1024 * 1024) }));
  const answer = await server.send(CONFIG_MAPS, { method: 'POST', body });
  expect([answer.code, answer.json.message]).toEqual([413, 'Request entity too large: limit is 3145728']);
});

test('a body that is nested without end is refused, not followed', async () => {
  const deep = (levels: number) => `${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`;
  const body = `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"deep"},"data":${deep(100_000)}}`;
  const message = 'the body of the request is nested deeper than 500 levels';
  for (const [method, path, contentType] of [
    ['POST', CONFIG_MAPS, 'application/json'],
    ['PATCH', `${CONFIG_MAPS}/deep`, 'application/merge-patch+json'],
  ] as const) {
    const answer = await server.send(path, { method, body, contentType });
    expect([method, answer.code, answer.json.message]).toEqual([method, 400, message]);
  }
});

test('a warning repeats what a client wrote, in any script, and nothing else of it gets into the head of the answer', async () => {
  const field = 'größe\u007f\r\nX-Smuggled: 東京 "1"';
  const body = JSON.stringify({ ...configMap('warned'), [field]: 1 });
  const answer = await server.send(`${CONFIG_MAPS}?fieldValidation=Warn`, { method: 'POST', body });
  expect([answer.code, answer.headers['x-smuggled']]).toEqual([201, undefined]);
  const warning = Buffer.from(String(answer.headers['warning']), 'latin1').toString();
  expect(warning).toMatch(/^299 - "unknown field .*größe.*東京/);
});

test('a compressed body, of which the size is not known, is refused', async () => {
  const sent = { method: 'POST', body: configMap('packed'), headers: { 'content-encoding': 'gzip' } };
  expect((await server.send(CONFIG_MAPS, sent)).code).toBe(415);
});

test.each([
  ['a head', 'GET /version HTTP/1.1\r\nHost: localhost\r\n'],
  [
    'a body',
    `POST ${CONFIG_MAPS} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\n` +
      'Content-Length: 100\r\n\r\n{',
  ],
])('%s that does not come to its end is not waited for', async (_what, sent) => {
  const hasty = await TestServer.start({ patience: { headMs: 100, requestMs: 200, checkMs: 20 } });
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(hasty.url).port),
    servername: 'localhost',
    ca: hasty.certificate,
  });
  socket.write(sent);
  let answer = '';
  for await (const chunk of socket) answer += chunk;
  expect(answer).toMatch(/^HTTP\/1.1 408 /);
  await hasty.close();
});

test('a client that leaves in the middle of its request is no failure of the server', async () => {
  const errors: unknown[] = [];
  const log = { ...noLog, error: (...told: unknown[]) => void errors.push(told) };
  const left = await TestServer.start({ log });
  const socket = connect({
    host: '127.0.0.1',
    port: Number(new URL(left.url).port),
    servername: 'localhost',
    ca: left.certificate,
  });
  const head = [`POST ${CONFIG_MAPS} HTTP/1.1`, 'Host: localhost', `Authorization: Bearer ${TOKEN}`];
  await new Promise((resolve) => socket.once('secureConnect', resolve));
  socket.write([...head, 'Content-Type: application/json', 'Content-Length: 100', '', '{"apiVersion":'].join('\r\n'));
  await left.send('/version');
  socket.destroy();
  await new Promise((resolve) => socket.once('close', resolve));
  await left.send('/version');
  await left.close();
  expect(errors).toEqual([]);
});

test('the server is not there for other machines', async () => {
  const addresses = Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4');
  for (const { address } of addresses) {
    const socket = new Socket();
    const result = await new Promise((resolve) => {
      socket.once('connect', () => resolve('connected'));
      socket.once('error', () => resolve('refused'));
      socket.connect(Number(port()), address);
    });
    socket.destroy();
    expect(result).toBe('refused');
  }
});

test('the certificate is for this machine, and trusted by nobody who was not given it', async () => {
  const authorized = (servername: string, ca?: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port: Number(port()), servername, ca, rejectUnauthorized: false }, () => {
        resolve(socket.authorized);
        socket.destroy();
      });
    });
  expect(await authorized('localhost', server.certificate)).toBe(true);
  expect(await authorized('evil.example', server.certificate)).toBe(false);
  expect(await authorized('localhost')).toBe(false);
});

test('a kubeconfig is for its owner alone, in a folder for its owner alone, even if both were there before', () => {
  const folder = join(mkdtempSync(join(tmpdir(), 'knc-test-')), 'state');
  const file = join(folder, 'kubeconfig');
  const content = { server: 'https://127.0.0.1:1', certificate: 'PEM', token: 'secret' };
  writeKubeconfig(file, content);
  chmodSync(file, 0o644);
  chmodSync(folder, 0o755);
  writeKubeconfig(file, content);
  expect([statSync(file).mode & 0o777, statSync(folder).mode & 0o777]).toEqual([0o600, 0o700]);
  expect(parse(readFileSync(file, 'utf8'))).toMatchObject({
    'current-context': 'knc',
    clusters: [{ name: 'knc', cluster: { server: content.server, 'certificate-authority-data': 'UEVN' } }],
    contexts: [{ name: 'knc', context: { cluster: 'knc', user: 'knc', namespace: 'default' } }],
    users: [{ name: 'knc', user: { token: 'secret' } }],
  });
});
