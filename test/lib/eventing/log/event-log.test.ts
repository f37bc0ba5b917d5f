import fc from 'fast-check';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import type { CloudEvent } from '../../../../lib/eventing';
import {
  EventLog,
  type EventRecord,
  LogFullError,
  type LogStorage,
  LogWriteError,
  MemoryStorage,
  type Retention,
  StoreStorage,
} from '../../../../lib/eventing/log';
import { MemoryStore } from '../../../../lib/local/store';

const event = (id: number | string, data?: Buffer): CloudEvent => ({
  attributes: { specversion: '1.0', id: String(id), source: '/s', type: 't', count: 3 },
  data,
});
const everything = () => true;
const nothing = () => {};

/** Every engine keeps the same contract; `reopen` is what the next process finds. */
const engines: [string, () => { storage: LogStorage; reopen?: () => LogStorage }][] = [
  ['memory', () => ({ storage: new MemoryStorage() })],
  [
    'store',
    () => {
      const store = new MemoryStore();
      return {
        storage: new StoreStorage(store, 'events/default/orders'),
        reopen: () => new StoreStorage(store, 'events/default/orders'),
      };
    },
  ],
];

describe.each(engines)('a log of events in a %s', (_name, make) => {
  const clock = new VirtualClock(new CountingExecutor(nothing));
  let engine: ReturnType<typeof make>;
  let log: EventLog;
  const open = (retention: Retention = {}) => {
    engine = make();
    log = new EventLog({ clock, storage: engine.storage, retention });
  };
  const ids = (name: string) => [...log.pending(name)].map((offset) => log.read(offset)!.event.attributes['id']);
  const settleAll = (name: string) => {
    for (const offset of [...log.pending(name)]) log.settle(name, offset);
  };
  beforeEach(() => open());

  test('a consumer goes on under another name with what it has to get, what it remembers and what comes', () => {
    log.join('old', everything, nothing);
    log.join('there', everything, nothing);
    log.append(event(1), {}, ['old', 'there']);
    expect(log.rename('old', 'new')).toBe(false);
    log.memory('old').save([['seen', 7]]);
    log.retire('old');
    log.retire('there');
    expect(log.rename('old', 'there')).toBe(false);
    expect(log.rename('old', 'new')).toBe(true);
    log.append(event(2), {}, []);
    if (engine.reopen) {
      engine.storage.flush();
      log = new EventLog({ clock, storage: engine.reopen() });
    }
    expect(log.retired().map(({ name }) => name)).toEqual(expect.arrayContaining(['new', 'there']));
    expect(log.retired()).toHaveLength(2);
    log.join('new', everything, nothing);
    log.join('old', everything, nothing);
    expect([ids('new'), ids('old'), ids('there')]).toEqual([['1', '2'], [], ['1']]);
    expect([...log.memory('new').load()]).toEqual([['seen', 7]]);
    expect([...log.memory('old').load()]).toEqual([]);
    settleAll('new');
    expect(ids('new')).toEqual([]);
  });

  test('gives each consumer its events in order, until they are settled', () => {
    log.join('a', everything, nothing);
    log.join('b', everything, nothing);
    log.append(event(1), {}, ['a', 'b']);
    const second = log.append(event(2), {}, ['a']);
    expect([ids('a'), ids('b')]).toEqual([['1', '2'], ['1']]);
    log.settle('a', second);
    log.settle('a', second);
    expect([ids('a'), log.backlog('a'), log.backlog('b')]).toEqual([['1'], 1, 1]);
  });

  test('keeps an event as it came: attributes, headers, data, time', () => {
    log.join('a', everything, nothing);
    const came = event('é🎈', Buffer.from([0, 255, 1]));
    const offset = log.append(came, { traceparent: '00-1-2-01' }, ['a']);
    expect(log.read(offset)).toEqual({ event: came, headers: { traceparent: '00-1-2-01' }, time: clock.now() });
    const empty = log.append(event(2), {}, ['a']);
    expect(log.read(empty)?.event.data).toBeUndefined();
  });

  test('tells a consumer when there is something to get', () => {
    let told = 0;
    log.join('a', everything, () => told++);
    expect(told).toBe(0);
    log.append(event(1), {}, ['a']);
    log.append(event(2), {}, ['b']);
    expect(told).toBe(1);
  });

  test('begins with the next event for a new consumer', () => {
    log.join('a', everything, nothing);
    log.append(event(1), {}, ['a']);
    log.join('b', everything, nothing);
    expect(ids('b')).toEqual([]);
  });

  test('neither loses nor repeats anything for a consumer that goes and comes back', () => {
    log.join('a', everything, nothing);
    log.append(event(1), {}, ['a']);
    log.append(event(2), {}, ['a']);
    log.settle('a', 0);
    log.retire('a');
    log.append(event(3), {}, []);
    log.append(event(4), {}, []);
    expect(log.retired()).toEqual([{ name: 'a', at: 2 }]);
    let told = 0;
    log.join(
      'a',
      ({ attributes }) => attributes['id'] !== '3',
      () => told++,
    );
    expect([ids('a'), told, log.retired()]).toEqual([['2', '4'], 1, []]);
  });

  test('replays on purpose, from an offset or a time, what it still has', async () => {
    open({ ageMs: 60_000 });
    log.join('a', everything, nothing);
    log.append(event(1), {}, ['a']);
    await clock.advance(10_000);
    log.append(event(2), {}, ['a']);
    settleAll('a');
    expect(log.replay('a', everything, log.offsetAt(clock.now() - 5000))).toBe(1);
    expect(ids('a')).toEqual(['2']);
    expect(log.replay('a', everything, 0)).toBe(1);
    expect(ids('a').sort()).toEqual(['1', '2']);
    expect(log.offsetAt(clock.now() + 1)).toBe(log.next);
  });

  test('lets go of events that everyone has got, and of no other', () => {
    log.join('slow', everything, nothing);
    log.join('fast', everything, nothing);
    log.append(event(1), {}, ['slow', 'fast']);
    for (let i = 2; i < 50; i++) {
      log.append(event(i, Buffer.alloc(1000)), {}, ['fast']);
      settleAll('fast');
    }
    log.trim();
    expect(ids('slow')).toEqual(['1']);
    expect(log.bytes).toBeLessThan(1000);
    settleAll('slow');
    log.trim();
    expect([log.bytes, log.next]).toEqual([0, 49]);
  });

  test('keeps events for as long, and as many, as it was told', async () => {
    open({ ageMs: 1000, bytes: 5000 });
    for (let i = 0; i < 20; i++) log.append(event(i, Buffer.alloc(1000)), {}, []);
    log.trim();
    expect(log.bytes).toBeLessThanOrEqual(5000);
    expect(log.bytes).toBeGreaterThan(3000);
    await clock.advance(1000);
    log.trim();
    expect(log.bytes).toBe(0);
  });

  test('keeps events for consumers that are away, for a week', async () => {
    log.join('a', everything, nothing);
    log.retire('a');
    log.append(event(1), {}, []);
    await clock.advance(6 * 86_400_000);
    log.trim();
    expect(log.bytes).toBeGreaterThan(0);
    await clock.advance(2 * 86_400_000);
    log.trim();
    expect(log.bytes).toBe(0);
  });

  test('keeps no more for consumers that are away than it has room for, the newest', () => {
    open({ bytes: 5000 });
    log.join('a', everything, nothing);
    log.retire('a');
    for (let i = 0; i < 10; i++) log.append(event(i, Buffer.alloc(1000)), {}, []);
    log.join('a', everything, nothing);
    expect(ids('a').length).toBeGreaterThan(2);
    expect(ids('a').length).toBeLessThan(7);
    expect(ids('a').at(-1)).toBe('9');
  });

  test('tells what it had for a consumer that was away for too long', async () => {
    engine = make();
    const forgotten: unknown[] = [];
    const onForgotten = (name: string, record: EventRecord) => forgotten.push([name, record.event.attributes['id']]);
    log = new EventLog({ clock, storage: engine.storage, onForgotten });
    log.join('a', everything, nothing);
    log.append(event(1), {}, ['a']);
    log.append(event(2), {}, ['a']);
    log.retire('a');
    await clock.advance(8 * 86_400_000);
    log.trim();
    expect([forgotten, log.bytes]).toEqual([
      [
        ['a', '1'],
        ['a', '2'],
      ],
      0,
    ]);
  });

  test('forgets a consumer with all that it had to get', () => {
    log.join('a', everything, nothing);
    log.append(event(1), {}, ['a']);
    log.forget('a');
    expect([log.backlog('a'), log.bytes, log.retired()]).toEqual([0, 0, []]);
  });

  test('takes no event when it is full of events that are to be delivered, and goes on when they are', () => {
    open({ capacity: 3000 });
    log.join('a', everything, nothing);
    log.append(event(1, Buffer.alloc(2000)), {}, ['a']);
    expect(() => log.append(event(2, Buffer.alloc(2000)), {}, ['a'])).toThrow(LogFullError);
    expect(ids('a')).toEqual(['1']);
    settleAll('a');
    log.append(event(3, Buffer.alloc(2000)), {}, ['a']);
    expect(ids('a')).toEqual(['3']);
  });

  test('is found by the next process as it was left', () => {
    if (!engine.reopen) return;
    log.join('a', everything, nothing);
    log.join('gone', everything, nothing);
    log.append(event(1), {}, ['a', 'gone']);
    log.append(event(2, Buffer.from('x')), { h: '1' }, ['a']);
    log.retire('gone');
    log.settle('a', 0);
    log.append(event(3), {}, ['a']);
    const before = { bytes: log.bytes, next: log.next };
    log = new EventLog({ clock, storage: engine.reopen() });
    expect({ bytes: log.bytes, next: log.next }).toEqual(before);
    log.join('a', everything, nothing);
    log.join('gone', everything, nothing);
    expect([ids('a'), ids('gone')]).toEqual([
      ['2', '3'],
      ['1', '3'],
    ]);
  });

  test('never gives an offset twice, also when the last event is gone before the process ends', () => {
    if (!engine.reopen) return;
    log.append(event(1), {}, []);
    log.trim();
    log = new EventLog({ clock, storage: engine.reopen() });
    expect(log.append(event(2), {}, [])).toBe(1);
  });
});

/** A store on a disk that can be full. */
class SmallStore extends MemoryStore {
  full = false;

  override write(batch: Parameters<MemoryStore['write']>[0]): void {
    if (this.full) throw new Error('ENOSPC: no space left on device');
    super.write(batch);
  }

  override async flushed(): Promise<void> {
    if (this.full) throw new Error('ENOSPC: no space left on device');
  }
}

describe('a log whose disk is full', () => {
  const clock = new VirtualClock(new CountingExecutor(nothing));
  const store = new SmallStore();
  const reopen = () => new EventLog({ clock, storage: new StoreStorage(store, 'l') });

  test('refuses events, and remembers what became of those that it has', async () => {
    let log = reopen();
    log.join('a', everything, nothing);
    const [first] = [log.append(event(1), {}, ['a']), log.append(event(2), {}, ['a'])];
    store.full = true;
    expect(() => log.append(event(3), {}, ['a'])).toThrow(LogWriteError);
    await expect(log.durable()).rejects.toThrow('it is not taken: ENOSPC: no space left on device');
    log.settle('a', first);
    log.join('b', everything, nothing);
    expect([log.backlog('a'), log.next]).toEqual([1, 2]);
    store.full = false;
    log.append(event(4), {}, ['a', 'b']);
    await log.durable();
    log = reopen();
    const ids = (name: string) => [...log.pending(name)].map((offset) => log.read(offset)!.event.attributes['id']);
    expect([ids('a'), ids('b')]).toEqual([['2', '4'], ['4']]);
  });
});

test('a log lets go of any number of events at once', () => {
  const storage = new StoreStorage(new MemoryStore(), 'l');
  const offsets = Array.from({ length: 200_000 }, (_, offset) => offset);
  const record = { event: event(1), headers: {}, time: 0 };
  for (const offset of offsets) storage.append(offset, record, []);
  storage.drop(offsets);
  expect(storage.load().next).toBe(200_000);
});

test('whatever happens, a consumer gets each event that it wants exactly once until it is settled', () => {
  const action = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constant('append' as const), kind: fc.integer({ min: 0, max: 1 }) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('settle' as const) }) },
    fc.record({ do: fc.constantFrom('retire' as const, 'join' as const, 'restart' as const, 'trim' as const) }),
  );
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const clock = new VirtualClock(new CountingExecutor(nothing));
      const store = new MemoryStore();
      const reopen = () => new EventLog({ clock, storage: new StoreStorage(store, 'l') });
      const wants = ({ attributes }: CloudEvent) => attributes['type'] === '1';
      let log = reopen();
      log.join('c', wants, nothing);
      let here = true;
      const expected: string[] = [];
      const got: string[] = [];
      for (const [i, one] of actions.entries()) {
        if (one.do === 'append') {
          const type = String(one.kind);
          log.append(
            { attributes: { specversion: '1.0', id: `${i}`, source: '/', type }, data: undefined },
            {},
            here && type === '1' ? ['c'] : [],
          );
          if (type === '1') expected.push(`${i}`);
        } else if (one.do === 'settle') {
          const [offset] = here ? log.pending('c') : [];
          if (offset === undefined) continue;
          got.push(String(log.read(offset)!.event.attributes['id']));
          log.settle('c', offset);
        } else if (one.do === 'retire') {
          log.retire('c');
          here = false;
        } else if (one.do === 'trim') log.trim();
        else {
          if (one.do === 'restart') log = reopen();
          if (one.do === 'join' || here) log.join('c', wants, nothing);
          here ||= one.do === 'join';
        }
      }
      log.join('c', wants, nothing);
      for (const offset of log.pending('c')) got.push(String(log.read(offset)!.event.attributes['id']));
      expect(got).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});
