import { ConfigMapType, conditionOf, type KResourceStatus, type KubeObject, SubscriptionType, TriggerType } from '../../lib/api';
import { applyObjects } from '../../lib/local';
import { VirtualSystem } from './support/virtual-system';

const object = (apiVersion: string, kind: string, namespace: string, name: string, spec?: unknown): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace }, ...(spec ? { spec } : {}) }) as KubeObject;
const features = (value: string): KubeObject =>
  ({
    ...object('v1', 'ConfigMap', 'knative-eventing', 'config-features'),
    data: { 'cross-namespace-event-links': value },
  }) as KubeObject;
const EVENTING = 'eventing.knative.dev/v1';
const MESSAGING = 'messaging.knative.dev/v1';
const to = (path: string) => ({ uri: `http://sink.team.127.0.0.1.sslip.io/${path}` });
const objects = [
  object(EVENTING, 'Broker', 'shop', 'orders'),
  object(MESSAGING, 'InMemoryChannel', 'shop', 'news'),
  object(EVENTING, 'Trigger', 'team', 'linked', {
    brokerRef: { apiVersion: EVENTING, kind: 'Broker', name: 'orders', namespace: 'shop' },
    subscriber: to('trigger'),
  }),
  object(MESSAGING, 'Subscription', 'team', 'linked', {
    channel: { apiVersion: MESSAGING, kind: 'InMemoryChannel', name: 'news', namespace: 'shop' },
    subscriber: to('subscription'),
  }),
  object('serving.knative.dev/v1', 'Service', 'team', 'sink', { template: { spec: { containers: [{ image: 'sink' }] } } }),
];

describe('a trigger and a subscription of another namespace', () => {
  let world: VirtualSystem;
  const seen: string[] = [];
  beforeEach(async () => {
    seen.length = 0;
    world = await VirtualSystem.start({
      handler: (request) => {
        seen.push(`${new URL(request.url).pathname} ${request.headers.get('ce-id')}`);
        return new Response(null, { status: 202 });
      },
    });
    await apply(features('enabled'), ...objects);
    await world.clock.advance(10_000);
  });
  afterEach(() => world.stop());

  async function apply(...all: readonly KubeObject[]): Promise<void> {
    const results = await world.drive(applyObjects(world.system.cluster, all));
    expect(results.flatMap(({ error }) => error ?? [])).toEqual([]);
  }
  async function publish(id: string): Promise<void> {
    const hosts = ['broker-ingress.knative-eventing.svc.cluster.local/shop/orders', 'news-kn-channel.shop.svc.cluster.local/'];
    for (const host of hosts) {
      const headers = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'order.created' };
      const request = new Request(`http://${host}`, { method: 'POST', headers });
      const { status } = await world.drive(world.system.gateway.fetch(request, { visibility: 'internal' }));
      expect(status).toBe(202);
    }
    await world.clock.advance(10_000);
  }
  const both = (id: string) => [`/subscription ${id}`, `/trigger ${id}`];
  const told = async (type: typeof TriggerType | typeof SubscriptionType) => {
    const found = await world.drive(world.system.cluster.get(type as typeof TriggerType, 'team', 'linked'));
    return conditionOf((found?.status as KResourceStatus | undefined)?.conditions, 'Ready');
  };

  test('get events while links are on, none while they are off, and what they missed when they are on again', async () => {
    await publish('1');
    expect([...seen].sort()).toEqual(both('1'));
    await apply(features('disabled'));
    await world.clock.advance(10_000);
    await publish('2');
    expect([...seen].sort()).toEqual(both('1'));
    expect(await told(TriggerType)).toMatchObject({ status: 'False', reason: 'BrokerDoesNotExist' });
    expect((await told(SubscriptionType))?.status).not.toBe('True');
    await apply(features('enabled'));
    await world.clock.advance(10_000);
    await publish('3');
    expect([...seen].sort()).toEqual([...both('1'), ...both('2'), ...both('3')].sort());
    expect([(await told(TriggerType))?.status, (await told(SubscriptionType))?.status]).toEqual(['True', 'True']);
  });

  test('get none when the settings are gone, and leave nothing behind when they are deleted then', async () => {
    await world.drive(world.system.cluster.delete(ConfigMapType, 'knative-eventing', 'config-features'));
    await world.clock.advance(10_000);
    for (const type of [TriggerType, SubscriptionType]) {
      await world.drive(world.system.cluster.delete(type as typeof TriggerType, 'team', 'linked'));
    }
    await world.clock.advance(10_000);
    await publish('1');
    expect(seen).toEqual([]);
    await apply(features('enabled'));
    await world.clock.advance(10_000);
    await publish('2');
    expect(seen).toEqual([]);
    expect(await world.drive(world.system.cluster.get(SubscriptionType, 'team', 'linked'))).toBeUndefined();
  });
});
