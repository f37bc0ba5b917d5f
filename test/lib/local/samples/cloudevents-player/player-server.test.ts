import { once } from 'node:events';
import http from 'node:http';
import type { Message } from '../../../../../lib/local/samples/cloudevents-player/message';
import { attributes, type Stage, stage } from './support/player';

let on: Stage;
afterEach(() => on.close());
beforeEach(() => {
  for (const name of ['log', 'error'] as const) jest.spyOn(console, name).mockImplementation(() => {});
});

const json = { ...attributes, 'content-type': 'application/json' };
const post = (path: string, headers: Record<string, string>, body: string | Buffer = '{"a":1}') =>
  fetch(`${on.url}${path}`, { method: 'POST', headers, body });
const messages = async (query = ''): Promise<readonly Message[]> => (await fetch(`${on.url}/messages${query}`)).json() as never;

test('an event that comes is answered 202 without a body, and listed as the original lists it', async () => {
  on = await stage();
  const answer = await post('/', { ...json, 'ce-subject': 'caf%C3%A9', 'ce-beats': '3' });
  expect([answer.status, await answer.text()]).toEqual([202, '']);
  expect(await messages()).toEqual([
    expect.objectContaining({
      id: '1',
      eventType: 'dev.test',
      source: '/test',
      subject: 'café',
      extensions: { beats: '3' },
      data: { a: 1 },
      type: 'RECEIVED',
      receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    }),
  ]);
  expect(on.deliveries).toEqual([]);
});

test.each([
  ['binary', json, '{"n":12345678901234567890}'],
  [
    'structured',
    { 'content-type': 'application/cloudevents+json; charset=utf-8' },
    '{"specversion":"1.0","id":"1","type":"dev.test","source":"/test","data":{"n":12345678901234567890}}',
  ],
])('a %s event is passed on in its mode, byte for byte', async (_mode, headers: Record<string, string>, body) => {
  on = await stage();
  const answer = await post('/messages', { ...headers, authorization: 'not passed on' }, body);
  expect([answer.status, await answer.json()]).toEqual([202, expect.objectContaining({ id: '1', type: 'SENT', failure: null })]);
  const [delivery] = on.deliveries;
  expect(delivery).toMatchObject({ headers, body });
  expect(delivery!.headers['authorization']).toBeUndefined();
  expect(await messages()).toEqual([expect.objectContaining({ type: 'SENT' })]);
});

test('an event that the broker refuses is FAILED, with the answer of the broker', async () => {
  on = await stage({ answer: (_request, response) => response.writeHead(404).end('no such\n  broker') });
  const answer = await post('/messages', json);
  expect(answer.status).toBe(202);
  expect(await answer.json()).toMatchObject({ type: 'FAILED', failure: 'The broker answered 404 Not Found: no such broker' });
  expect(await messages()).toEqual([expect.objectContaining({ type: 'FAILED' })]);
});

test('a redirect is no acceptance, and is not followed', async () => {
  on = await stage({ answer: (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end() });
  expect(await (await post('/messages', json)).json()).toMatchObject({ failure: 'The broker answered 302 Found' });
  expect(on.deliveries).toHaveLength(1);
});

test('a broker that breaks the connection is told apart from one that refuses', async () => {
  on = await stage({ answer: (request) => request.socket.destroy() });
  expect(await (await post('/messages', json)).json()).toMatchObject({
    type: 'FAILED',
    failure: expect.stringMatching(/^The broker cannot be reached: /),
  });
});

test.each([
  ['no attributes', {}, '{}', 400, 'this is no CloudEvent: the header ce-specversion is missing'],
  ['data that is not JSON', json, '{', 400, /^the data is not JSON: /],
  ['another format', { 'content-type': 'application/cloudevents+avro' }, '[]', 415, /send one event/],
  ['too much', json, Buffer.alloc(1_100_000, ' '), 413, 'an event is at most 1048576 bytes'],
])('%s is refused on both ways in, and leaves no trace', async (_what, headers, body, status, error) => {
  on = await stage();
  for (const path of ['/', '/messages']) {
    const answer = await post(path, headers as Record<string, string>, body);
    expect(answer.status).toBe(status);
    expect(await answer.json()).toEqual({ error: typeof error === 'string' ? error : expect.stringMatching(error) });
  }
  expect(await messages()).toEqual([]);
  expect(on.deliveries).toEqual([]);
});

const batch = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' };
const inJson = (id: string, more: object = {}) => ({ specversion: '1.0', id, type: 'dev.test', source: '/test', ...more });

test('each event of a batch that comes is listed; the page sends one at a time', async () => {
  on = await stage();
  const body = JSON.stringify([inJson('1', { data: { a: 1 } }), inJson('2', { data_base64: '/w==', beats: 3 })]);
  expect((await post('/', batch, body)).status).toBe(202);
  expect(await messages()).toEqual([
    expect.objectContaining({ id: '2', type: 'RECEIVED', dataBase64: '/w==', extensions: { beats: 3 } }),
    expect.objectContaining({ id: '1', type: 'RECEIVED', data: { a: 1 } }),
  ]);
  expect((await post('/messages', batch, body)).status).toBe(415);
  expect(on.deliveries).toEqual([]);
});

test('a batch may be larger than one event, up to a limit', async () => {
  on = await stage();
  const body = (size: number) => JSON.stringify([inJson('1', { data: 'x'.repeat(size) })]);
  expect((await post('/', batch, body(2_000_000))).status).toBe(202);
  const answer = await post('/', batch, body(4_200_000));
  expect([answer.status, await answer.json()]).toEqual([413, { error: 'a batch is at most 4194304 bytes' }]);
  expect(await messages()).toHaveLength(1);
});

test('an empty batch is taken', async () => {
  on = await stage();
  expect((await post('/', batch, '[]')).status).toBe(202);
  expect(await messages()).toEqual([]);
});

test.each([
  ['no array', inJson('1'), 'the body is not a JSON array'],
  ['something without an id', [inJson('1'), inJson('')], 'event 1 of the batch: this is no CloudEvent: id is missing'],
  ['no object', [1], 'event 0 of the batch: it is not a JSON object'],
])('a batch with %s is refused as a whole', async (_what, body, error) => {
  on = await stage();
  const answer = await post('/', batch, JSON.stringify(body));
  expect([answer.status, await answer.json()]).toEqual([400, { error }]);
  expect(await messages()).toEqual([]);
});

test('messages are listed in pages of ten, newest first, until they are deleted', async () => {
  on = await stage();
  for (let n = 1; n <= 12; n++) await post('/', { ...json, 'ce-id': String(n) });
  const ids = async (query?: string) => (await messages(query)).map(({ id }) => id);
  expect(await ids()).toEqual(['12', '11', '10', '9', '8', '7', '6', '5', '4', '3']);
  expect(await ids('?page=1')).toEqual(['2', '1']);
  expect(await ids('?page=2&size=5')).toEqual(['2', '1']);
  expect((await fetch(`${on.url}/messages?page=-1`)).status).toBe(400);
  expect((await fetch(`${on.url}/messages`, { method: 'DELETE' })).status).toBe(202);
  expect(await ids()).toEqual([]);
});

test('a path or method that is not there is said so', async () => {
  on = await stage();
  expect((await fetch(`${on.url}/nowhere`)).status).toBe(404);
  expect((await fetch(`${on.url}/__proto__`)).status).toBe(404);
  const put = await fetch(`${on.url}/messages`, { method: 'PUT' });
  expect([put.status, put.headers.get('allow')]).toEqual([405, 'GET, POST, DELETE']);
  expect((await fetch(on.url, { method: 'HEAD' })).status).toBe(200);
});

test('the page may load its own program and style and nothing else, and no other page may read or send', async () => {
  on = await stage({ script: 'run()' });
  const page = await fetch(on.url);
  expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toMatch(/^default-src 'none'; script-src 'self'; /);
  expect(policy).not.toMatch(/unsafe|https?:/);
  expect(await page.text()).not.toMatch(/<script(?![^>]* src="player\.js")|<style| style=| on[a-z]+=|https?:\/\//);
  expect(await (await fetch(`${on.url}/player.js`)).text()).toBe('run()');
  expect((await fetch(`${on.url}/player.css`)).headers.get('content-type')).toBe('text/css; charset=utf-8');
  const preflight = await fetch(`${on.url}/messages`, { method: 'OPTIONS', headers: { origin: 'http://elsewhere.example' } });
  expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([405, null]);
});

test('a stream begins with everything there is and tells of every change', async () => {
  on = await stage();
  await post('/', json);
  const request = http.get(`${on.url}/live`);
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.setEncoding('utf8');
  let text = '';
  const told: [string, unknown][] = [];
  response.on('data', (chunk: string) => {
    const parts = (text + chunk).split('\n\n');
    text = parts.pop() ?? '';
    for (const part of parts) {
      const [, name, data] = /event: (\w+)\ndata: (.*)$/.exec(part)!;
      told.push([name!, JSON.parse(data!)]);
    }
  });
  const until = async (count: number) => {
    while (told.length < count) await once(response, 'data');
  };
  await until(1);
  expect(told).toEqual([['all', { broker: on.brokerUrl, messages: [expect.objectContaining({ type: 'RECEIVED' })] }]]);
  await post('/messages', { ...json, 'ce-id': '2' });
  await fetch(`${on.url}/messages`, { method: 'DELETE' });
  await until(4);
  expect(told.slice(1)).toEqual([
    ['message', expect.objectContaining({ id: '2', key: 2, type: 'SENDING' })],
    ['message', expect.objectContaining({ id: '2', key: 2, type: 'SENT' })],
    ['cleared', null],
  ]);
  request.destroy();
});
