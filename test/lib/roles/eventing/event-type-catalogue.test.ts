import { createHash } from 'node:crypto';
import { BrokerType, EventTypeType, InMemoryChannelType, parseEventingFeatures, validate } from '../../../../lib/api';
import { localServingConfig } from '../../../../lib/roles';
import { EventingWorld } from './world';

const { eventing } = localServingConfig;
const features = parseEventingFeatures({ 'eventtype-auto-create': 'enabled' });
const config = { ...localServingConfig, eventing: { ...eventing, features } };

async function start(on: boolean): Promise<EventingWorld> {
  const world = new EventingWorld(undefined, on ? config : localServingConfig);
  await world.runtime.start();
  await world.broker('orders');
  await world.clock.settle();
  return world;
}

const eventTypes = async (world: EventingWorld) => (await world.cluster.list(EventTypeType, {})).items;
const nameOf = (owner: string, type: string) =>
  `et-${owner}-${createHash('md5').update(`${type}/testdefault${owner}`).digest('hex')}`;

describe('the catalogue of events, where it is made by itself', () => {
  test('has an entry for each type and source of events that a broker took, which goes with the broker', async () => {
    const world = await start(true);
    for (const [id, type] of [
      ['1', 'order.created'],
      ['2', 'order.created'],
      ['3', 'order.paid'],
    ] as const) {
      expect(await world.publish(id, { 'ce-type': type })).toBe(202);
      await world.clock.settle();
    }
    const made = await eventTypes(world);
    expect(made.map(({ metadata }) => metadata.name).sort()).toEqual(
      [nameOf('orders', 'order.created'), nameOf('orders', 'order.paid')].sort(),
    );
    const one = made.find(({ metadata }) => metadata.name === nameOf('orders', 'order.paid'))!;
    const broker = (await world.cluster.get(BrokerType, 'default', 'orders'))!;
    const reference = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' };
    expect(one.metadata.ownerReferences).toEqual([{ ...reference, uid: broker.metadata.uid }]);
    expect(one.spec).toEqual({
      reference: { ...reference, namespace: 'default' },
      description: 'Event Type auto-created by controller',
      attributes: [
        { name: 'type', value: 'order.paid', required: true },
        { name: 'source', value: '/test', required: true },
        { name: 'specversion', value: '1.0', required: true },
        { name: 'id', required: true },
      ],
    });
    expect(validate(one)).toEqual([]);
    expect(world.errors).toEqual([]);
  });

  test('has entries of channels, too, and says the schema of events that have one', async () => {
    const world = await start(true);
    await world.channel('steps');
    await world.clock.settle();
    const host = 'steps-kn-channel.default.svc.cluster.local';
    expect(await world.publish('1', { 'ce-dataschema': 'https://example.com/s' }, '/', host)).toBe(202);
    await world.clock.settle();
    const [one] = await eventTypes(world);
    expect(one!.spec.reference).toMatchObject({ kind: InMemoryChannelType.kind, name: 'steps' });
    expect(one!.spec.attributes).toContainEqual({ name: 'dataschema', value: 'https://example.com/s', required: false });
  });

  test('gets an entry back that was deleted, with the next event, and takes no harm from two at once', async () => {
    const world = await start(true);
    await Promise.all([world.publish('1'), world.publish('2')]);
    await world.clock.settle();
    const [one] = await eventTypes(world);
    await world.cluster.delete(EventTypeType, 'default', one!.metadata.name);
    await world.clock.settle();
    await world.publish('3');
    await world.clock.settle();
    expect(await eventTypes(world)).toHaveLength(1);
    expect(world.errors).toEqual([]);
  });

  test('has nothing of events that were refused', async () => {
    const world = await start(true);
    expect(await world.publish('1', { 'ce-knativebrokerttl': '1' })).toBe(400);
    await world.clock.settle();
    expect(await eventTypes(world)).toEqual([]);
  });

  test('is not made unless it is asked for', async () => {
    const world = await start(false);
    await world.publish('1');
    await world.clock.settle();
    expect(await eventTypes(world)).toEqual([]);
  });
});
