import { BrokerType } from '../../../../lib/api';
import { KncError } from '../../../../lib/base';
import { MemoryStore, type StoreRoom, type StoreWrite } from '../../../../lib/local/store';
import { EventingWorld } from './world';

const MIB = 2 ** 20;

/** A store that can refuse writes. */
class RefusingStore extends MemoryStore {
  refuses: (batch: readonly StoreWrite[]) => boolean = () => false;
  refused = 0;
  free = 8 * MIB;
  #round = 0;

  override write(batch: readonly StoreWrite[]): void {
    if (this.refuses(batch)) {
      this.refused++;
      throw new KncError('KNC3305', 'The state cannot be written: ENOSPC', { where: '/state' });
    }
    super.write(batch);
  }

  override room(): StoreRoom {
    return { total: 8 * MIB, free: this.free, full: this.free === 0, round: ++this.#round };
  }
}

const GONE = 'broker/default/gone';

/** A world with the log of a broker that was deleted an hour ago: of so many deliveries. */
async function withGone(deliveries: number) {
  const store = new RefusingStore();
  const world = new EventingWorld(store);
  const pad = (i: number) => String(i).padStart(16, '0');
  const pending = Array.from({ length: deliveries }, (_, i) => ({ key: `events/${GONE}/pending/c/${pad(i)}`, value: 1 }));
  store.write([
    ...pending,
    { key: `events/${GONE}/event/${pad(0)}`, value: Buffer.alloc(100) },
    { key: `events/${GONE}/consumer/c`, value: {} },
    { key: `log/${GONE}`, value: { closed: world.clock.now() - 3_600_000 } },
  ]);
  await world.runtime.start();
  await world.broker('orders');
  await world.trigger('t');
  const left = () => [...store.keys({ prefix: `events/${GONE}/` })].length;
  const isNoted = () => store.get(`log/${GONE}`) !== undefined;
  return { store, world, left, isNoted };
}

test('on a disk that takes nothing brokers are opened and deleted, and the process starts; it is noted when there is room', async () => {
  const store = new RefusingStore();
  const world = new EventingWorld(store);
  await world.runtime.start();
  await world.broker('orders');
  await world.broker('bills');
  await world.clock.settle();
  const { hubs } = world.runtime;
  expect([...hubs.names].sort()).toEqual(['broker/default/bills', 'broker/default/orders']);
  const noted = (name: string) => store.get(`log/broker/default/${name}`);

  store.refuses = () => true;
  hubs.close('broker/default/orders');
  hubs.open('broker', 'broker/default/more');
  expect(noted('orders')).toEqual({});
  store.refuses = () => false;
  await world.clock.advance(1000);
  expect([noted('orders'), noted('more')]).toEqual([{ closed: expect.any(Number) }, {}]);
  hubs.close('broker/default/more');

  await world.cluster.delete(BrokerType, 'default', 'bills');
  await world.runtime.stop();
  store.write([{ key: 'log/broker/default/bills', value: {} }]);
  store.refuses = () => true;
  await world.restart();
  expect(world.runtime.hubs.get('broker/default/orders')).toBeDefined();
  expect([noted('orders'), noted('bills')]).toEqual([{ closed: expect.any(Number) }, {}]);
  store.refuses = () => false;
  await world.clock.advance(1000);
  expect([noted('orders'), noted('bills')]).toEqual([{}, { closed: expect.any(Number) }]);
  expect(world.errors).toEqual([]);
  await world.runtime.stop();
});

test('a log that is opened again is not given up, though that could not be noted yet', async () => {
  const { store, world, left } = await withGone(10);
  store.refuses = (batch) => batch.some(({ key }) => key === `log/${GONE}`);
  world.runtime.hubs.open('broker', GONE);
  const before = left();
  store.free = 0;
  expect(await world.publish('1')).toBe(503);
  expect(left()).toBe(before);
  await world.runtime.stop();
});

test('a log that is given up goes in parts, each of which fits where there is hardly room', async () => {
  const { store, world, left, isNoted } = await withGone(9000);
  store.refuses = (batch) => batch.length > 2000;
  store.free = 0;
  expect(await world.publish('1')).toBe(503);
  expect([left(), isNoted(), store.refused]).toEqual([0, false, 0]);
  await world.runtime.stop();
});

test('a log that is large is given up over time', async () => {
  const { store, world, left, isNoted } = await withGone(60_000);
  store.free = 0;
  expect(await world.publish('1')).toBe(503);
  expect(left()).toBeGreaterThan(0);
  expect(isNoted()).toBe(true);
  for (let i = 0; i < 3; i++) await world.clock.advance(1000);
  expect([left(), isNoted()]).toEqual([0, false]);
  await world.runtime.stop();
});

test('a log that cannot be given up is no fault of who publishes: that is refused as ever, and it is tried again now and then', async () => {
  const { store, world, left, isNoted } = await withGone(5000);
  let took = 0;
  store.refuses = (batch) => batch.some(({ key }) => key.startsWith(`events/${GONE}/`)) && took++ > 0;
  store.free = 0;
  for (let i = 0; i < 20; i++) expect(await world.publish(String(i))).toBe(503);
  expect(store.refused).toBe(1);
  // Repeatable: what is left is a log as before, of which only deliveries have gone.
  expect([left(), isNoted()]).toEqual([3002, true]);
  store.refuses = () => false;
  await world.clock.advance(1000);
  expect([left(), isNoted()]).toEqual([0, false]);
  store.free = 8 * MIB;
  await world.clock.advance(2000);
  expect(await world.publish('later')).toBe(202);
  await world.runtime.stop();
});
