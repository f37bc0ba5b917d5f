import fc from 'fast-check';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { EventLog, type EventRecord, StoreStorage } from '../../../../lib/eventing/log';
import { MemoryStore } from '../../../../lib/local/store';

/** A store that counts what it takes, and can refuse what is written. */
class CountingStore extends MemoryStore {
  full = false;
  written = 0;

  override write(batch: Parameters<MemoryStore['write']>[0]): void {
    if (this.full) throw new Error('ENOSPC: no space left on device');
    for (const { value } of batch) if (value instanceof Uint8Array) this.written += value.length;
    super.write(batch);
  }

  get bytes(): number {
    let sum = 0;
    for (const [, value] of this.range()) sum += value instanceof Uint8Array ? value.length : 0;
    return sum;
  }
}

const data = Buffer.alloc(1000, 'x');
const record = (id: number): EventRecord => ({
  event: {
    attributes: { specversion: '1.0', id: String(id), source: '/s', type: 't' },
    data: Buffer.concat([Buffer.from(`${id} `), data]),
  },
  headers: {},
  time: id,
});
const everything = () => true;
const nothing = () => {};
const clock = new VirtualClock(new CountingExecutor(nothing));
const logOf = (store: MemoryStore) => new EventLog({ clock, storage: new StoreStorage(store, 'log') });
const ids = (log: EventLog, name: string) => [...log.pending(name)].map((offset) => log.read(offset)?.event.attributes['id']);

/** A log of 20 MB of which a slow consumer has not got every tenth event, a fast one everything. */
async function slow() {
  const store = new CountingStore();
  const log = logOf(store);
  log.join('fast', everything, nothing);
  log.join('slow', everything, nothing);
  const left: string[] = [];
  for (let id = 0; id < 20_000; id++) {
    if (id % 50 === 0) {
      // What comes during a sync is written together.
      await log.durable();
      await log.durable();
      void log.durable();
    }
    const wanted = id % 10 === 0;
    const offset = log.append(record(id).event, {}, wanted ? ['fast', 'slow'] : ['fast']);
    if (wanted) left.push(String(id));
    log.settle('fast', offset);
  }
  await log.durable();
  log.trim();
  return { store, log, left };
}

test('a few events that are still to be delivered do not keep all that they came with', async () => {
  const { store, log, left } = await slow();
  expect(store.bytes).toBeLessThan(8_000_000);
  expect(log.bytes).toBeLessThan(2_500_000);
  expect(ids(log, 'slow')).toEqual(left);
  // What is written anew is a part of what was written.
  expect(store.written).toBeLessThan(1.2 * 20_000 * 1200);
});

test('the next process finds them, in order, and gives no offset twice', async () => {
  const { store, log, left } = await slow();
  const next = logOf(store);
  next.join('slow', everything, nothing);
  next.trim();
  expect([ids(next, 'slow'), next.next, next.bytes]).toEqual([left, 20_000, log.bytes]);
  for (const offset of [...next.pending('slow')]) next.settle('slow', offset);
  next.trim();
  expect([store.bytes, next.bytes]).toEqual([0, 0]);
  expect(logOf(store).next).toBe(20_000);
});

test('what is stored counts, with what nobody needs and has not gone yet', () => {
  const store = new CountingStore();
  const storage = new StoreStorage(store, 'log');
  for (let id = 0; id < 1000; id++) storage.append(id, record(id), [], 1100);
  expect(storage.stored).toBe(1_100_000);
  storage.drop(Array.from({ length: 900 }, (_, i) => i + 50));
  const before = storage.stored;
  expect(before).toBeGreaterThanOrEqual(110_000);
  storage.append(1000, record(1000), ['c'], 1100);
  expect(storage.stored).toBeGreaterThan(before + 1100);
  storage.settle([1000], 'c');
  expect(storage.stored).toBe(before + 1100);
});

test('whatever is dropped, fails and ends in between, each event that is needed is there as it came', async () => {
  const action = fc.oneof(
    { weight: 3, arbitrary: fc.record({ do: fc.constant('append' as const), count: fc.integer({ min: 1, max: 60 }) }) },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('drop' as const), count: fc.integer({ min: 2, max: 30 }) }) },
    fc.record({ do: fc.constantFrom('tidy' as const, 'fill' as const, 'restart' as const), count: fc.constant(0) }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(action, { maxLength: 40 }), async (actions) => {
      const store = new CountingStore();
      let storage = new StoreStorage(store, 'log');
      storage.load();
      let next = 0;
      let there: number[] = [];
      for (const { do: what, count } of actions) {
        if (what === 'append' && !store.full) {
          // Events of one sync are written together.
          const sync = storage.durable();
          for (let i = 0; i < count; i++) {
            storage.append(next, record(next), []);
            there.push(next++);
          }
          await sync;
          await storage.durable();
          await storage.durable();
        } else if (what === 'drop') {
          storage.drop(there.filter((offset) => offset % count !== 0));
          there = there.filter((offset) => offset % count === 0);
        } else if (what === 'tidy') storage.tidy();
        else if (what === 'fill') store.full = !store.full;
        else if (what === 'restart') {
          store.full = false;
          storage.flush();
          storage = new StoreStorage(store, 'log');
          const kept = storage.load();
          expect(kept.next).toBe(next);
          // What stands with others may still be there.
          const offsets = new Set(kept.events.map(({ offset }) => offset));
          expect(there.filter((offset) => !offsets.has(offset))).toEqual([]);
          expect([...offsets]).toEqual([...offsets].sort((a, b) => a - b));
          there = [...offsets];
        }
        const isAsItCame = (offset: number) => storage.read(offset)?.event.data?.equals(record(offset).event.data!);
        expect(there.filter((offset) => !isAsItCame(offset))).toEqual([]);
      }
      store.full = false;
      storage.drop(there);
      storage.flush();
      expect([store.bytes, storage.stored]).toEqual([0, 0]);
    }),
    { numRuns: 40 },
  );
});
