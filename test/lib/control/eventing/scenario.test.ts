import {
  type Broker,
  BrokerType,
  type Channel,
  ChannelType,
  InMemoryChannelType,
  K8sServiceType,
  type KubeObject,
  type Parallel,
  ParallelType,
  type ResourceType,
  type Sequence,
  SequenceType,
  type Subscription,
  SubscriptionType,
  type Trigger,
  TriggerType,
} from '../../../../lib/api';
import { summary } from '../support/objects';
import { EventingWorld } from './support/eventing-world';

const named = <T extends KubeObject>(apiVersion: string, kind: string, name: string, spec: T['spec'] = {}): T =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, spec }) as T;
const broker = (name = 'orders', spec: Broker['spec'] = {}) => named<Broker>('eventing.knative.dev/v1', 'Broker', name, spec);
const to = (kind: string, name: string, apiVersion = 'v1') => ({ ref: { apiVersion, kind, name } });
const sink = (name: string) => named('v1', 'Service', name, { ports: [{ port: 80 }] });
const trigger = (name: string, spec: Partial<Trigger['spec']> = {}) =>
  named<Trigger>('eventing.knative.dev/v1', 'Trigger', name, { broker: 'orders', subscriber: to('Service', 'sink'), ...spec });
const sequence = (steps: Sequence['spec']['steps'], more: Partial<Sequence['spec']> = {}) =>
  named<Sequence>('flows.knative.dev/v1', 'Sequence', 'fulfil', { steps, ...more });

async function names(world: EventingWorld, ...types: Parameters<EventingWorld['list']>[0][]): Promise<string[]> {
  const lists = await Promise.all(types.map((type) => world.list(type)));
  return lists.flat().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
}

describe('eventing', () => {
  it('makes a broker, a trigger and the sequence that the trigger leads to ready, whatever comes first', async () => {
    const objects: readonly (readonly [ResourceType, KubeObject])[] = [
      [K8sServiceType, sink('reserve')],
      [K8sServiceType, sink('ship')],
      [BrokerType, broker()],
      [TriggerType, trigger('paid', { subscriber: to('Sequence', 'fulfil', 'flows.knative.dev/v1') })],
      [
        SequenceType,
        sequence([to('Service', 'reserve'), to('Service', 'ship')], { reply: to('Broker', 'orders', 'eventing.knative.dev/v1') }),
      ],
    ];
    for (const order of [objects, [...objects].reverse()]) {
      const world = await new EventingWorld().start();
      for (const [type, object] of order) await world.create(type, object);
      for (const [type, name] of [
        [BrokerType, 'orders'],
        [TriggerType, 'paid'],
        [SequenceType, 'fulfil'],
      ] as const) {
        expect(await world.ready(type, name)).toBe('True');
      }
      const paid = await world.get<Trigger>(TriggerType, 'paid');
      expect(paid.status?.subscriberUri).toBe('http://fulfil-kn-sequence-0-kn-channel.default.svc.cluster.local');
      expect((await world.get<Broker>(BrokerType, 'orders')).status?.address).toEqual({
        name: 'http',
        url: 'http://broker-ingress.knative-eventing.svc.cluster.local/default/orders',
      });
      const last = await world.get<Subscription>(SubscriptionType, 'fulfil-kn-sequence-1');
      expect(last.status?.physicalSubscription).toEqual({
        subscriberUri: 'http://ship.default.svc.cluster.local',
        replyUri: 'http://broker-ingress.knative-eventing.svc.cluster.local/default/orders',
      });
      const before = world.writes.length;
      await world.clock.advance(3_600_000);
      expect(world.writes).toHaveLength(before);
    }
  });

  it('says that a sink is gone, and is ready again when it is back', async () => {
    const world = await new EventingWorld().start();
    await world.create(K8sServiceType, sink('sink'));
    await world.create(BrokerType, broker());
    await world.create(TriggerType, trigger('paid'));
    expect(await world.ready(TriggerType, 'paid')).toBe('True');
    await world.remove(K8sServiceType, 'sink');
    expect(await world.ready(TriggerType, 'paid')).toBe(
      'False/Unable to get the Subscriber\'s URI: failed to get object default/sink: services "sink" not found',
    );
    expect((await world.get<Trigger>(TriggerType, 'paid')).status?.subscriberUri).toBeUndefined();
    await world.create(K8sServiceType, sink('sink'));
    expect(await world.ready(TriggerType, 'paid')).toBe('True');
  });

  it('says of triggers that their broker is gone, and they are ready with the next of its name', async () => {
    const world = await new EventingWorld().start();
    await world.create(K8sServiceType, sink('sink'));
    await world.create(BrokerType, broker());
    await world.create(TriggerType, trigger('paid'));
    await world.remove(BrokerType, 'orders');
    expect(await world.ready(TriggerType, 'paid')).toBe('False/BrokerDoesNotExist: Broker "orders" does not exist');
    world.data.paused = true;
    await world.create(BrokerType, broker());
    expect(await world.ready(BrokerType, 'orders')).toMatch(/^Unknown/);
    expect(await world.ready(TriggerType, 'paid')).toMatch(/^Unknown/);
    world.data.resume();
    await world.settle();
    expect(await world.ready(BrokerType, 'orders')).toBe('True');
    expect(await world.ready(TriggerType, 'paid')).toBe('True');
  });

  it('writes subscriptions into the channel behind a Channel, all of them, and takes out the one that goes', async () => {
    const world = await new EventingWorld().start();
    await world.create(K8sServiceType, sink('sink'));
    const subscriptions = Array.from({ length: 20 }, (_, i) =>
      named<Subscription>('messaging.knative.dev/v1', 'Subscription', `s${i}`, {
        channel: to('Channel', 'news', 'messaging.knative.dev/v1').ref,
        subscriber: to('Service', 'sink'),
      }),
    );
    for (const subscription of subscriptions) await world.memory.create(SubscriptionType, subscription);
    await world.create(ChannelType, named<Channel>('messaging.knative.dev/v1', 'Channel', 'news'));
    await world.clock.advance(60_000);
    const backing = await world.get(InMemoryChannelType, 'news');
    expect(new Set(backing.spec?.subscribers?.map(({ name }) => name)).size).toBe(20);
    expect(backing.spec?.subscribers).toHaveLength(20);
    // One write each, and a few more by those that wanted to be the first.
    expect(world.writes.filter((write) => write === 'patch InMemoryChannel news').length).toBeLessThan(40);
    for (const { metadata } of subscriptions) expect(await world.ready(SubscriptionType, metadata.name!)).toBe('True');
    const channel = await world.get<Channel>(ChannelType, 'news');
    expect(channel.status?.subscribers).toHaveLength(20);
    expect(channel.status?.address?.url).toBe('http://news-kn-channel.default.svc.cluster.local');
    await world.remove(SubscriptionType, 's7');
    const after = await world.get(InMemoryChannelType, 'news');
    expect(after.spec?.subscribers).toHaveLength(19);
    expect(after.spec?.subscribers?.map(({ name }) => name)).not.toContain('s7');
    expect(await world.memory.get(SubscriptionType, 'default', 's7')).toBeUndefined();
  });

  it('lets subscriptions go whose channel has gone before them', async () => {
    const world = await new EventingWorld().start();
    await world.create(K8sServiceType, sink('sink'));
    await world.create(SequenceType, sequence([to('Service', 'sink')]));
    await world.remove(SequenceType, 'fulfil');
    await world.clock.advance(60_000);
    expect(await names(world, SubscriptionType, InMemoryChannelType)).toEqual([]);
  });

  it('follows a sequence whose steps become fewer, more, and others', async () => {
    const world = await new EventingWorld().start();
    for (const name of ['a', 'b', 'c']) await world.create(K8sServiceType, sink(name));
    await world.create(SequenceType, sequence([to('Service', 'a'), to('Service', 'b'), to('Service', 'c')]));
    expect(await names(world, InMemoryChannelType)).toHaveLength(3);
    await world.patch(SequenceType, 'fulfil', { spec: { steps: [to('Service', 'c')] } });
    await world.clock.advance(60_000);
    expect(await names(world, InMemoryChannelType, SubscriptionType)).toEqual([
      'InMemoryChannel fulfil-kn-sequence-0',
      'Subscription fulfil-kn-sequence-0',
    ]);
    const only = await world.get<Subscription>(SubscriptionType, 'fulfil-kn-sequence-0');
    expect(only.status?.physicalSubscription).toEqual({ subscriberUri: 'http://c.default.svc.cluster.local' });
    await world.patch(SequenceType, 'fulfil', { spec: { steps: [to('Service', 'c'), to('Service', 'a')] } });
    expect(await world.ready(SequenceType, 'fulfil')).toBe('True');
    expect((await world.get<Sequence>(SequenceType, 'fulfil')).status?.subscriptionStatuses).toHaveLength(2);
  });

  it('gives a sequence channels of another kind, and subscriptions to those', async () => {
    const world = await new EventingWorld().start();
    await world.create(K8sServiceType, sink('a'));
    await world.create(SequenceType, sequence([to('Service', 'a')]));
    const channelTemplate = { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel' };
    await world.patch(SequenceType, 'fulfil', { spec: { channelTemplate } });
    await world.clock.advance(60_000);
    expect(await world.ready(SequenceType, 'fulfil')).toBe('True');
    const { spec } = await world.get<Subscription>(SubscriptionType, 'fulfil-kn-sequence-0');
    expect(spec.channel.kind).toBe('Channel');
  });

  it('makes a parallel ready, with a filter and without', async () => {
    const world = await new EventingWorld().start();
    for (const name of ['a', 'b', 'f']) await world.create(K8sServiceType, sink(name));
    await world.create(
      ParallelType,
      named<Parallel>('flows.knative.dev/v1', 'Parallel', 'ways', {
        branches: [{ filter: to('Service', 'f'), subscriber: to('Service', 'a') }, { subscriber: to('Service', 'b') }],
      }),
    );
    await world.clock.advance(60_000);
    expect(summary((await world.get(ParallelType, 'ways')).status)).toEqual({
      Addressable: 'True',
      ChannelsReady: 'True',
      EventPoliciesReady: 'True/OIDCDisabled: Feature "authentication-oidc" must be enabled to support Authorization',
      Ready: 'True',
      SubscriptionsReady: 'True',
    });
    const through = await world.get<Subscription>(SubscriptionType, 'ways-kn-parallel-filter-0');
    expect(through.status?.physicalSubscription).toEqual({
      subscriberUri: 'http://f.default.svc.cluster.local',
      replyUri: 'http://ways-kn-parallel-0-kn-channel.default.svc.cluster.local',
    });
  });
});
