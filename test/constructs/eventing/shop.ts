import { Chart, Testing } from 'cdk8s';
import * as kplus from 'cdk8s-plus-27';
import {
  ApiServerSource,
  Broker,
  Channel,
  ContainerSource,
  Delivery,
  EventPolicy,
  EventTransform,
  EventType,
  Filter,
  InMemoryChannel,
  JobSink,
  KnService,
  Parallel,
  PingSource,
  RequestReply,
  Sequence,
  Sink,
  SinkBinding,
} from '../../../constructs';

/** A chart with every kind of Eventing in it, linked as an app would link them. */
export function shop(): Chart {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const service = (name: string) => new KnService(chart, name, { name, image: `example.com/${name}` });
  const [reserve, charge, ship, audit] = ['reserve', 'charge', 'ship', 'audit'].map(service) as [
    KnService,
    KnService,
    KnService,
    KnService,
  ];
  const letters = new Channel(chart, 'letters', { name: 'letters', delivery: Delivery.retry(2) });
  letters.subscribe('audit', { name: 'letters-audit', to: audit });
  const orders = new Broker(chart, 'orders', {
    name: 'orders',
    class: 'MTChannelBasedBroker',
    config: { name: 'orders-config' },
    delivery: Delivery.retry(5).backoff('exponential', '200ms').timeout('10s').deadLetter(letters),
  });
  new kplus.ConfigMap(chart, 'config', { metadata: { name: 'orders-config' } });
  const fulfil = new Sequence(chart, 'fulfil', {
    name: 'fulfil',
    steps: [reserve, { to: charge, delivery: Delivery.retry(3) }, ship],
    reply: orders,
  });
  const check = new Parallel(chart, 'check', {
    name: 'check',
    branches: [
      { filter: charge, to: ship, reply: orders },
      { to: audit, delivery: Delivery.timeout('5s') },
    ],
    channelTemplate: { apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' },
  });
  orders.on('order.created', { name: 'created', to: fulfil, where: Filter.cesql("source LIKE '/shop/%'") });
  orders.on(Filter.any(Filter.prefix({ type: 'order.' }), Filter.not(Filter.suffix({ subject: '-test' }))), {
    name: 'checked',
    to: check,
  });
  orders.onAny({ name: 'outside', to: Sink.uri('https://example.com/hook', { audience: 'hook' }) });
  const fast = new InMemoryChannel(chart, 'fast', { name: 'fast' });
  const old = new kplus.Service(chart, 'old', { metadata: { name: 'old' }, ports: [{ port: 80 }] });
  fast.subscribe('old', { name: 'fast-old', to: Sink.path(old, '/events'), reply: letters });
  const job = new JobSink(chart, 'report', { name: 'report', image: 'example.com/report', env: { DAY: '1' }, backoffLimit: 2 });
  orders.on('day.ended', { name: 'ended', to: job });
  const transform = new EventTransform(chart, 'short', { name: 'short', jsonata: '{ "id": id }', sink: fast, reply: 'discard' });
  orders.on('order.shipped', { name: 'shipped', to: transform });
  new RequestReply(chart, 'ask', { name: 'ask', broker: orders, timeout: '20s' });
  new PingSource(chart, 'tick', {
    ...{ name: 'tick', sink: orders, schedule: '0 9 * * 1-5', timezone: 'Europe/Paris', data: { day: 'begins' } },
    extensions: { team: 'a' },
  });
  new ApiServerSource(chart, 'pods', {
    ...{ name: 'pods', sink: fast, mode: 'Resource', serviceAccount: 'watcher' },
    resources: [{ apiVersion: 'v1', kind: 'Pod', selector: { matchLabels: { app: 'a' } } }],
  });
  new ContainerSource(chart, 'beat', { name: 'beat', image: 'example.com/beat', args: ['--period=1'], sink: orders });
  const sender = new kplus.Deployment(chart, 'sender', {
    metadata: { name: 'sender' },
    containers: [{ image: 'example.com/sender' }],
  });
  new SinkBinding(chart, 'binding', { name: 'sender', subject: sender, sink: orders });
  for (const type of ['order.created', 'order.shipped', 'day.ended']) {
    new EventType(chart, type, { name: type, type, reference: orders, description: 'An event.', extensions: { team: true } });
  }
  new EventPolicy(chart, 'policy', {
    ...{ name: 'orders', to: [orders], from: [audit, 'system:serviceaccount:shop:*'] },
    where: [Filter.exact({ type: 'order.created' })],
    silence: ['cluster-setting'],
  });
  return chart;
}
