import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { JournalEntry } from '../../lib/eventing';
import { EventSink } from '../acceptance/support/event-sink';
import { freePort } from '../acceptance/support/free-port';
import { describeBuilt, Knc } from '../acceptance/support/knc';
import { publish } from '../acceptance/support/publish';
import { clock, until } from '../acceptance/support/real-system';

/** A pod that ends in the middle of its first event. */
const MORTAL = `
const fs = require('node:fs');
const died = process.env.MARK;
require('node:http').createServer((request, response) => {
  if (!fs.existsSync(died)) {
    fs.writeFileSync(died, '');
    process.exit(1);
  }
  request.resume().on('end', () => response.writeHead(202).end());
}).listen(process.env.PORT);
`;

const trigger = (type: string, subscriber: string, delivery = ''): string => `
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: ${type} }
spec:
  broker: orders
  filters: [{ exact: { type: ${type} } }]
  subscriber: { ${subscriber} }
  delivery: { timeout: ${type === 'hang' ? 'PT0.4S' : 'PT30S'}, retry: 2, backoffPolicy: linear, backoffDelay: PT0.02S${delivery} }
`;

/** An HTTP server that speaks no HTTP, or not to the end. */
function rawServer(answer: string): Server {
  const server = createServer((socket) => {
    socket.on('error', () => {}).once('data', () => socket.end(answer));
  });
  return server.listen(0, '127.0.0.1');
}

const portOf = (server: Server): number => (server.address() as { port: number }).port;

describeBuilt('subscribers of a running knc dev', () => {
  let folder: string;
  let sink: EventSink;
  let raw: readonly Server[];
  let running: Knc[];
  let gateway: string;

  beforeAll(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'eventing-subscribers-')));
    sink = await EventSink.start();
    raw = [rawServer('this is no HTTP\r\n\r\n'), rawServer('HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nshort')];
    const closed = await freePort();
    const outside = ['gone', 'garbage', 'cut'].map((name, i) => [name, [closed, portOf(raw[0]!), portOf(raw[1]!)][i]] as const);
    const paths = ['slow', 'hang', 'broken', 'refusing', 'busy', 'malformed', 'text', 'batch'];
    const triggers = [
      ...outside.map(([name, port]) => trigger(name, `uri: "http://127.0.0.1:${port}/"`)),
      ...paths.map((name) => trigger(name, `uri: "${sink.url(`/${name}`)}"`)),
      trigger('mortal', 'ref: { apiVersion: serving.knative.dev/v1, kind: Service, name: mortal }', ', retry: 8').replace(
        ', retry: 2',
        '',
      ),
    ];
    const service = `
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: mortal }
spec:
  template:
    spec:
      containers: [{ image: example.com/mortal, env: [{ name: MARK, value: "${path.join(folder, 'died')}" }] }]
`;
    const broker = `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: orders }
spec: { delivery: { deadLetterSink: { uri: "${sink.url('/letters')}" } } }
`;
    const letters = `, deadLetterSink: { uri: "${sink.url('/letters')}" } }`;
    const app = [broker, service, ...triggers.map((one) => one.replace(/ }\n$/, `${letters}\n`))].join('');
    writeFileSync(path.join(folder, 'app.yaml'), app);
    writeFileSync(path.join(folder, 'mortal.js'), MORTAL);
    writeFileSync(path.join(folder, 'knc.images.yaml'), 'images:\n  example.com/mortal: { command: [node, mortal.js] }\n');
    const sinks = [sink.address, ...outside.map(([, port]) => `127.0.0.1:${port}`)].flatMap((one) => ['--allow-sink', one]);
    running = [new Knc(folder, 'dev', 'app.yaml', '--json', '--port', '0', ...sinks)];
    ({ gateway } = await running[0]!.event<{ readonly gateway: string }>('ready'));
  }, 60_000);

  afterAll(async () => {
    for (const knc of running) await knc.end();
    for (const server of raw) server.close();
    await sink.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** What `knc events tree` tells of an event, once it has come to an end. */
  async function told(type: string): Promise<JournalEntry[]> {
    return until(
      `the end of ${type}`,
      async () => {
        const knc = new Knc(folder, 'events', 'tree', `${type}-1`, '--json');
        running.push(knc);
        await knc.exit();
        const entries = knc.events as unknown as JournalEntry[];
        return entries.some(({ kind }) => ['delivered', 'deadLettered', 'dropped'].includes(kind)) && entries;
      },
      30_000,
    );
  }

  const send = (type: string) => publish(gateway, { path: '/default/orders', id: `${type}-1`, attributes: { type } });
  const letterOf = (type: string) => sink.received('/letters').find(({ id }) => id === `${type}-1`)?.headers;
  const kinds = (entries: readonly JournalEntry[]) =>
    entries.map((entry) => (entry.kind === 'attempt' ? `${entry.role} ${entry.attempt}: ${entry.status}` : entry.kind));
  const again = (status: number) => [
    'arrived',
    ...[1, 2, 3].map((attempt) => `subscriber ${attempt}: ${status}`),
    'deadLetterSink 1: 202',
    'deadLettered',
  ];

  test.each([
    ['gone', 500],
    ['garbage', 500],
    ['cut', 500],
    ['hang', 500],
    ['broken', 503],
    ['malformed', 502],
    ['text', 502],
    ['batch', 502],
  ])('one that is %s is tried three times, and its event becomes a dead letter', async (type, status) => {
    sink.on('/hang', () => {});
    sink.on('/broken', (_, response) => response.writeHead(503).end('out of order'));
    sink.on('/malformed', (_, response) => response.writeHead(200, { 'ce-specversion': '1.0', 'ce-id': 'x' }).end());
    sink.on('/text', (_, response) => response.writeHead(200, { 'content-type': 'text/plain' }).end('thanks'));
    sink.on('/batch', (_, response) =>
      response.writeHead(200, { 'content-type': 'application/cloudevents-batch+json' }).end('[{}, {}]'),
    );
    expect(await send(type)).toMatchObject({ status: 202 });
    const entries = await told(type);
    expect(kinds(entries)).toEqual(again(status));
    for (const entry of entries) if (entry.kind === 'deadLettered') expect(entry.reason).toMatch(/\w+/);
    expect(letterOf(type)).toMatchObject({ 'ce-type': type, 'ce-knativeerrorcode': `${status}` });
    if (type === 'broken') {
      expect(letterOf(type)).toMatchObject({
        'ce-knativeerrordest': sink.url('/broken'),
        'ce-knativeerrordata': Buffer.from('out of order').toString('base64'),
      });
    }
  });

  test('one that refuses an event is not asked again', async () => {
    sink.on('/refusing', (_, response) => response.writeHead(400).end());
    await send('refusing');
    expect(kinds(await told('refusing'))).toEqual(['arrived', 'subscriber 1: 400', 'deadLetterSink 1: 202', 'deadLettered']);
  });

  test('one that is slow, but in time, gets its event once', async () => {
    sink.on('/slow', async (_, response) => {
      await clock.sleep(150);
      response.writeHead(202).end();
    });
    await send('slow');
    expect(kinds(await told('slow'))).toEqual(['arrived', 'subscriber 1: 202', 'delivered']);
  });

  test('one that is busy is asked again', async () => {
    sink.on('/busy', (_, response) => {
      const first = sink.ids('/busy').length === 1;
      response.writeHead(first ? 429 : 202, first ? { 'retry-after': '1' } : {}).end();
    });
    await send('busy');
    expect(kinds(await told('busy'))).toEqual(['arrived', 'subscriber 1: 429', 'subscriber 2: 202', 'delivered']);
  });

  test('a pod that dies of its event is started again, and gets it', async () => {
    await send('mortal');
    const entries = await told('mortal');
    const attempts = entries.filter(({ kind }) => kind === 'attempt').length;
    expect(attempts).toBeGreaterThan(1);
    expect(entries.at(-1)!.kind).toBe('delivered');
  });
});
