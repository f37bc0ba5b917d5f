import fc from 'fast-check';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { EventLog, LogWriteError, StoreStorage } from '../../../../lib/eventing/log';
import { encodeRecord } from '../../../../lib/eventing/log/event-record';
import { MemoryStore } from '../../../../lib/local/store';

/** A store of which syncs end when they are told to, and writes can be refused. */
class SlowStore extends MemoryStore {
  readonly batches: string[][] = [];
  readonly syncs: (() => void)[] = [];
  full = false;

  override write(batch: Parameters<MemoryStore['write']>[0]): void {
    if (this.full) throw new Error('no space');
    this.batches.push(batch.map(({ key, value }) => `${value === undefined ? '-' : '+'}${key.slice(4).replace(/0{10,}/, '')}`));
    super.write(batch);
  }

  override flushed(): Promise<void> {
    return new Promise((resolve) => this.syncs.push(resolve));
  }
}

const record = (id: number) => ({
  event: { attributes: { specversion: '1.0', id: String(id), source: '/s', type: 't' }, data: undefined },
  headers: {},
  time: id,
});

/** What every event of the log says of itself, as it is read. */
const shown = (storage: StoreStorage, offset: number) => storage.read(offset)?.event.attributes['id'];

/** Appends as a broker does, and notes when it may answer. */
function world() {
  const store = new SlowStore();
  const storage = new StoreStorage(store, 'log');
  const told: string[] = [];
  const publish = (id: number, ...consumers: string[]) => {
    storage.append(id, record(id), consumers);
    storage.durable().then(
      () => told.push(`${id}`),
      (error) => told.push(`${id} ${error instanceof LogWriteError}`),
    );
  };
  const settled = () => new Promise((resolve) => setImmediate(resolve));
  const sync = async () => {
    store.syncs.shift()!();
    await settled();
  };
  return { store, storage, told, publish, sync, settled };
}

describe('a log of events in a store that syncs', () => {
  test('writes events that come during a sync in one batch, and answers after the sync that covers them', async () => {
    const { store, storage, told, publish, sync } = world();
    publish(1, 'a');
    publish(2, 'a');
    publish(3, 'b');
    expect(store.batches).toEqual([['+event/1', '+pending/a/1']]);
    expect([1, 2, 3].map((offset) => storage.read(offset)?.time)).toEqual([1, 2, 3]);
    await sync();
    expect(told).toEqual(['1']);
    expect(store.batches.slice(1)).toEqual([['+event/2', '+pending/a/2', '+pending/b/3']]);
    expect([1, 2, 3, 4].map((offset) => storage.read(offset)?.time)).toEqual([1, 2, 3, undefined]);
    publish(4);
    await sync();
    expect(told).toEqual(['1', '2', '3']);
    await sync();
    expect([told, store.syncs.length]).toEqual([['1', '2', '3', '4'], 0]);
    publish(5);
    expect(store.batches.at(-1)).toEqual(['+event/5']);
  });

  test('keeps the order of what becomes of an event, also where nothing more is published', async () => {
    const { store, storage, publish, sync } = world();
    publish(1);
    publish(2, 'a');
    storage.settle([2], 'a');
    storage.drop([2]);
    await sync();
    storage.saveConsumer('a', {});
    storage.settle([1], 'b');
    expect(store.batches).toHaveLength(2);
    await sync();
    expect(store.batches.slice(1)).toEqual([
      ['+pending/a/2', '-pending/a/2', '+next'], // the event came and went meanwhile
      ['+consumer/a', '-pending/b/1'],
    ]);
    const kept = new StoreStorage(store, 'log').load();
    expect([kept.next, [...kept.pending.values()]]).toEqual([3, []]);
  });

  test('writes at once what waits when it is to end', async () => {
    const { store, storage, publish } = world();
    publish(1, 'a');
    storage.settle([1], 'a');
    expect(store.batches).toHaveLength(1);
    storage.flush();
    expect(store.batches.slice(1)).toEqual([['-pending/a/1']]);
  });

  test('tells who came during a sync that there is no room, and writes what it owes once there is', async () => {
    const { store, storage, told, publish, sync, settled } = world();
    publish(1, 'a');
    publish(2, 'a');
    store.full = true;
    await sync();
    expect(told).toEqual(['1', '2 true']);
    expect(() => publish(3)).toThrow(LogWriteError);
    expect(storage.read(2)?.time).toBe(2);
    store.full = false;
    publish(4);
    expect(store.batches.at(-1)).toEqual(['+event/2', '+event/4', '+pending/a/2']);
    await sync();
    await settled();
    expect(told.at(-1)).toBe('4');
    expect(new StoreStorage(store, 'log').load().events.map(({ offset }) => offset)).toEqual([1, 2, 4]);
  });

  test('what it owes is written when there is to be room, though nothing else is', async () => {
    const { store, storage, publish, sync, settled } = world();
    publish(1, 'a');
    publish(2, 'a');
    await sync();
    await sync();
    await settled();
    store.full = true;
    storage.settle([1, 2], 'a');
    storage.drop([1, 2]);
    storage.tidy();
    expect([...store.keys({ prefix: 'log/pending/' })]).toHaveLength(2);
    store.full = false;
    storage.tidy();
    expect([...store.keys()]).toEqual(['log/next']);
  });

  test('while a store is full it is asked again when it has made room, and not each time', () => {
    const { store, storage, publish } = world();
    let round = 1;
    let tried = 0;
    publish(1, 'a');
    store.room = () => ({ total: 1, free: 0, full: true, round });
    store.write = () => {
      tried++;
      throw new Error('no space');
    };
    const before = new StoreStorage(store, 'log');
    before.load();
    before.settle([1], 'a');
    tried = 0;
    for (let i = 0; i < 5; i++) before.tidy();
    expect(tried).toBe(1);
    round++;
    for (let i = 0; i < 5; i++) before.tidy();
    expect(tried).toBe(2);
    expect(storage.read(1)).toBeDefined();
  });

  test('events that are written together go together, once none of them is needed', async () => {
    const { store, storage, publish, sync } = world();
    for (let id = 0; id < 5; id++) publish(id);
    await sync();
    await sync();
    expect([...store.range({ prefix: 'log/event/' })]).toHaveLength(2);
    storage.drop([2, 1, 4]);
    expect(store.batches).toHaveLength(2);
    const next = new StoreStorage(store, 'log');
    expect(next.load().events.map(({ offset }) => offset)).toEqual([0, 1, 2, 3, 4]);
    storage.drop([3]);
    expect(store.batches.slice(2)).toEqual([['+next', '-event/1']]);
    expect([shown(storage, 0), shown(storage, 3)]).toEqual(['0', undefined]);
    storage.drop([0]);
    expect(new StoreStorage(store, 'log').load()).toMatchObject({ events: [], next: 5 });
  });

  test('a value holds up to 16 KiB of events, or one that is larger', async () => {
    const { store, storage, sync } = world();
    const data = Buffer.alloc(1000, 'x');
    const append = (offset: number, size: number) => {
      const { event, ...rest } = record(offset);
      storage.append(offset, { ...rest, event: { ...event, data: Buffer.concat(Array(size).fill(data)) } }, []);
      void storage.durable();
    };
    append(0, 1);
    for (let offset = 1; offset <= 40; offset++) append(offset, 1);
    append(41, 100);
    append(42, 1);
    await sync();
    const sizes = [...store.range({ prefix: 'log/event/' })].map(([, value]) => Math.round((value as Buffer).length / 1000));
    expect(sizes).toEqual([1, 16, 16, 14, 100, 1]);
    const kept = new StoreStorage(store, 'log');
    expect(kept.load().events.map(({ offset }) => offset)).toEqual(Array.from({ length: 43 }, (_, i) => i));
    expect(kept.read(30)).toEqual(storage.read(30));
    expect([30, 31, 5, 41, 42].map((offset) => shown(kept, offset))).toEqual(['30', '31', '5', '41', '42']);
  });

  test('an event that stands alone, as earlier versions wrote them, is read', () => {
    const store = new MemoryStore();
    store.write([{ key: 'log/event/0000000000000007', value: encodeRecord(record(7), 99) }]);
    const storage = new StoreStorage(store, 'log');
    expect(storage.load()).toMatchObject({ next: 8, events: [{ offset: 7, size: 99, time: 7 }] });
    expect(storage.read(7)).toEqual(record(7));
  });

  test('of damaged events that stand together none is there, and the others are', async () => {
    const { store, publish, sync } = world();
    for (let id = 0; id < 3; id++) publish(id);
    await sync();
    await sync();
    const [[key, value]] = [...store.range({ prefix: 'log/event/', reverse: true, limit: 1 })] as [[string, Buffer]];
    store.write([{ key, value: value.subarray(0, -10) }]);
    const storage = new StoreStorage(store, 'log');
    expect(storage.load().events.map(({ offset }) => offset)).toEqual([0]);
    expect(store.get(key)).toBeUndefined();
  });

  test('an offset that anything names is not given again, though the newest events are damaged', () => {
    const store = new MemoryStore();
    const logOf = () =>
      new EventLog({ clock: new VirtualClock(new CountingExecutor(() => {})), storage: new StoreStorage(store, 'log') });
    store.write([
      { key: 'log/consumer/away', value: { retiredAt: 140 } },
      { key: 'log/consumer/there', value: {} },
      { key: 'log/pending/there/0000000000000130', value: 1 },
    ]);
    const log = logOf();
    expect([log.next, log.backlog('there')]).toEqual([140, 0]);
    const { event } = record(1);
    log.append(event, {}, []);
    log.join(
      'away',
      () => true,
      () => {},
    );
    expect([...log.pending('away')]).toEqual([140]);
    log.settle('away', 140);
    store.write([{ key: 'log/pending/there/0000000000000150', value: 1 }]);
    expect(logOf().next).toBe(151);
  });

  test('whatever comes, goes and fails, what was acknowledged and not dropped is there, also after a restart', async () => {
    const action = fc.oneof(
      { weight: 6, arbitrary: fc.record({ do: fc.constant('append' as const), size: fc.constantFrom(10, 3000, 9000) }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constant('drop' as const), which: fc.nat() }) },
      { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('sync' as const, 'fill' as const, 'restart' as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 80 }), async (actions) => {
        const store = new SlowStore();
        let storage = new StoreStorage(store, 'log');
        let next = 0;
        const there = new Map<number, string>();
        const acknowledged = new Set<number>();
        const settled = () => new Promise((resolve) => setImmediate(resolve));
        for (const one of actions) {
          if (one.do === 'append') {
            const { event, ...rest } = record(next);
            try {
              storage.append(next, { ...rest, event: { ...event, data: Buffer.alloc(one.size, String(next)) } }, []);
            } catch {
              continue;
            }
            const offset = next++;
            there.set(offset, String(offset));
            storage.durable().then(
              () => acknowledged.add(offset),
              () => {},
            );
          } else if (one.do === 'drop') {
            const offset = [...there.keys()][one.which % Math.max(1, there.size)];
            if (offset === undefined) continue;
            storage.drop([offset]);
            there.delete(offset);
          } else if (one.do === 'fill') store.full = !store.full;
          else {
            store.syncs.shift()?.();
            await settled();
          }
          for (const [offset, id] of there) expect(shown(storage, offset)).toBe(id);
          if (one.do !== 'restart') continue;
          const [wanted, sure] = [[...there.keys()], new Set(acknowledged)];
          storage = new StoreStorage(store, 'log');
          const kept = storage.load();
          const offsets = kept.events.map(({ offset }) => offset);
          expect(kept.next).toBeGreaterThanOrEqual(Math.max(-1, ...sure) + 1);
          expect(wanted.filter((offset) => sure.has(offset) && !offsets.includes(offset))).toEqual([]);
          for (const offset of offsets) expect(shown(storage, offset)).toBe(String(offset));
          store.syncs.length = 0;
          there.clear();
          for (const offset of offsets) there.set(offset, String(offset));
          next = kept.next;
        }
      }),
      { numRuns: 200 },
    );
  });
});
