import { BrokerType } from '../../../../lib/api';
import { type Log, type Metrics, noLog, noMetrics } from '../../../../lib/base';
import type { CloudEvent } from '../../../../lib/eventing';
import { MemoryStore, type StoreRoom } from '../../../../lib/local/store';
import type { EventingRuntime } from '../../../../lib/roles';
import { EventingWorld } from './world';

const MIB = 2 ** 20;

/** A store with so much room. */
class SmallStore extends MemoryStore {
  #round = 0;

  override room(): StoreRoom {
    let used = 0;
    for (const [key, value] of this.range()) used += key.length + (value instanceof Uint8Array ? value.length : 8);
    const free = Math.max(0, 8 * MIB - used);
    return { total: 8 * MIB, free, full: free === 0, round: ++this.#round };
  }
}

const event = (id: number): CloudEvent => ({
  attributes: { specversion: '1.0', id: String(id), source: '/s', type: 'order.created' },
  data: Buffer.alloc(20_000),
});

/** A world of which the events wait, as nobody has said yet where they go. */
class Full extends EventingWorld {
  readonly told: string[] = [];
  readonly measured: string[] = [];

  override make(options: ConstructorParameters<typeof EventingRuntime>[0]): EventingRuntime {
    const tell = (message: string, fields?: Readonly<Record<string, unknown>>) => {
      this.told.push(`${message} ${fields?.['log']}`);
    };
    const log: Log = { ...noLog, info: tell, warn: tell };
    const metrics: Metrics = {
      ...noMetrics,
      counter: (name) => ({ add: (labels) => void this.measured.push(`${name} ${labels['log']}`) }),
    };
    return super.make({ ...options, log, metrics });
  }

  async waiting(name: string): Promise<void> {
    await this.broker(name);
    await this.trigger(`of-${name}`, { broker: name }, { subscriberUri: undefined });
  }

  /** Publishes until it is refused. */
  async fill(name: string): Promise<number> {
    for (let count = 0; ; count++) {
      try {
        await this.runtime.hubs.get(`broker/default/${name}`)!.publish(event(count), {});
      } catch {
        return count;
      }
    }
  }
}

test('a log that is full is told by name, in the log and in metrics, and others go on', async () => {
  const world = new Full(new SmallStore());
  await world.runtime.start();
  await world.waiting('orders');
  await world.waiting('bills');
  expect(await world.fill('orders')).toBeGreaterThan(100);
  expect(await world.fill('bills')).toBeGreaterThan(30);
  const says = (name: string) => `events are refused until there is room broker/default/${name}`;
  expect(world.told).toEqual([says('orders'), says('bills')]);
  expect(world.measured).toEqual(['orders', 'bills'].map((name) => `knc_eventing_refused_total broker/default/${name}`));
  expect(world.runtime.journal.entries({ event: '0' })[0]).toMatchObject({ kind: 'arrived' });
  await world.runtime.stop();
});

test('a broker that was deleted keeps its events for ten minutes, and then gives its room to others that have none', async () => {
  const world = new Full(new SmallStore());
  await world.runtime.start();
  await world.waiting('orders');
  await world.fill('orders');
  await world.waiting('bills');
  await world.cluster.delete(BrokerType, 'default', 'orders');
  await world.clock.settle();
  const before = await world.fill('bills');
  await world.clock.advance(599_000);
  expect(await world.fill('bills')).toBeLessThan(5);
  await world.clock.advance(1000);
  expect(await world.fill('bills')).toBeGreaterThan(before);
  expect(world.told).toContain(
    'there is no room: events of a broker or channel that was deleted are given up broker/default/orders',
  );
  await world.runtime.stop();
});

test('logs that are large are read in parts at the start, and it is told how far that is', async () => {
  const world = new Full(new SmallStore());
  await world.runtime.start();
  await world.waiting('orders');
  const count = await world.fill('orders');
  await world.runtime.stop();
  const told: string[] = [];
  world.recovering = (what) => told.push(what);
  const started = world.restart();
  for (let i = 0; i < 100; i++) await world.clock.advance(1);
  await started;
  expect(told.slice(0, 2)).toEqual(
    [50, 100].map((read) => `the logs of events are read: 0 of 1, and ${read} events of the next`),
  );
  expect(told.at(-1)).toBe('brokers and channels are not open yet');
  expect(world.runtime.hubs.get('broker/default/orders')!.backlog('default/of-orders')).toBe(count);
  await world.runtime.stop();
});
