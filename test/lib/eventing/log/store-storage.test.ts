import { LogWriteError, StoreStorage } from '../../../../lib/eventing/log';
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
    expect(store.batches.slice(1)).toEqual([['+event/2', '+pending/a/2', '+event/3', '+pending/b/3']]);
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
      ['+event/2', '+pending/a/2', '-pending/a/2', '+next', '-event/2'],
      ['+consumer/a', '-pending/b/1'],
    ]);
    expect([...new StoreStorage(store, 'log').load().pending.values()]).toEqual([]);
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
    expect(store.batches.at(-1)).toEqual(['+event/2', '+pending/a/2', '+event/4']);
    await sync();
    await settled();
    expect(told.at(-1)).toBe('4');
  });
});
