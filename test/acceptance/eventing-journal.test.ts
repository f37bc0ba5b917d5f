import { copyFileSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Chart, Testing } from 'cdk8s';
import { Broker, Delivery, KnService, Parallel, Sequence } from 'knative-constructs';
import { Testbed } from 'knative-constructs/testing';
import { stringify } from 'yaml';
import type { JournalEntry } from '../../lib/eventing';
import { describeBuilt, Knc } from './support/knc';
import { publish } from './support/publish';
import { until } from './support/real-system';

const STEPS = path.join(__dirname, 'support/flow-steps.js');
const { answerOf, names } = require(STEPS) as {
  readonly names: readonly string[];
  answerOf(
    name: string,
    id: string,
    body: string,
  ): { readonly status: number; readonly headers: Record<string, string>; readonly body: string };
};

const EVENTS = [
  { id: 'small', type: 'order.created', data: { amount: 5 } },
  { id: 'large', type: 'order.created', data: { amount: 500 } },
  { id: 'stolen', type: 'order.created', data: { amount: 5, card: 'stolen' } },
  { id: 'unwanted', type: 'order.seen', data: {} },
];

/** A broker, a sequence that answers it, a parallel that answers it, and dead letters of both broker and sequence. */
function shop(): Chart {
  const chart = new Chart(Testing.app(), 'shop');
  const services = names.map((name) => new KnService(chart, name, { name, image: `example.com/${name}` }));
  const service = (name: string) => services[names.indexOf(name)]!;
  const delivery = Delivery.retry(2).backoff('exponential', '50ms').deadLetter(service('letters'));
  const orders = new Broker(chart, 'orders', { name: 'orders', delivery });
  const steps = ['reserve', 'charge'].map((name) => ({ to: service(name), delivery }));
  const fulfil = new Sequence(chart, 'fulfil', { name: 'fulfil', steps, reply: orders });
  const branches = [{ filter: service('large'), to: service('approve') }, { to: service('record') }];
  const check = new Parallel(chart, 'check', { name: 'check', branches, reply: orders });
  const on = (type: string, name: string, to: KnService | Sequence | Parallel) => orders.on(type, { metadata: { name }, to });
  on('order.created', 'fulfil', fulfil);
  on('order.charged', 'check', check);
  on('order.done', 'ship', service('ship'));
  return chart;
}

const isEnd = ({ kind }: JournalEntry): boolean => kind === 'delivered' || kind === 'deadLettered' || kind === 'dropped';

/** What a journal tells, whenever and in whatever order it happened, and whatever names traces were given. */
function gist(entries: readonly JournalEntry[]): string[] {
  const first = new Map<string, string>();
  for (const { trace, event } of entries) if (!first.has(trace)) first.set(trace, event.id);
  return entries
    .map(({ sequence: _sequence, time: _time, trace, ...entry }) => {
      const consumers = 'consumers' in entry ? { consumers: [...entry.consumers].sort() } : {};
      return JSON.stringify({ begunBy: first.get(trace), ...entry, ...consumers });
    })
    .sort();
}

async function inTestbed(seed: number): Promise<readonly JournalEntry[]> {
  const stubs = names.map((name) =>
    Testbed.stub(name, async (request) => {
      const { status, headers, body } = answerOf(name, request.headers.get('ce-id')!, await request.text());
      return new Response(body || null, { status, headers });
    }),
  );
  const bed = await Testbed.start(shop(), { stubs, seed });
  for (const event of EVENTS) await bed.publish('orders', event);
  await bed.advance('10s');
  const entries = bed.journal.entries();
  await bed.stop();
  return entries;
}

test('a chart has the same journal in every Testbed of one seed, to the millisecond', async () => {
  const [first, second, other] = [await inTestbed(1), await inTestbed(1), await inTestbed(2)];
  expect(
    first
      .filter(isEnd)
      .map(({ kind }) => kind)
      .sort()[0],
  ).toBe('deadLettered');
  expect(second).toEqual(first);
  expect(other.map(({ trace }) => trace)).not.toEqual(first.map(({ trace }) => trace));
  expect(gist(other)).toEqual(gist(first));
});

describeBuilt('knc dev', () => {
  let folder: string;
  const running: Knc[] = [];
  beforeEach(() => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'eventing-journal-')));
    const images = Object.fromEntries(names.map((name) => [`example.com/${name}`, { command: ['node', 'flow-steps.js', name] }]));
    writeFileSync(path.join(folder, 'knc.images.yaml'), stringify({ images }));
    copyFileSync(STEPS, path.join(folder, 'flow-steps.js'));
    writeFileSync(
      path.join(folder, 'app.yaml'),
      Testing.synth(shop())
        .map((object) => stringify(object))
        .join('---\n'),
    );
  });
  afterEach(async () => {
    for (const knc of running) await knc.end();
    rmSync(folder, { recursive: true, force: true });
  });

  const start = (...args: string[]) => {
    const knc = new Knc(folder, ...args);
    running.push(knc);
    return knc;
  };
  async function journal(): Promise<JournalEntry[]> {
    const knc = start('events', '--once', '--json');
    await knc.exit();
    return knc.events as unknown as JournalEntry[];
  }

  test('has the same journal for a chart as a Testbed, and its next run has it still', async () => {
    const expected = await inTestbed(1);
    const first = start('dev', 'app.yaml', '--json', '--port', '0');
    const { gateway } = await first.event<{ readonly gateway: string }>('ready');
    for (const { id, type, data } of EVENTS) {
      const body = JSON.stringify({ specversion: '1.0', id, source: '/test', type, data });
      const structured = { 'content-type': 'application/cloudevents+json' };
      expect(await publish(gateway, { path: '/default/orders', id, body, structured })).toMatchObject({ status: 202 });
    }
    const count = expected.filter(isEnd).length;
    const done = async () => {
      const known = await journal();
      return known.filter(isEnd).length >= count && known;
    };
    const entries = await until('every event to come to its end', done, 60_000);
    expect(gist(entries)).toEqual(gist(expected));
    first.signal('SIGINT');
    await first.exit();
    const second = start('dev', 'app.yaml', '--json', '--port', '0');
    await second.event('ready');
    expect(await journal()).toEqual(entries);
  }, 120_000);
});
