import fc from 'fast-check';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import type { CloudEvent } from '../../../../lib/eventing';
import { EventLog, type Retention, StoreStorage, Volume, VolumeFullError } from '../../../../lib/eventing/log';
import { MemoryStore, type StoreRoom } from '../../../../lib/local/store';

const MIB = 2 ** 20;

/** A store with so much room, which what is taken away gives back with the next round. */
class SmallStore extends MemoryStore {
  round = 0;
  /** Bytes that others have taken. */
  others = 0;

  constructor(readonly total: number) {
    super();
  }

  get used(): number {
    let sum = this.others;
    for (const [key, value] of this.range()) sum += key.length + (value instanceof Uint8Array ? value.length : 8);
    return sum;
  }

  override room(): StoreRoom {
    this.round++;
    const free = Math.max(0, this.total - this.used);
    return { total: this.total, free, full: free === 0, round: this.round };
  }
}

const everything = () => true;
const nothing = () => {};
const event = (id: number, bytes: number): CloudEvent => ({
  attributes: { specversion: '1.0', id: String(id), source: '/s', type: 't' },
  data: Buffer.alloc(bytes),
});

function world(total: number, retention: Retention = {}, memory?: number, others = 0) {
  const clock = new VirtualClock(new CountingExecutor(nothing));
  const store = new SmallStore(total);
  const told: string[] = [];
  const refused: string[] = [];
  const givenUp: string[] = [];
  const volume = new Volume({
    clock,
    store,
    others: () => others,
    onRefusing: (log, reason) => told.push(`${log}: ${reason}`),
    onRefused: (log) => refused.push(log),
    giveUp: () => givenUp.pop() !== undefined,
    ...(memory === undefined ? {} : { memory }),
  });
  let id = 0;
  const logOf = (name: string) => {
    const log = new EventLog({ clock, storage: new StoreStorage(store, name), retention, volume: { of: volume, name } });
    log.join('c', everything, nothing);
    return log;
  };
  /** Appends until it is refused, or so many bytes; returns how many it took. */
  const fill = (log: EventLog, most = Number.POSITIVE_INFINITY, consumers = ['c']) => {
    let taken = 0;
    try {
      for (; taken < most; taken += 10_000) log.append(event(id++, 10_000), {}, consumers);
    } catch (error) {
      expect(error).toBeInstanceOf(VolumeFullError);
    }
    return taken;
  };
  const settle = (log: EventLog, count = Number.POSITIVE_INFINITY) => {
    for (const offset of [...log.pending('c')].slice(0, count)) log.settle('c', offset);
    log.trim();
  };
  return { clock, store, told, refused, givenUp, volume, logOf, fill, settle };
}

describe('the room of several logs', () => {
  test('is that of the store, for all together', () => {
    const { store, logOf, fill } = world(16 * MIB);
    const logs = ['a', 'b', 'c', 'd'].map(logOf);
    let filled = 0;
    for (let more = true; more; ) {
      const now = logs.reduce((sum, log) => sum + fill(log, 100_000), 0);
      filled += now;
      more = now > 0;
    }
    expect(filled).toBeGreaterThan(10 * MIB);
    expect(store.used).toBeLessThanOrEqual(16 * MIB);
  });

  test('is without what something else in the store may take yet', () => {
    const [all, less] = [0, 8 * MIB].map((others) => {
      const { logOf, fill } = world(16 * MIB, {}, undefined, others);
      return fill(logOf('a'));
    });
    expect(all! - less!).toBeGreaterThan(4 * MIB);
    expect(less!).toBeGreaterThan(2 * MIB);
  });

  test('is never all had by one: another that comes later, and one after it, have some of it', () => {
    const { logOf, fill } = world(16 * MIB);
    const first = fill(logOf('first'));
    expect(first).toBeGreaterThan(8 * MIB);
    expect(first).toBeLessThan(13 * MIB);
    const second = fill(logOf('second'));
    expect(second).toBeGreaterThan(MIB);
    expect(fill(logOf('third'))).toBeGreaterThan(0.3 * MIB);
  });

  test('is refused by name, once told, and taken again when events have been got', () => {
    const { told, refused, logOf, fill, settle } = world(16 * MIB);
    const log = logOf('broker/default/orders');
    fill(log);
    fill(log);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(
      /^broker\/default\/orders: there is no room for more events of broker\/default\/orders, which has \d+ MiB for those that are still to be delivered, of \d+ MiB for 1 log; \d+ MiB are its own$/,
    );
    expect(refused).toEqual(['broker/default/orders', 'broker/default/orders']);
    settle(log, 100);
    expect(fill(log)).toBeGreaterThan(500_000);
    expect(told.slice(1)).toEqual(['broker/default/orders: undefined', expect.stringContaining('there is no room')]);
  });

  test('is first taken from what everyone has got, of this log and then of others, and of logs that nobody has', () => {
    const { givenUp, store, logOf, fill } = world(16 * MIB, { ageMs: 1_000_000 });
    const [old, fresh] = [logOf('old'), logOf('fresh')];
    expect(fill(old, 20 * MIB, [])).toBeGreaterThan(19 * MIB);
    expect(store.used).toBeLessThanOrEqual(16 * MIB);
    const before = old.bytes;
    expect(fill(fresh)).toBeGreaterThan(4 * MIB);
    expect(old.bytes).toBeLessThan(before / 2);
    expect(old.bytes).toBeGreaterThan(MIB);
    givenUp.push('one', 'two');
    fill(fresh);
    expect(givenUp).toEqual(['one']);
    fill(fresh);
    expect(givenUp).toEqual([]);
  });

  test('is refused as ever when what nobody has cannot be given up; that is tried again two seconds later', async () => {
    const { clock, givenUp, logOf, fill } = world(16 * MIB);
    const log = logOf('a');
    let tried = 0;
    Object.defineProperty(givenUp, 'pop', {
      value: () => {
        tried++;
        throw new Error('no space');
      },
    });
    fill(log);
    fill(log);
    expect(tried).toBe(1);
    await clock.advance(2000);
    fill(log);
    expect(tried).toBe(2);
  });

  test('is less when others take it, and nothing when there is none', async () => {
    const { clock, store, logOf, fill } = world(16 * MIB);
    const log = logOf('a');
    fill(log, MIB);
    store.others = 16 * MIB;
    await clock.advance(2000);
    expect(fill(log)).toBe(0);
    store.others = 0;
    expect(fill(log, MIB)).toBeGreaterThan(MIB);
  });

  test('is also that of memory, for events that are small', () => {
    const { told, logOf, fill, settle } = world(16 * MIB, {}, 360 * 100);
    const [log, other] = [logOf('a'), logOf('b')];
    expect(fill(log) / 10_000).toBe(66);
    expect(told[0]).toMatch(/^a: there is no memory for more events of a, /);
    expect(fill(other) / 10_000).toBeGreaterThanOrEqual(16);
    settle(log, 10);
    expect(fill(log) / 10_000).toBe(10);
  });

  test('is had again when a log goes for good', () => {
    const { store, logOf, fill } = world(16 * MIB);
    const [gone, stays] = [logOf('gone'), logOf('stays')];
    fill(gone);
    const before = fill(stays);
    store.write([...store.range({ prefix: 'gone/' })].map(([key]) => ({ key, value: undefined })));
    gone.close();
    expect(fill(stays)).toBeGreaterThan(before);
  });

  test('whatever comes and goes, each log is sure of its part, and all together keep to the room', () => {
    const action = fc.oneof(
      {
        weight: 5,
        arbitrary: fc.record({ do: fc.constant('fill' as const), which: fc.nat(3), bytes: fc.integer({ min: 1, max: 3 * MIB }) }),
      },
      { weight: 2, arbitrary: fc.record({ do: fc.constant('settle' as const), which: fc.nat(3), bytes: fc.nat(100) }) },
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 30 }), (actions) => {
        const { store, logOf, fill, settle } = world(16 * MIB);
        const logs = ['a', 'b', 'c', 'd'].map(logOf);
        // Half of what the store has for events, which take one and a half of their bytes at most, by all and one more.
        const part = (16 * MIB) / 1.5 / 2 / 5 - 20_000;
        for (const { do: what, which, bytes } of actions) {
          const log = logs[which]!;
          if (what === 'settle') settle(log, bytes);
          else {
            const wanted = log.bytes + bytes;
            fill(log, bytes);
            expect(log.bytes).toBeGreaterThanOrEqual(Math.min(wanted, part));
          }
          expect(store.used).toBeLessThanOrEqual(16 * MIB);
        }
      }),
      { numRuns: 10 },
    );
  });
});
