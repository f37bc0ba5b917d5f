import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { largestPrimeBelow } from '../../../../lib/local/samples/prime';
import { built } from '../pods/built';

let samples: string;
let child: ChildProcess | undefined;
beforeAll(() => {
  samples = built(...['helloworld', 'autoscale', 'event-display'].map((name) => `lib/local/samples/${name}.ts`));
});
afterEach(() => child?.kill('SIGKILL'));

/** Starts a sample; resolves with its URL and its output, once it listens. */
async function start(name: string, env: Record<string, string> = {}) {
  // Port 0 lets the system choose; the address is not printed, so the test preloads a line that prints it.
  const told = `data:text/javascript,import net from 'node:net'; const listen = net.Server.prototype.listen;
    net.Server.prototype.listen = function (port, then) { return listen.call(this, 0, '127.0.0.1', () => { console.log('at ' + this.address().port); then(); }); };`;
  child = spawn(process.execPath, ['--import', told, join(samples, `${name}.js`)], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const lines: string[] = [];
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: child!.stdout! }).on('line', (line) => {
      lines.push(line);
      if (line.startsWith('at ')) resolve(`http://127.0.0.1:${line.slice(3)}`);
    });
  });
  return { url, lines };
}

test('helloworld greets its target', async () => {
  const { url } = await start('helloworld', { TARGET: 'Knative' });
  expect(await (await fetch(url)).text()).toBe('Hello Knative!\n');
});

test('helloworld greets the world if nobody says whom, and ends on SIGTERM', async () => {
  const { url } = await start('helloworld');
  expect(await (await fetch(url)).text()).toBe('Hello World!\n');
  const ended = new Promise((resolve) => child?.once('exit', resolve));
  child?.kill('SIGTERM');
  expect(await ended).toBe(0);
});

test('autoscale spends time, cpu and memory as asked', async () => {
  const { url } = await start('autoscale');
  const text = await (await fetch(`${url}/?sleep=5&prime=10000&bloat=2`)).text();
  expect(text).toMatch(
    /^Allocated 2 Mb of memory\.\nThe largest prime less than 10000 is 9973\.\nSlept for \d+\.\d\d milliseconds\.\n$/,
  );
  expect(await (await fetch(`${url}/?prime=2`)).text()).toBe('There are no primes smaller than 2.\n');
  expect(await (await fetch(`${url}/?sleep=0`)).text()).toBe('');
  const wrong = await fetch(`${url}/?sleep=long`);
  expect([wrong.status, await wrong.text()]).toEqual([400, 'strconv.Atoi: parsing "long": invalid syntax\n']);
});

test.each([
  [2, undefined],
  [3, 2],
  [4, 3],
  [100, 97],
  [10_000, 9973],
])('the largest prime below %i is %p', (max, expected) => {
  expect(largestPrimeBelow(max)).toBe(expected);
});

test('event-display prints events of both modes and refuses what is none', async () => {
  const { url, lines } = await start('event-display');
  const binary = {
    'ce-specversion': '1.0',
    'ce-type': 't',
    'ce-source': '/s',
    'ce-id': '1',
    'ce-beats': 'true',
    'ce-subject': 'sub',
  };
  const headers = { ...binary, 'content-type': 'application/json' };
  expect((await fetch(url, { method: 'POST', headers, body: '{"id":2}' })).status).toBe(200);
  const event = { specversion: '1.0', type: 't', source: '/s', id: '2', data_base64: Buffer.from('raw').toString('base64') };
  const structured = { 'content-type': 'application/cloudevents+json' };
  expect((await fetch(url, { method: 'POST', headers: structured, body: JSON.stringify(event) })).status).toBe(200);
  expect((await fetch(url, { method: 'POST', body: 'x' })).status).toBe(400);
  expect(lines.slice(2)).toEqual([
    '☁️  cloudevents.Event',
    'Context Attributes,',
    '  specversion: 1.0',
    '  type: t',
    '  source: /s',
    '  subject: sub',
    '  id: 1',
    '  datacontenttype: application/json',
    'Extensions,',
    '  beats: true',
    'Data,',
    '  {',
    '    "id": 2',
    '  }',
    '☁️  cloudevents.Event',
    'Context Attributes,',
    '  specversion: 1.0',
    '  type: t',
    '  source: /s',
    '  id: 2',
    'Data (binary),',
    '  raw',
  ]);
});

test('event-display prints each event of a batch, and nothing of one that has anything else in it', async () => {
  const { url, lines } = await start('event-display');
  const post = async (body: unknown) => {
    const headers = { 'content-type': 'application/cloudevents-batch+json; charset=utf-8' };
    return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })).status;
  };
  const event = (id: string, more: object) => ({ specversion: '1.0', type: 't', source: '/s', id, ...more });
  expect(await post([event('1', {}), { specversion: '1.0' }])).toBe(400);
  expect(await post([event('1', {}), 'x'])).toBe(400);
  expect(await post(event('1', {}))).toBe(400);
  expect(await post([])).toBe(200);
  const json = { datacontenttype: 'application/json', data: { n: 1 }, beats: 3, subject: null };
  expect(await post([event('1', json), event('2', { datacontenttype: 'text/plain', data: 'plain' })])).toBe(200);
  expect(lines.slice(2)).toEqual([
    '☁️  cloudevents.Event',
    'Context Attributes,',
    '  specversion: 1.0',
    '  type: t',
    '  source: /s',
    '  id: 1',
    '  datacontenttype: application/json',
    'Extensions,',
    '  beats: 3',
    'Data,',
    '  {',
    '    "n": 1',
    '  }',
    '☁️  cloudevents.Event',
    'Context Attributes,',
    '  specversion: 1.0',
    '  type: t',
    '  source: /s',
    '  id: 2',
    '  datacontenttype: text/plain',
    'Data,',
    '  plain',
  ]);
});
