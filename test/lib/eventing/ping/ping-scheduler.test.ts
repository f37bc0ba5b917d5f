import type { PingSource, PingSourceSpec, Stored } from '../../../../lib/api';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import { Deliverer, type Destination, type EventMessage, Journal, PingScheduler } from '../../../../lib/eventing';

const SINK = { url: 'http://sink.default.svc.cluster.local/' };
const NAME = 'default/tick';
const START = Date.UTC(2026, 0, 1);

function source(spec: Partial<PingSourceSpec> = {}): Stored<PingSource> {
  return {
    apiVersion: 'sources.knative.dev/v1',
    kind: 'PingSource',
    metadata: { name: 'tick', namespace: 'default', uid: 'u1', resourceVersion: '1' },
    spec: { sink: { uri: SINK.url }, schedule: '* * * * *', ...spec },
  } as unknown as Stored<PingSource>;
}

function world({ jitterMs = 0 } = {}) {
  const errors: unknown[] = [];
  const executor = new CountingExecutor((error) => errors.push(error));
  const clock = new VirtualClock(executor, START);
  const random = seededRandom(1);
  const journal = new Journal(clock);
  const sent: { readonly at: number; readonly to: Destination; readonly message: EventMessage }[] = [];
  const answer = { status: 202 };
  const sender = {
    send: async (to: Destination, message: EventMessage) => {
      sent.push({ at: (clock.now() - START) / 1000, to, message });
      return { status: answer.status, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const pings = new PingScheduler({ clock, executor, random, journal, deliverer: new Deliverer({ clock, sender }), jitterMs });
  return { pings, clock, journal, sent, answer, errors, times: () => sent.map(({ at }) => at) };
}

test('an event is sent whenever it is due, with an id of its own, and the journal has it', async () => {
  const { pings, clock, sent, journal, times, errors } = world();
  pings.set(
    NAME,
    source({ data: '{"a":1}', contentType: 'application/json', ceOverrides: { extensions: { team: 'red' } } }),
    SINK,
  );
  await clock.advance(150_000);
  expect(times()).toEqual([60, 120]);
  const [first, second] = sent.map(({ message }) => message);
  expect(first!.headers).toMatchObject({
    'ce-specversion': '1.0',
    'ce-type': 'dev.knative.sources.ping',
    'ce-source': '/apis/v1/namespaces/default/pingsources/tick',
    'ce-time': '2026-01-01T00:01:00.000Z',
    'ce-team': 'red',
    'content-type': 'application/json',
  });
  expect(first!.headers['prefer']).toBeUndefined();
  expect(first!.body.toString()).toBe('{"a":1}');
  const ids = [first, second].map((message) => message!.headers['ce-id']!);
  expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/);
  expect(ids[1]).not.toBe(ids[0]);
  expect(journal.entries({ log: `source/ping/${NAME}`, event: ids[0]! }).map(({ kind }) => kind)).toEqual([
    'arrived',
    'attempt',
    'delivered',
  ]);
  expect(errors).toEqual([]);
});

test('data as base64 is sent as the bytes that it stands for, and no data as none', async () => {
  const { pings, clock, sent } = world();
  pings.set(NAME, source({ dataBase64: Buffer.from([0, 255]).toString('base64'), contentType: 'image/x' }), SINK);
  pings.set('default/empty', source({ contentType: 'text/plain' }), SINK);
  await clock.advance(60_000);
  expect(sent.map(({ message }) => [[...message.body], message.headers['content-type']])).toEqual([
    [[0, 255], 'image/x'],
    [[], undefined],
  ]);
});

test('what a receiver refuses is tried five times more, each time after twice as long, and then lost', async () => {
  const { pings, clock, answer, journal, times } = world();
  answer.status = 503;
  pings.set(NAME, source(), SINK);
  await clock.advance(100_000);
  expect(times().map((at) => Math.round((at - 60) * 1000))).toEqual([0, 50, 150, 350, 750, 1550]);
  expect(journal.entries({ kind: 'dropped' })).toMatchObject([{ consumer: 'sink', reason: 'HTTP 503' }]);
});

test('a schedule with seconds in a time zone keeps to the clocks there', async () => {
  const { pings, clock, times } = world();
  pings.set(NAME, source({ schedule: '15 30 9 * * *', timezone: 'Asia/Kathmandu' }), SINK);
  await clock.advance(2 * 86_400_000);
  const first = 3 * 3600 + 45 * 60 + 15;
  expect(times()).toEqual([first, first + 86_400]);
});

test('a source that changes goes on as it is now, one that stays the same is not put off, one that is gone is silent', async () => {
  const { pings, clock, sent, times } = world();
  pings.set(NAME, source(), SINK);
  await clock.advance(30_000);
  pings.set(NAME, source(), SINK);
  await clock.advance(30_000);
  expect(times()).toEqual([60]);
  pings.set(NAME, source({ schedule: '*/20 * * * * *' }), { url: 'http://other/' });
  await clock.advance(40_000);
  expect(times()).toEqual([60, 80, 100]);
  expect(sent[2]!.to.url).toBe('http://other/');
  pings.remove(NAME);
  await clock.advance(120_000);
  expect([times().length, pings.names]).toEqual([3, []]);
});

test('what was due before a source was told of, or while nobody ran, is not made up for', async () => {
  const { pings, clock, times } = world();
  await clock.advance(600_000);
  pings.set(NAME, source(), SINK);
  await clock.settle();
  expect(times()).toEqual([]);
  await clock.advance(60_000);
  expect(times()).toEqual([660]);
});

test('a scheduler that stops breaks off its attempts without an error', async () => {
  const { pings, clock, answer, times, errors } = world();
  answer.status = 503;
  pings.set(NAME, source(), SINK);
  await clock.advance(60_010);
  pings.stop();
  await clock.advance(120_000);
  expect([times(), errors]).toEqual([[60], []]);
});

test('where many send, an event is up to half a second late by chance', async () => {
  const { pings, clock, times } = world({ jitterMs: 500 });
  pings.set(NAME, source(), SINK);
  await clock.advance(601_000);
  const late = times().map((at, i) => Math.round((at - (i + 1) * 60) * 1000));
  expect(late).toHaveLength(10);
  expect(late.every((ms) => ms >= 0 && ms < 500)).toBe(true);
  expect(new Set(late).size).toBeGreaterThan(5);
});
