import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { type CloudEvent, type Happening, Journal, type JournalRetention, JournalStore } from '../../../../lib/eventing';
import { MemoryStore } from '../../../../lib/local/store';

const event = (id: number | string, more: Record<string, string> = {}): CloudEvent => ({
  attributes: { specversion: '1.0', id: String(id), source: '/s', type: 't', ...more },
  data: undefined,
});
const delivered: Happening = { kind: 'delivered', consumer: 'a' };
let clock: VirtualClock;
beforeEach(() => {
  clock = new VirtualClock(new CountingExecutor(() => {}));
});

test('a journal keeps the newest entries, cuts long texts, and can be waited on', async () => {
  const journal = new Journal(clock, { capacity: 3 });
  const waiting = journal.when({ event: '4' });
  for (let i = 0; i < 5; i++) journal.record('l', 't', event(i, { subject: 'x'.repeat(1000) }), delivered);
  expect(journal.entries().map(({ sequence }) => sequence)).toEqual([2, 3, 4]);
  expect((await waiting).event.subject).toHaveLength(201);
  expect(await journal.when({ event: '3' })).toMatchObject({ sequence: 3 });
  const aborting = new AbortController();
  const never = journal.when({ event: '9' }, aborting.signal);
  aborting.abort(new Error('enough'));
  await expect(never).rejects.toThrow('enough');
});

test('a journal finds an event by a whole id of which it keeps the beginning', () => {
  const journal = new Journal(clock);
  const id = 'i'.repeat(500);
  journal.record('l', 't', event(id), delivered);
  expect(journal.entries({ event: id })).toHaveLength(1);
  expect(journal.story(id)).toHaveLength(1);
});

test('a journal tells no passwords and tokens that stand in addresses', () => {
  const journal = new Journal(clock);
  const url = 'http://user:hunter2@sink.example/in?access_token=hunter3&page=2';
  const attempt = { kind: 'attempt', consumer: 'a', role: 'subscriber', attempt: 1, status: 500 } as const;
  journal.record('l', 't', event(1, { source: url }), { ...attempt, url, reason: `${url}: HTTP 500` });
  const text = JSON.stringify(journal.entries());
  expect(text).not.toContain('hunter');
  expect(text.split('http://***@sink.example/in?access_token=***&page=2')).toHaveLength(4);
});

describe('a journal that is kept', () => {
  let store: MemoryStore;
  const open = (retention: JournalRetention = {}, capacity = 10) =>
    new Journal(clock, { capacity, kept: new JournalStore(store, retention) });
  const ids = (journal: Journal, ...query: Parameters<Journal['entries']>) =>
    journal.entries(...query).map((entry) => entry.event.id);
  beforeEach(() => {
    store = new MemoryStore();
  });

  test('is gone on with by the next process, in one numbering', async () => {
    const first = open();
    first.record('l', 't1', event(1), delivered);
    await clock.advance(300);
    first.record('l', 't2', event(2), delivered);
    first.close();
    first.record('l', 't3', event('late'), delivered);
    const next = open();
    next.record('l', 't1', event(3), delivered);
    expect(next.entries().map(({ sequence, event: { id } }) => [sequence, id])).toEqual([
      [0, '1'],
      [1, '2'],
      [2, '3'],
    ]);
    expect([ids(next, { event: '2' }), ids(next, {}, 2), ids(next, {}, 0)]).toEqual([['2'], ['2', '3'], []]);
    expect(next.story('1').map((entry) => entry.event.id)).toEqual(['1', '3']);
  });

  test('says how much it may grow yet: less and less, and nothing once it has what it may have', async () => {
    const journal = open({ bytes: 2 ** 17 });
    expect([journal.mayGrow, new Journal(clock).mayGrow]).toEqual([2 ** 17, 0]);
    const seen = new Set<number>();
    for (let i = 0; i < 40; i++) {
      for (let j = 0; j < 30; j++) journal.record('l', 't', event(`${i}.${j}`, { subject: 'x'.repeat(200) }), delivered);
      await clock.advance(300);
      seen.add(journal.mayGrow);
    }
    expect([...seen].map((bytes) => bytes / 2 ** 15)).toEqual([4, 3, 2, 1, 0]);
  });

  test('loses no more than the last quarter of a second to a kill', async () => {
    const killed = open();
    killed.record('l', 't', event(1), delivered);
    await clock.advance(250);
    killed.record('l', 't', event(2), delivered);
    expect(ids(open())).toEqual(['1']);
  });

  test('tells each entry once, also those that are both kept and at hand', async () => {
    const journal = open();
    for (let i = 0; i < 25; i++) {
      journal.record('l', 't', event(i), delivered);
      await clock.advance(100);
    }
    const all = Array.from({ length: 25 }, (_, i) => `${i}`);
    expect([ids(journal), ids(journal, {}, 12)]).toEqual([all, all.slice(-12)]);
  });

  test('is bounded in bytes and in age', async () => {
    const small = open({ bytes: 100_000 });
    for (let i = 0; i < 2000; i++) {
      small.record('l', 't', event(i), delivered);
      await clock.advance(100);
    }
    const bytes = [...store.range()].reduce((sum, [, value]) => sum + (value as Buffer).length, 0);
    expect(bytes).toBeLessThan(200_000);
    expect(bytes).toBeGreaterThan(50_000);
    expect(ids(small).at(-1)).toBe('1999');
    await clock.advance(8 * 86_400_000);
    const next = open();
    next.record('l', 't', event('new'), delivered);
    await clock.advance(300);
    expect(ids(next)).toEqual(['new']);
  });

  test('keeps entries for later while the disk is full', async () => {
    const journal = open();
    const write = jest.spyOn(store, 'write').mockImplementation(() => {
      throw new Error('ENOSPC');
    });
    journal.record('l', 't', event(1), delivered);
    await clock.advance(300);
    write.mockRestore();
    journal.record('l', 't', event(2), delivered);
    await clock.advance(300);
    expect(ids(open())).toEqual(['1', '2']);
  });
});
