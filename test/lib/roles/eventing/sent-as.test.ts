import {
  InMemoryChannelType,
  type ServingConfig,
  type SubscriberSpec,
  type Subscription,
  SubscriptionType,
  TriggerType,
} from '../../../../lib/api';
import { localServingConfig } from '../../../../lib/roles';
import { EventingWorld } from './world';

const HUB = 'channel/default/news';
const BILL = 'http://bill.default.svc.cluster.local';
const ACCOUNT = 'bill-oidc';
const { eventing } = localServingConfig;

const config = (crossNamespaceEventLinks: boolean): ServingConfig => ({
  ...localServingConfig,
  eventing: { ...eventing, features: { ...eventing.features, authenticationOidc: true, crossNamespaceEventLinks } },
});

async function start({ links = false } = {}): Promise<EventingWorld> {
  const world = new EventingWorld(undefined, config(links));
  await world.runtime.start();
  return world;
}

interface Made {
  readonly namespace?: string;
  readonly channel?: string;
  readonly physical?: NonNullable<Subscription['status']>['physicalSubscription'];
  readonly delivery?: NonNullable<Subscription['spec']['delivery']>;
}

/** A subscription `bill` that its controller has resolved. */
async function subscribe(world: EventingWorld, { namespace = 'default', channel = 'news', physical, delivery }: Made = {}) {
  const made = await world.cluster.create<Subscription>(SubscriptionType, {
    apiVersion: 'messaging.knative.dev/v1',
    kind: 'Subscription',
    metadata: { name: 'bill', namespace },
    spec: {
      channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', name: channel, namespace: 'default' },
      subscriber: { uri: BILL },
      ...(delivery ? { delivery } : {}),
    },
  });
  const physicalSubscription = { subscriberUri: BILL, subscriberAudience: 'bill', ...physical };
  const status = { physicalSubscription, auth: { serviceAccountName: ACCOUNT } };
  return world.cluster.updateStatus<Subscription>(SubscriptionType, { ...made, status });
}

const entry = (uid: string, more: SubscriberSpec = {}): SubscriberSpec => ({
  ...{ name: 'bill', uid, generation: 1, subscriberUri: BILL, subscriberAudience: 'bill' },
  ...more,
});

/** What becomes of an entry of the channel. */
async function served(world: EventingWorld, one: SubscriberSpec, consumer = 'default/bill') {
  const channel = await world.cluster.get(InMemoryChannelType, 'default', 'news');
  if (channel) await world.cluster.update(InMemoryChannelType, { ...channel, spec: { subscribers: [one] } });
  else await world.channel('news', { subscribers: [one] });
  await world.clock.settle();
  return world.runtime.hubs.spec(HUB, consumer);
}

describe('where senders prove who they are, an entry of a channel is sent', () => {
  test('as the account of its Subscription, whatever account the entry says', async () => {
    const world = await start();
    const { uid } = (await subscribe(world, { physical: { replyUri: 'http://more.default.svc' } })).metadata;
    const auth = { serviceAccountName: 'admin' };
    const spec = await served(world, entry(uid, { auth, replyUri: 'http://more.default.svc' }));
    expect([spec?.subscriber?.identity, spec?.reply?.identity]).toEqual(['default/bill-oidc', 'default/bill-oidc']);
    expect(spec?.subscriber).toMatchObject({ url: BILL, audience: 'bill' });
  });

  test('not before its Subscription is there, nor after it goes', async () => {
    const world = await start();
    expect(await served(world, entry('nobody', { auth: { serviceAccountName: 'admin' } }))).toMatchObject({
      subscriber: undefined,
    });
    const made = await subscribe(world);
    expect((await served(world, entry(made.metadata.uid)))?.subscriber?.identity).toBe('default/bill-oidc');
    const held = { ...made, metadata: { ...made.metadata, finalizers: ['example.com/held'] } };
    await world.cluster.update(SubscriptionType, held);
    await world.cluster.delete(SubscriptionType, 'default', 'bill');
    await world.clock.settle();
    expect(world.runtime.hubs.spec(HUB, 'default/bill')).toMatchObject({ subscriber: undefined });
  });

  test('as nobody for a Subscription of another channel, or of another namespace while those do not count', async () => {
    const world = await start();
    const other = await subscribe(world, { channel: 'olds' });
    expect(await served(world, entry(other.metadata.uid))).toMatchObject({ subscriber: undefined });
    const foreign = await subscribe(world, { namespace: 'books' });
    expect(await served(world, entry(foreign.metadata.uid), 'books/bill')).toMatchObject({ subscriber: undefined });
    const linked = await start({ links: true });
    const { uid } = (await subscribe(linked, { namespace: 'books' })).metadata;
    const spec = await served(linked, entry(uid), 'books/bill');
    expect(spec?.subscriber?.identity).toBe('books/bill-oidc');
  });

  test.each<[string, SubscriberSpec]>([
    ['subscriber', { subscriberUri: 'http://thief.default.svc' }],
    ['audience', { subscriberAudience: 'vault' }],
    ['certificates', { subscriberCACerts: 'of a thief' }],
    ['reply', { replyUri: 'http://thief.default.svc' }],
    ['dead letter sink', { delivery: { deadLetterSink: { uri: 'http://thief.default.svc', audience: 'vault' } } }],
  ])('not at all while its %s is not what its Subscription has resolved', async (_, changed) => {
    const world = await start();
    const { uid } = (await subscribe(world)).metadata;
    expect(await served(world, entry(uid, changed))).toMatchObject({ subscriber: undefined });
    expect((await served(world, entry(uid)))?.subscriber?.identity).toBe('default/bill-oidc');
  });

  test('as soon as its Subscription has resolved what the entry says', async () => {
    const world = await start();
    const made = await subscribe(world);
    const moved = 'http://moved.default.svc';
    expect(await served(world, entry(made.metadata.uid, { subscriberUri: moved }))).toMatchObject({ subscriber: undefined });
    const physicalSubscription = { subscriberUri: moved, subscriberAudience: 'bill' };
    await world.cluster.updateStatus(SubscriptionType, { ...made, status: { ...made.status, physicalSubscription } });
    await world.clock.settle();
    expect(world.runtime.hubs.spec(HUB, 'default/bill')?.subscriber).toMatchObject({
      url: moved,
      identity: 'default/bill-oidc',
    });
  });

  test.each([
    ['which it says itself, also from another namespace', 'books', true, 'books/bill-oidc'],
    ['which its channel says, as nobody from another namespace', 'books', false, undefined],
    ['which its channel says, from the same namespace', 'default', false, 'default/bill-oidc'],
  ])('to the dead letter sink %s', async (_, namespace, own, identity) => {
    const world = await start({ links: true });
    const sink = { uri: 'http://dead.default.svc', audience: 'dead' };
    const physical = { deadLetterSinkUri: sink.uri, deadLetterSinkAudience: sink.audience };
    const made = await subscribe(world, { namespace, physical, ...(own ? { delivery: { deadLetterSink: sink } } : {}) });
    const delivery = { deadLetterSink: sink };
    const spec = await served(world, entry(made.metadata.uid, { delivery }), `${namespace}/bill`);
    expect(spec?.subscriber?.identity).toBe(`${namespace}/bill-oidc`);
    expect([spec?.deadLetterSink?.url, spec?.deadLetterSink?.identity]).toEqual([sink.uri, identity]);
  });
});

test('dead letters of a trigger go as nobody to the sink of a broker of another namespace', async () => {
  const world = await start({ links: true });
  await world.broker('orders');
  const status = {
    ...{ observedGeneration: 1, subscriberUri: BILL, auth: { serviceAccountName: ACCOUNT } },
    deadLetterSinkUri: 'http://dead.default.svc',
  };
  await world.trigger('bill', {}, status);
  const made = await world.cluster.create(TriggerType, {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name: 'bill', namespace: 'books' },
    spec: {
      brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders', namespace: 'default' },
      subscriber: { uri: BILL },
    },
  });
  await world.cluster.updateStatus(TriggerType, { ...made, status });
  await world.clock.settle();
  const of = (namespace: string) => {
    const { subscriber, reply, deadLetterSink } = world.runtime.hubs.spec('broker/default/orders', `${namespace}/bill`)!;
    return [subscriber, reply, deadLetterSink].map((to) => to?.identity);
  };
  expect(of('default')).toEqual(['default/bill-oidc', 'default/bill-oidc', 'default/bill-oidc']);
  expect(of('books')).toEqual(['books/bill-oidc', 'books/bill-oidc', undefined]);
});
