import {
  type Broker,
  BrokerType,
  type Namespace,
  NamespaceType,
  type SugarConfig,
  type Trigger,
  TriggerType,
} from '../../../../../lib/api';
import { localServingConfig } from '../../../../../lib/roles';
import { EventingWorld } from '../support/eventing-world';

const trigger = (annotations: Record<string, string>, broker = 'default'): Trigger => ({
  apiVersion: 'eventing.knative.dev/v1',
  kind: 'Trigger',
  metadata: { name: 'paid', namespace: 'default', annotations },
  spec: { broker, subscriber: { uri: 'http://example.com' } },
});
const namespace = (labels: Record<string, string>): Namespace => ({
  apiVersion: 'v1',
  kind: 'Namespace',
  metadata: { name: 'shop', labels },
});

async function brokers(world: EventingWorld): Promise<string[]> {
  return (await world.list<Broker>(BrokerType)).map(({ metadata }) => `${metadata.namespace}/${metadata.name}`);
}

describe('the broker of a namespace', () => {
  it.each(['eventing.knative.dev/injection', 'knative-eventing-injection'])('is made for a trigger that says %s', async (key) => {
    const world = await new EventingWorld().start();
    await world.create(TriggerType, trigger({ [key]: 'enabled' }));
    expect(await brokers(world)).toEqual(['default/default']);
    expect(await world.ready(TriggerType, 'paid')).toBe('True');
    expect((await world.get<Broker>(BrokerType, 'default')).metadata).toMatchObject({
      labels: { 'eventing.knative.dev/injected': 'true' },
    });
    expect(await world.events()).toContain('BrokerCreated: Default eventing.knative.dev Broker "default" created.');
    await world.remove(BrokerType, 'default');
    expect(await brokers(world)).toEqual(['default/default']);
  });

  it('is not made for one that says nothing, or no', async () => {
    for (const annotations of [{}, { 'eventing.knative.dev/injection': 'disabled' }]) {
      const world = await new EventingWorld().start();
      await world.create(TriggerType, trigger(annotations as Record<string, string>));
      expect(await brokers(world)).toEqual([]);
    }
  });

  it.each(['eventing.knative.dev/injection', 'knative-eventing-injection'])(
    'is made where the namespace is labelled %s',
    async (key) => {
      const world = await new EventingWorld().start();
      await world.create(NamespaceType, namespace({ [key]: 'enabled' }));
      expect(await brokers(world)).toEqual(['shop/default']);
      const before = world.writes.length;
      await world.clock.advance(60_000);
      expect(world.writes).toHaveLength(before);
    },
  );

  it('is not made where the namespace says no', async () => {
    const world = await new EventingWorld().start();
    await world.create(NamespaceType, namespace({ 'eventing.knative.dev/injection': 'disabled' }));
    expect(await brokers(world)).toEqual([]);
  });

  const withSugar = (sugar: SugarConfig) =>
    new EventingWorld({ config: { ...localServingConfig, eventing: { ...localServingConfig.eventing, sugar } } }).start();

  it('is made where config-sugar selects the namespace by its labels', async () => {
    const world = await withSugar({ namespaceSelector: { matchExpressions: [{ key: 'team', operator: 'Exists' }] } });
    await world.create(NamespaceType, namespace({}));
    expect(await brokers(world)).toEqual([]);
    await world.create(NamespaceType, { ...namespace({ team: 'shop' }), metadata: { name: 'other', labels: { team: 'shop' } } });
    expect(await brokers(world)).toEqual(['other/default']);
  });

  it('is the one that a trigger names where config-sugar selects the trigger', async () => {
    const world = await withSugar({ triggerSelector: {} });
    await world.create(TriggerType, trigger({}, 'orders'));
    expect(await brokers(world)).toEqual(['default/orders']);
    expect(await world.events()).toContain('BrokerCreated: Default eventing.knative.dev Broker "orders" created.');
  });
});
