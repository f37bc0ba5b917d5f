import {
  BrokerType,
  InMemoryChannelType,
  type ResourceType,
  type ServingConfig,
  type Stored,
  type Subscription,
  SubscriptionType,
  TriggerType,
} from '../../../../lib/api';
import type { Outbound } from '../../../../lib/gateway';
import { MemoryStore } from '../../../../lib/local/store';
import { localServingConfig } from '../../../../lib/roles';
import { EventingWorld } from './world';

const RETRYING = { retry: 2, backoffPolicy: 'linear', backoffDelay: 'PT1S' } as const;
const status = (code: number): Outbound => ({ status: code, headers: [], body: null });

describe('a broker', () => {
  test('gives an event to the triggers whose filters match, and tells their namespace', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders');
    await world.trigger('all');
    await world.trigger('big', { filters: [{ exact: { type: 'order.big' } }] });
    await world.trigger('old', { filter: { attributes: { type: 'order.created', subject: '' } } });
    expect(await world.publish('1')).toBe(202);
    expect(await world.publish('2', { 'ce-type': 'order.big', 'ce-subject': 'x' })).toBe(202);
    expect(await world.publish('3', { 'ce-subject': 'x' })).toBe(202);
    await world.clock.advance(100);
    const of = (name: string) => world.received.filter(({ host }) => host.startsWith(`${name}.`)).map(({ id }) => id);
    expect([of('all'), of('big'), of('old')]).toEqual([['1', '2', '3'], ['2'], ['3']]);
    expect(world.received[0]!.headers).toMatchObject({ 'kn-namespace': 'default', prefer: 'reply' });
    expect(world.received[0]!.headers['ce-knativebrokerttl']).toBeUndefined();
    expect(world.errors).toEqual([]);
  });

  test('drops an event that no trigger wants, and the journal says so', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders');
    await world.clock.settle();
    expect(await world.publish('1')).toBe(202);
    expect(world.runtime.journal.entries({ event: '1' })).toMatchObject([
      { kind: 'arrived', log: 'broker/default/orders', consumers: [] },
    ]);
  });

  test('that is not there is not found, nor is one of another class', async () => {
    const world = await EventingWorld.start();
    await world.broker('kafka', {
      metadata: { name: 'kafka', namespace: 'default', annotations: { 'eventing.knative.dev/broker.class': 'Kafka' } },
    });
    await world.clock.settle();
    expect(await world.publish('1')).toBe(404);
    expect(await world.publish('1', {}, '/default/kafka')).toBe(404);
  });

  test('is reached from a laptop, too, by a host that leads to this machine', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders');
    await world.clock.settle();
    const names = ['.127.0.0.1.sslip.io', '.localhost:8080', '.svc.cluster.local', '.svc', ''];
    for (const host of names.map((end) => `broker-ingress.knative-eventing${end}`))
      expect(await world.publish('1', {}, '/default/orders', host)).toBe(202);
  });

  test('takes a reply as a new event', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders');
    await world.trigger('created', { filters: [{ exact: { type: 'order.created' } }] });
    await world.trigger('charged', { filters: [{ exact: { type: 'order.charged' } }] });
    const reply = ['ce-specversion', '1.0', 'ce-id', 'r1', 'ce-source', '/charge', 'ce-type', 'order.charged'];
    world.answer = ({ id }) => (id === '1' ? { status: 200, headers: reply, body: null } : status(202));
    await world.publish('1');
    await world.clock.advance(100);
    expect(world.received.map(({ host, id }) => `${host.split('.')[0]} ${id}`)).toEqual(['created 1', 'charged r1']);
  });

  test('retries as it says itself or as the trigger says, and then the dead letter sink gets the event', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders', { spec: { delivery: RETRYING } });
    const dead = { deadLetterSinkUri: 'http://dead.default.svc.cluster.local' };
    await world.trigger('a', {}, dead);
    await world.trigger('b', { delivery: { retry: 0 } }, dead);
    world.answer = ({ host }) => status(host.startsWith('dead.') ? 202 : 500);
    await world.publish('1');
    await world.clock.advance(60_000);
    const count = (name: string) => world.received.filter(({ host }) => host.startsWith(`${name}.`)).length;
    expect([count('a'), count('b'), count('dead')]).toEqual([3, 1, 2]);
    const letter = world.received.find(({ host }) => host.startsWith('dead.'))!;
    expect(letter.headers).toMatchObject({ 'ce-knativeerrorcode': '500', 'ce-id': '1' });
    expect(world.story('1')).toContain('deadLettered default/a');
  });

  test('holds events until it is known where the dead letters of a trigger go', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders');
    const delivery = { deadLetterSink: { uri: 'http://dead.default.svc.cluster.local' } };
    await world.trigger('a', { delivery });
    await world.publish('1');
    await world.clock.advance(1000);
    expect(world.ids).toEqual([]);
    const trigger = (await world.cluster.get(TriggerType, 'default', 'a'))!;
    const deadLetterSinkUri = 'http://dead.default.svc.cluster.local';
    await world.cluster.updateStatus(TriggerType, { ...trigger, status: { ...trigger.status, deadLetterSinkUri } });
    await world.clock.advance(1000);
    expect(world.ids).toEqual(['1']);
  });

  test('that is deleted and made anew goes on where its triggers were', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders');
    await world.trigger('a');
    world.answer = () => status(503);
    await world.publish('1');
    await world.clock.advance(10);
    await world.cluster.delete(BrokerType, 'default', 'orders');
    await world.clock.advance(60_000);
    expect(await world.publish('2')).toBe(404);
    world.answer = () => status(202);
    await world.broker('orders');
    await world.clock.advance(60_000);
    expect(world.ids.at(-1)).toBe('1');
    expect(world.story('1').at(-1)).toBe('delivered default/a');
  });

  test('that is deleted and made anew sends nothing twice that was on its way', async () => {
    const world = await EventingWorld.start();
    await world.broker('orders');
    await world.trigger('a');
    world.answer = async () => {
      await world.clock.sleep(1000);
      return status(202);
    };
    await world.publish('1');
    await world.clock.advance(10);
    await world.cluster.delete(BrokerType, 'default', 'orders');
    await world.clock.advance(10);
    await world.broker('orders');
    await world.clock.advance(60_000);
    expect([world.ids, world.story('1').at(-1)]).toEqual([['1'], 'delivered default/a']);
  });
});

test('a trigger that is deleted and made anew loses nothing and gets nothing twice', async () => {
  const world = await EventingWorld.start();
  await world.broker('orders');
  await world.trigger('a');
  await world.publish('1');
  await world.clock.advance(100);
  await world.cluster.delete(TriggerType, 'default', 'a');
  await world.clock.settle();
  await world.publish('2');
  await world.clock.advance(100);
  expect(world.ids).toEqual(['1']);
  await world.trigger('a');
  await world.publish('3');
  await world.clock.advance(100);
  expect(world.ids).toEqual(['1', '2', '3']);
});

const DAY_MS = 86_400_000;

test('a trigger that was deleted for days finds what came meanwhile, also after a restart', async () => {
  const world = await EventingWorld.start();
  await world.broker('orders');
  await world.trigger('a');
  await world.publish('1');
  await world.clock.advance(100);
  await world.cluster.delete(TriggerType, 'default', 'a');
  for (const id of ['2', '3']) {
    await world.publish(id);
    await world.clock.advance(2 * DAY_MS);
    await world.restart();
  }
  await world.trigger('a');
  await world.clock.advance(100);
  expect(world.ids).toEqual(['1', '2', '3']);
});

test('a subscriber that is not there for weeks finds its events, also after a restart', async () => {
  const world = await EventingWorld.start();
  await world.broker('orders');
  await world.trigger('a', {}, { subscriberUri: '' });
  for (const id of ['1', '2']) {
    await world.publish(id);
    await world.clock.advance(10 * DAY_MS);
    await world.restart();
  }
  const trigger = (await world.cluster.get(TriggerType, 'default', 'a'))!;
  const subscriberUri = 'http://a.default.svc.cluster.local/';
  await world.cluster.updateStatus(TriggerType, { ...trigger, status: { ...trigger.status, subscriberUri } });
  await world.clock.advance(100);
  expect(world.ids).toEqual(['1', '2']);
});

test('a trigger that was deleted for more than a week has lost its place, and the journal tells of each event', async () => {
  const world = await EventingWorld.start();
  await world.broker('orders');
  await world.trigger('a', {}, { subscriberUri: '' });
  await world.publish('1');
  await world.cluster.delete(TriggerType, 'default', 'a');
  await world.clock.advance(8 * DAY_MS);
  await world.publish('2');
  expect(world.runtime.journal.entries({ event: '1' }).at(-1)).toMatchObject({
    kind: 'dropped',
    consumer: 'default/a',
    reason: 'it was away for longer than events are kept for it',
  });
});

test('what was taken before the process ended is delivered by the next one, once', async () => {
  const world = await EventingWorld.start();
  await world.broker('orders');
  await world.trigger('a');
  await world.publish('1');
  await world.clock.advance(100);
  world.answer = () => status(503);
  await world.publish('2');
  await world.clock.advance(10);
  world.answer = () => status(202);
  world.received.length = 0;
  await world.restart();
  await world.clock.advance(60_000);
  expect(world.ids).toEqual(['2']);
});

test('a channel gives every event to its subscribers, of which one may be a reply alone', async () => {
  const world = await EventingWorld.start();
  await world.channel('steps', {
    subscribers: [
      { name: 'one', uid: 'u1', generation: 1, subscriberUri: 'http://one.default.svc.cluster.local' },
      { name: 'two', uid: 'u2', generation: 1, replyUri: 'http://two.default.svc.cluster.local' },
    ],
  });
  await world.clock.settle();
  const host = 'steps-kn-channel.default.svc.cluster.local';
  expect(await world.publish('1', {}, '/', host)).toBe(202);
  await world.clock.advance(100);
  expect(world.received.map((one) => one.host.split('.')[0])).toEqual(['one', 'two']);
  const channel = (await world.cluster.get(InMemoryChannelType, 'default', 'steps'))!;
  await world.cluster.update(InMemoryChannelType, { ...channel, spec: { subscribers: channel.spec!.subscribers!.slice(0, 1) } });
  await world.clock.settle();
  await world.publish('2', {}, '/', host);
  await world.clock.advance(100);
  expect(world.received.map((one) => one.host.split('.')[0])).toEqual(['one', 'two', 'one']);
});

test('a channel keeps events for a subscription that has not got into it yet, and for none that is gone', async () => {
  const world = await EventingWorld.start();
  const host = 'news-kn-channel.default.svc.cluster.local';
  const subscription = (name: string) =>
    world.cluster.create(SubscriptionType, {
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'Subscription',
      metadata: { name, namespace: 'default' },
      spec: {
        channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'news' },
        subscriber: { uri: `http://${name}.default.svc.cluster.local` },
      },
    });
  const reader = await subscription('reader');
  await world.channel('news');
  await subscription('former');
  await world.clock.settle();
  expect(await world.publish('1', {}, '/', host)).toBe(202);
  await world.clock.advance(1000);
  expect(world.received).toEqual([]);
  await world.cluster.delete(SubscriptionType, 'default', 'former');
  const channel = (await world.cluster.get(InMemoryChannelType, 'default', 'news'))!;
  const { uid } = reader.metadata;
  const subscribers = [{ name: 'reader', uid, generation: 1, subscriberUri: 'http://reader.default.svc.cluster.local' }];
  await world.cluster.update(InMemoryChannelType, { ...channel, spec: { subscribers } });
  await world.clock.advance(100);
  expect(world.received.map((one) => `${one.host.split('.')[0]} ${one.id}`)).toEqual(['reader 1']);
  expect(world.runtime.hubs.get('channel/default/news')).toMatchObject({ consumers: ['default/reader'] });
});

describe('subscriptions of one name in several namespaces, on one channel', () => {
  const host = 'news-kn-channel.default.svc.cluster.local';
  const { eventing } = localServingConfig;
  const linked: ServingConfig = {
    ...localServingConfig,
    eventing: { ...eventing, features: { ...eventing.features, crossNamespaceEventLinks: true } },
  };

  async function start(store = new MemoryStore()) {
    const world = new EventingWorld(store, linked);
    await world.runtime.start();
    return world;
  }
  const subscribe = (world: EventingWorld, namespace: string) =>
    world.cluster.create<Subscription>(SubscriptionType, {
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'Subscription',
      metadata: { name: 'audit', namespace },
      spec: {
        channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel', name: 'news', namespace: 'default' },
        subscriber: { uri: `http://audit.${namespace}.svc.cluster.local` },
      },
    });
  const enter = async (
    world: EventingWorld,
    ...subscriptions: readonly { readonly namespace: string; readonly uid: string }[]
  ) => {
    const channel = (await world.cluster.get(InMemoryChannelType, 'default', 'news'))!;
    const subscribers = subscriptions.map(({ namespace, uid }) => ({
      ...{ name: 'audit', uid, generation: 1, subscriberUri: `http://audit.${namespace}.svc.cluster.local` },
      delivery: RETRYING,
    }));
    await world.cluster.update(InMemoryChannelType, { ...channel, spec: { subscribers } });
    await world.clock.settle();
  };
  const placed = ({ metadata }: Stored<Subscription>) => ({ namespace: metadata.namespace!, uid: metadata.uid });
  const came = (world: EventingWorld) => world.received.map((one) => `${one.host.split('.')[1]} ${one.id}`).sort();

  test('get each event each, before and after they are in the channel, in any order', async () => {
    const world = await start();
    const [a, b] = [placed(await subscribe(world, 'default')), placed(await subscribe(world, 'books'))];
    await world.channel('news');
    await world.clock.settle();
    // Both are waited for.
    expect(await world.publish('1', {}, '/', host)).toBe(202);
    await enter(world, a, b);
    await world.clock.advance(100);
    expect(came(world)).toEqual(['books 1', 'default 1']);
    await enter(world, b, a);
    await world.publish('2', {}, '/', host);
    await world.clock.advance(100);
    expect(came(world)).toEqual(['books 1', 'books 2', 'default 1', 'default 2']);
    expect([...world.runtime.hubs.get('channel/default/news')!.consumers].sort()).toEqual(['books/audit', 'default/audit']);
  });

  test('go on where they were when one of them goes and comes back', async () => {
    const world = await start();
    const [a, b] = [placed(await subscribe(world, 'default')), placed(await subscribe(world, 'books'))];
    await world.channel('news');
    await enter(world, a, b);
    await enter(world, b);
    await world.publish('1', {}, '/', host);
    await world.clock.advance(100);
    expect(came(world)).toEqual(['books 1']);
    await enter(world, b, a);
    await world.clock.advance(100);
    expect(came(world)).toEqual(['books 1', 'default 1']);
  });

  test('lose nothing of what was kept for them by names without their namespaces', async () => {
    const store = new MemoryStore();
    const world = await start(store);
    const [a, b] = [placed(await subscribe(world, 'books')), placed(await subscribe(world, 'default'))];
    await world.channel('news');
    await enter(world, a, b);
    // As an earlier version called them: by their order in the channel.
    const hub = 'channel/default/news';
    for (const [now, then] of [
      ['default/audit', `default/audit.${b.uid}`],
      ['books/audit', 'default/audit'],
    ] as const) {
      world.runtime.hubs.rename(hub, now, then);
      world.runtime.hubs.set(hub, then, {
        subscriber: undefined,
        replies: 'lenient',
        namespace: 'default',
        policy: {},
        filters: [],
      });
    }
    await world.publish('1', {}, '/', host);
    world.received.length = 0;
    await world.restart();
    await world.clock.advance(1000);
    expect(came(world)).toEqual(['books 1', 'default 1']);
    expect([...world.runtime.hubs.get(hub)!.consumers].sort()).toEqual(['books/audit', 'default/audit']);
    world.received.length = 0;
    await world.restart();
    await world.clock.advance(1000);
    expect(world.received).toEqual([]);
  });

  test('get nothing that was kept for one of another namespace, of which the entry was gone when the process ended', async () => {
    const world = await start();
    const a = placed(await subscribe(world, 'default'));
    await world.channel('news');
    await enter(world, a);
    world.answer = () => ({ status: 503, headers: [], body: null });
    await world.publish('secret', {}, '/', host);
    await world.clock.advance(10);
    await enter(world);
    await world.cluster.delete(SubscriptionType, 'default', 'audit');
    await world.clock.settle();
    await world.runtime.stop();
    const b = placed(await subscribe(world, 'books'));
    await enter(world, b);
    world.received.length = 0;
    world.answer = () => ({ status: 202, headers: [], body: null });
    await world.restart();
    await world.clock.advance(1000);
    await world.publish('1', {}, '/', host);
    await world.clock.advance(1000);
    expect(came(world)).toEqual(['books 1']);
  });

  test('get nothing that was kept for one of another namespace, in the place of which they come while no process is there', async () => {
    const world = await start();
    const a = placed(await subscribe(world, 'default'));
    await world.channel('news');
    await enter(world, a);
    world.answer = () => ({ status: 503, headers: [], body: null });
    await world.publish('secret', {}, '/', host);
    await world.clock.advance(10);
    await world.runtime.stop();
    const b = placed(await subscribe(world, 'books'));
    await enter(world, b);
    world.received.length = 0;
    world.answer = () => ({ status: 202, headers: [], body: null });
    await world.restart();
    await world.clock.advance(1000);
    expect(came(world)).toEqual([]);
    await enter(world, b, a);
    await world.clock.advance(1000);
    expect(came(world)).toEqual(['default secret']);
  });

  /** Of subscriptions that are made from now on, nothing is heard until they are told of. */
  const holdBack = (world: EventingWorld) => {
    const held: (() => void)[] = [];
    const watch = world.cluster.watch.bind(world.cluster);
    let holding = false;
    world.cluster.watch = ((...[type, options, onEvent]: Parameters<typeof watch>) =>
      watch(type, options, (event) =>
        holding && (type as ResourceType) === SubscriptionType ? void held.push(() => onEvent(event)) : onEvent(event),
      )) as typeof watch;
    return {
      hold: () => {
        holding = true;
      },
      tell: async () => {
        holding = false;
        for (const tell of held.splice(0)) tell();
        await world.clock.settle();
      },
    };
  };

  test.each([
    ['in one change', true],
    ['one after the other', false],
  ])(
    'get nothing that was kept for one of another namespace, if they take its place %s before they are heard of',
    async (_, atOnce) => {
      const world = new EventingWorld(new MemoryStore(), linked);
      const subscriptions = holdBack(world);
      await world.runtime.start();
      const a = placed(await subscribe(world, 'default'));
      await world.channel('news');
      await enter(world, a);
      world.answer = () => ({ status: 503, headers: [], body: null });
      await world.publish('secret', {}, '/', host);
      await world.clock.advance(10);
      await world.clock.advance(10);
      await world.cluster.delete(SubscriptionType, 'default', 'audit');
      await world.clock.settle();
      subscriptions.hold();
      const b = placed(await subscribe(world, 'books'));
      if (!atOnce) await enter(world);
      world.received.length = 0;
      world.answer = () => ({ status: 202, headers: [], body: null });
      await enter(world, b);
      await world.publish('1', {}, '/', host);
      await world.clock.advance(1000);
      await subscriptions.tell();
      await world.publish('2', {}, '/', host);
      await world.clock.advance(1000);
      expect(came(world)).toEqual(['books 1', 'books 2']);
      await enter(world, b, placed(await subscribe(world, 'default')));
      await world.clock.advance(1000);
      expect(came(world).filter((one) => one.startsWith('default'))).toEqual(['default 1', 'default 2', 'default secret']);
    },
  );

  test('one that was not heard of when the process ended finds what was kept for it', async () => {
    const world = new EventingWorld(new MemoryStore(), linked);
    const subscriptions = holdBack(world);
    await world.runtime.start();
    await world.channel('news');
    subscriptions.hold();
    const late = placed(await subscribe(world, 'books'));
    await enter(world, late);
    world.answer = () => ({ status: 503, headers: [], body: null });
    await world.publish('1', {}, '/', host);
    await world.clock.advance(10);
    await world.runtime.stop();
    await world.clock.settle();
    world.received.length = 0;
    world.answer = () => ({ status: 202, headers: [], body: null });
    await subscriptions.tell();
    await world.restart();
    await world.clock.advance(1000);
    expect(came(world)).toEqual(['books 1']);
  });

  test('that are not heard of keep their places in any order of their entries', async () => {
    const world = await start();
    const [a, b] = [
      { namespace: 'default', uid: 'u1' },
      { namespace: 'books', uid: 'u2' },
    ];
    await world.channel('news');
    await enter(world, a, b);
    world.answer = () => ({ status: 503, headers: [], body: null });
    await world.publish('1', {}, '/', host);
    await world.clock.advance(10);
    const hub = world.runtime.hubs.get('channel/default/news')!;
    const before = [...hub.consumers].sort();
    await enter(world, b, a);
    expect([...hub.consumers].sort()).toEqual(before);
    const led = before.map((name) => world.runtime.hubs.spec(hub.name, name)?.subscriber?.url);
    expect(led).toEqual(['http://audit.default.svc.cluster.local', 'http://audit.books.svc.cluster.local']);
  });

  test('one of which its channel tells before it is heard of itself loses nothing as its namespace becomes known', async () => {
    const world = new EventingWorld(new MemoryStore(), linked);
    const held: (() => void)[] = [];
    const watch = world.cluster.watch.bind(world.cluster);
    world.cluster.watch = ((...[type, options, onEvent]: Parameters<typeof watch>) =>
      watch(type, options, (event) =>
        (type as ResourceType) === SubscriptionType ? void held.push(() => onEvent(event)) : onEvent(event),
      )) as typeof watch;
    await world.runtime.start();
    await world.channel('news');
    const late = placed(await subscribe(world, 'books'));
    await enter(world, late);
    const hub = world.runtime.hubs.get('channel/default/news')!;
    expect(hub.consumers).toEqual(['default/audit']);
    // It is on its way when the name changes.
    world.answer = () => new Promise(() => {});
    await world.publish('1', {}, '/', host);
    world.answer = () => ({ status: 202, headers: [], body: null });
    for (const tell of held) tell();
    await world.clock.settle();
    expect(hub.consumers).toEqual(['books/audit']);
    await world.publish('2', {}, '/', host);
    await world.clock.advance(1000);
    expect(came(world)).toEqual(expect.arrayContaining(['books 1', 'books 2']));
    expect(hub.idle || hub.backlog('books/audit') === 0).toBe(true);
  });
});

test('controllers are told what is served, and when it is not any more', async () => {
  const world = await EventingWorld.start();
  const told: [string, unknown][] = [];
  const ask = (key: string) =>
    world.runtime.answers.ask({ topic: 'eventing', key, input: {} }, (asked, value) => told.push([asked, value]));
  ask('broker/default/orders');
  ask('trigger/default/a');
  ask('in-memory-channel/default/steps');
  await world.broker('orders');
  await world.trigger('a');
  await world.channel('steps', { subscribers: [{ uid: 'u', generation: 3, subscriberUri: 'http://x.default.svc' }] });
  await world.clock.settle();
  await world.cluster.delete(BrokerType, 'default', 'orders');
  await world.clock.settle();
  expect(told).toEqual([
    ['broker/default/orders', { generation: 1 }],
    ['trigger/default/a', { generation: 1 }],
    ['in-memory-channel/default/steps', { generation: 1, subscribers: [{ uid: 'u', observedGeneration: 3, ready: 'True' }] }],
    ['trigger/default/a', undefined],
    ['broker/default/orders', undefined],
  ]);
});
