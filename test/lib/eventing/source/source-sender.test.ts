import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import { type CloudEvent, Deliverer, type EventMessage, Journal, SourceSender } from '../../../../lib/eventing';

const LOG = 'source/apiserver/default/objects';
const TO = { url: 'http://sink.default.svc.cluster.local/' };
const event = (id: string): CloudEvent => ({
  attributes: { specversion: '1.0', id, source: '/s', type: 't' },
  data: Buffer.from('{}'),
});

function world({ capacity }: { readonly capacity?: number } = {}) {
  const errors: unknown[] = [];
  const executor = new CountingExecutor((error) => errors.push(error));
  const clock = new VirtualClock(executor, 0);
  const journal = new Journal(clock);
  const sent: string[] = [];
  const statuses: number[] = [];
  const sender = {
    send: async (_to: unknown, { headers }: EventMessage) => {
      sent.push(`${headers['ce-id']} ${clock.now()}`);
      return { status: statuses.shift() ?? 202, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const shared = { executor, random: seededRandom(1), journal, deliverer: new Deliverer({ clock, sender }) };
  const sources = new SourceSender({ ...shared, ...(capacity === undefined ? {} : { capacity }) });
  const send = (id: string, log = LOG) => sources.send(log, { event: event(id), namespace: 'default', to: TO });
  const story = (id: string) => journal.entries({ event: id }).map(({ kind }) => kind);
  return { sources, send, clock, sent, statuses, story, journal, errors };
}

test('events of one source are sent one after the other, and do not wait for those of another', async () => {
  const { send, clock, sent, statuses, errors } = world();
  statuses.push(503, 202, 202, 503);
  send('a1');
  send('a2');
  send('b1', 'source/apiserver/default/other');
  await clock.advance(1000);
  expect(sent).toEqual(['a1 0', 'b1 0', 'a1 50', 'a2 50', 'a2 100']);
  expect(errors).toEqual([]);
});

test('what a receiver refuses is tried six times, each time after twice as long, and then lost', async () => {
  const { send, clock, sent, statuses, story } = world();
  statuses.push(500, 500, 500, 500, 500, 500);
  send('a');
  send('b');
  await clock.advance(10_000);
  expect(sent).toEqual(['a 0', 'a 50', 'a 150', 'a 350', 'a 750', 'a 1550', 'b 1550']);
  expect(story('a').at(-1)).toBe('dropped');
  expect(story('b')).toEqual(['arrived', 'attempt', 'delivered']);
});

test('what comes while too many events wait is lost, and the journal says so', async () => {
  const { send, clock, sent, journal } = world({ capacity: 2 });
  send('a');
  send('b');
  send('c');
  await clock.settle();
  expect(sent.map((line) => line[0])).toEqual(['a', 'b']);
  expect(journal.entries({ event: 'c' })).toMatchObject([
    { kind: 'dropped', log: LOG, consumer: 'sink', reason: '2 events of this source wait already' },
  ]);
  send('d');
  await clock.settle();
  expect(sent.map((line) => line[0])).toEqual(['a', 'b', 'd']);
});

test('nothing is sent any more once it has been stopped', async () => {
  const { sources, send, clock, sent, statuses, errors } = world();
  statuses.push(503);
  send('a');
  send('b');
  await clock.settle();
  sources.stop();
  send('c');
  await clock.advance(10_000);
  expect(sent).toEqual(['a 0']);
  expect(errors).toEqual([]);
});
