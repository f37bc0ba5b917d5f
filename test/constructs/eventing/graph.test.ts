import { ApiObject, Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import {
  Broker,
  type BrokerProps,
  Channel,
  Delivery,
  EventType,
  Filter,
  KnService,
  PingSource,
  Sequence,
  Subscription,
  Trigger,
  type WarningRule,
} from '../../../constructs';
import { warningsOf } from '../serving/synth';

const chartOf = (namespace?: string) => new Chart(Testing.app(), 'test', namespace === undefined ? {} : { namespace });
const service = (chart: Chart, name: string, namespace?: string) =>
  new KnService(chart, name, { name, image: name, ...(namespace && { metadata: { namespace } }) });
const broker = (chart: Chart, name: string, props: BrokerProps = {}) => new Broker(chart, name, { name, ...props });

/** What synthesis warns of, without code and path; the rule at the end. */
const said = (chart: Chart): string[] =>
  warningsOf(() => Testing.synth(chart)).map((line) =>
    line.replace(/^\[[^\]]*\] KNC1101 /, '').replace(/ — .*\(silence/, ' (silence'),
  );

describe('a dangling sink', () => {
  test('is a name that nothing in the app makes', () => {
    const chart = chartOf('shop');
    broker(chart, 'orders').onAny({ to: { apiVersion: 'v1', kind: 'Service', name: 'gone' } });
    new Trigger(chart, 'lost', { name: 'lost', broker: 'order', to: service(chart, 'hello') });
    expect(said(chart)).toEqual([
      "spec.subscriber: nothing in this app makes Service gone (silence: 'dangling-sink')",
      "spec.broker: nothing in this app makes Broker order (silence: 'dangling-sink')",
    ]);
  });

  test('is none where the app says that it exists, makes it as a plain object, or has it injected', () => {
    const chart = chartOf('shop');
    const there = KnService.fromServiceName(chart, 'there', 'there');
    Broker.fromBrokerName(chart, 'orders', 'orders').onAny({ to: there });
    Channel.fromChannelName(chart, 'far', 'far', { namespace: 'else' }).subscribe('a', {
      to: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'plain' },
      silence: ['cluster-setting'],
    });
    new ApiObject(chart, 'plain', { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'plain', namespace: 'else' } });
    new Trigger(chart, 'default', {
      ...{ name: 'injected', broker: 'default', to: there },
      metadata: { annotations: { 'eventing.knative.dev/injection': 'enabled' } },
    });
    expect(said(chart)).toEqual([]);
  });
});

describe('an endless cycle', () => {
  const ring = (silence: readonly WarningRule[] = [], back?: Filter) => {
    const chart = chartOf('shop');
    const [a, b] = [broker(chart, 'a'), broker(chart, 'b')];
    a.on('x', { name: 'there', to: b });
    b.onAny({ name: 'back', to: a, silence, ...(back && { where: back }) });
    return said(chart);
  };

  test('is told once, with the way round', () => {
    expect(ring()).toEqual(["spec.filters: events go round for ever: Broker a → Broker b → Broker a (silence: 'endless-cycle')"]);
  });

  test('can be silenced at any of its links', () => {
    expect(ring(['endless-cycle'])).toEqual([]);
  });

  test('is none where filters exclude each other', () => {
    expect(ring([], Filter.exact({ type: 'y' }))).toEqual([]);
    expect(ring([], Filter.not(Filter.exact({ type: 'x' })))).toEqual([]);
    expect(ring([], Filter.prefix({ type: 'x' }))).toHaveLength(1);
  });

  test('goes through steps that answer, unless a filter may stop the answer', () => {
    const flow = (type?: string) => {
      const chart = chartOf('shop');
      const orders = broker(chart, 'orders');
      const to = new Sequence(chart, 'flow', { name: 'flow', steps: [service(chart, 'step')], reply: orders });
      if (type) orders.on(type, { to });
      else orders.onAny({ to });
      return said(chart);
    };
    expect(flow()).toEqual([
      "spec.filters: events go round for ever: Broker orders → Sequence flow → Broker orders (silence: 'endless-cycle')",
    ]);
    expect(flow('order.created')).toEqual([]);
  });

  test('may be of one channel that subscribes to itself', () => {
    const chart = chartOf('shop');
    const channel = new Channel(chart, 'c', { name: 'c' });
    channel.subscribe('self', { to: channel });
    expect(said(chart)).toEqual(["spec: events go round for ever: Channel c → Channel c (silence: 'endless-cycle')"]);
  });
});

describe('a trigger that never matches', () => {
  const catalogue = (where: Filter) => {
    const chart = chartOf('shop');
    const orders = broker(chart, 'orders');
    new EventType(chart, 'created', { name: 'created', type: 'order.created', source: '/shop/{id}', reference: orders });
    new PingSource(chart, 'tick', { name: 'tick', sink: orders });
    orders.on(where, { to: service(chart, 'hello') });
    return said(chart);
  };

  test('is told what its broker is declared to get', () => {
    expect(catalogue(Filter.exact({ type: 'order.create' }))).toEqual([
      "spec.filters: no event that is declared for Broker orders passes these filters: dev.knative.sources.ping, order.created (silence: 'never-matches')",
    ]);
  });

  test.each([
    ['a type of the catalogue', Filter.exact({ type: 'order.created' })],
    ['a type of a source', Filter.prefix({ type: 'dev.knative.' })],
    ['an attribute of which nothing is said', Filter.exact({ type: 'order.created', team: 'a' })],
    ['a source that differs from event to event', Filter.exact({ type: 'order.created', source: '/shop/7' })],
    ['an expression', Filter.cesql('FALSE')],
    ['what is left when another type is taken away', Filter.not(Filter.exact({ type: 'order.created' }))],
    ['one of several', Filter.any(Filter.exact({ type: 'no' }), Filter.suffix({ type: '.created' }))],
  ])('is not one that asks for %s', (_, filter) => {
    expect(catalogue(filter)).toEqual([]);
  });

  test.each([
    ['all of a list', Filter.all(Filter.prefix({ type: 'order.' }), Filter.suffix({ type: '.ping' }))],
    ['none of those there are', Filter.not(Filter.any(Filter.prefix({ type: 'order' }), Filter.prefix({ type: 'dev.' })))],
  ])('is one that asks for %s', (_, filter) => {
    expect(catalogue(filter)).toHaveLength(1);
  });

  test('is told of nothing without a catalogue, but of a source that is not there', () => {
    const chart = chartOf('shop');
    const orders = broker(chart, 'orders');
    orders.on('anything', { to: service(chart, 'hello') });
    orders.on('dev.knative.sources.ping', { to: service(chart, 'pinged') });
    expect(said(chart)).toEqual([
      "spec.filters: no event that is declared for Broker orders passes these filters (silence: 'never-matches')",
    ]);
  });
});

test('dead letters that nobody reads are told of', () => {
  const chart = chartOf('shop');
  const unread = new Channel(chart, 'unread', { name: 'unread' });
  const read = new Channel(chart, 'read', { name: 'read' });
  read.subscribe('reader', { to: service(chart, 'reader') });
  broker(chart, 'a', { delivery: Delivery.deadLetter(unread) });
  broker(chart, 'b', { delivery: Delivery.deadLetter(read) });
  broker(chart, 'c', { delivery: Delivery.deadLetter(broker(chart, 'd')), silence: ['unread-dead-letters'] });
  expect(said(chart)).toEqual([
    "spec.delivery.deadLetterSink: Channel unread gets what cannot be delivered, and nobody reads it (silence: 'unread-dead-letters')",
  ]);
});

test('two triggers of one name are told of, but not in two namespaces', () => {
  const chart = chartOf('shop');
  const [orders, to] = [broker(chart, 'orders'), service(chart, 'hello')];
  orders.onAny({ name: 'same', to });
  orders.onAny({ name: 'same', to });
  new Trigger(chart, 'else', {
    name: 'same',
    metadata: { namespace: 'else' },
    broker: orders,
    to,
    silence: ['cluster-setting', 'cross-namespace'],
  });
  expect(said(chart)).toEqual([
    'metadata.name: test/orders/on-any-hello makes a trigger of the name "same" too (silence: \'duplicate-trigger\')',
  ]);
});

test('an order of delivery is asked of brokers of class Kafka alone', () => {
  const chart = chartOf('shop');
  const metadata = { annotations: { 'kafka.eventing.knative.dev/delivery.order': 'ordered' } };
  const to = service(chart, 'hello');
  broker(chart, 'plain').onAny({ to, metadata });
  broker(chart, 'kafka', { class: 'Kafka' }).onAny({ to, metadata });
  expect(said(chart)).toEqual([
    "metadata.annotations[kafka.eventing.knative.dev/delivery.order]: the order of delivery is kept by brokers of class Kafka alone; Broker plain is of class MTChannelBasedBroker (silence: 'broker-class')",
  ]);
});

test('a subscriber of another namespace is named with it, and the trigger warned of', () => {
  const chart = chartOf('shop');
  const elsewhere = service(chart, 'elsewhere', 'else');
  const trigger = broker(chart, 'orders').onAny({ to: elsewhere });
  expect(ApiObject.of(trigger).toJson()).toMatchObject({
    spec: { subscriber: { ref: { kind: 'Service', name: 'elsewhere', namespace: 'else' } } },
  });
  expect(said(chart)).toEqual([
    'spec.subscriber: upstream Knative looks for Service elsewhere in the namespace of the trigger, "shop", not in "else" (silence: \'cross-namespace\')',
  ]);
});

test('links of brokers and channels into another namespace need a feature of the cluster', () => {
  const chart = chartOf('shop');
  const to = service(chart, 'hello');
  const far = broker(chart, 'far', { metadata: { namespace: 'else' } });
  new Trigger(chart, 'link', { broker: far, to });
  const channel = new Channel(chart, 'channel', { name: 'channel', metadata: { namespace: 'else' } });
  new Subscription(chart, 'sub', { channel, to });
  expect(said(chart)).toEqual([
    expect.stringMatching(
      /^spec.brokerRef.namespace: must not set the field\(s\).*CrossNamespaceEventLinks.*'cluster-setting'\)$/,
    ),
    expect.stringMatching(/^spec.channel.namespace: must not set the field\(s\).*CrossNamespaceEventLinks.*'cluster-setting'\)$/),
  ]);
});

test('a feature that the app itself switches on is not warned of', () => {
  const warned = (data: Record<string, string>) => {
    const chart = chartOf('shop');
    const far = broker(chart, 'far', { metadata: { namespace: 'else' } });
    new Trigger(chart, 'link', { broker: far, to: service(chart, 'hello'), delivery: Delivery.retry(3).retryAfter('30s') });
    const metadata = { name: 'config-features', namespace: 'knative-eventing' };
    new ApiObject(chart, 'features', { apiVersion: 'v1', kind: 'ConfigMap', metadata, data });
    return said(chart)
      .map((line) => line.split(':')[0])
      .sort();
  };
  const links = { 'cross-namespace-event-links': 'enabled' };
  expect(warned({})).toEqual(['spec.brokerRef.namespace', 'spec.delivery.retryAfterMax']);
  expect(warned(links)).toEqual(['spec.delivery.retryAfterMax']);
  expect(warned({ ...links, 'delivery-retryafter': 'enabled' })).toEqual([]);
});

test('a filter over data is told of, however deep it stands, until it is silenced', () => {
  const warned = (filter: Filter, silence: readonly WarningRule[] = []) => {
    const chart = chartOf();
    broker(chart, 'orders').on(filter, { to: service(chart, 'hello'), silence });
    return said(chart);
  };
  expect(warned(Filter.data('amount > 100'))[0]).toMatch(
    /^spec.filters: the dialect 'data' is this package's own.*'data-filter'\)$/,
  );
  expect(warned(Filter.not(Filter.any(Filter.data('amount > 100'))))).toHaveLength(1);
  expect(warned(Filter.data('amount > 100'), ['data-filter'])).toEqual([]);
});

test('an app without Eventing is not looked at, and charts of one app are looked at together', () => {
  const app = Testing.app();
  const [one, two] = ['one', 'two'].map((id) => new Chart(app, id, { namespace: 'shop' })) as [Chart, Chart];
  const hello = new kplus.Service(two, 'hello', { metadata: { name: 'hello' }, ports: [{ port: 80 }] });
  broker(one, 'orders').onAny({ to: hello });
  expect(said(one)).toEqual([]);
});

test('triggers are named after what they take and where it goes, whatever a type holds', () => {
  const chart = chartOf();
  const [orders, to] = [broker(chart, 'orders'), service(chart, 'hello')];
  const names = ['order.created', 'a/b c', 'order.created'].map((type) => orders.on(type, { to }).name);
  expect(names.map((name) => name.replace(/-[0-9a-f]{8}$/, ''))).toEqual([
    'test-orders-on-order-created-hello',
    'test-orders-on-a-b-c-hello',
    'test-orders-on-order-created-hello-2',
  ]);
  expect(said(chart)).toEqual([]);
});
