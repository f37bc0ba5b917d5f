import * as pulumi from '@pulumi/pulumi';
import { Chart, Testing } from 'cdk8s';
import * as cdk8s from '../../../constructs';
import {
  ApiServerSource,
  Broker,
  Channel,
  ContainerSource,
  Delivery,
  Filter,
  KnService,
  Parallel,
  PingSource,
  Sequence,
  Sink,
  SinkBinding,
  Subscription,
  Trigger,
} from '../../../constructs/pulumi';
import { mockPulumi, promiseOf } from './mocks';

const registered = mockPulumi();
// What is said of the way of events is tested by itself.
jest.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
beforeEach(() => {
  registered.length = 0;
});

type Made = { readonly resource: pulumi.CustomResource };

async function specOf(component: Made): Promise<unknown> {
  const urn = await promiseOf(component.resource.urn);
  return registered.find(({ name }) => urn.endsWith(`::${name}`))!.inputs['spec'];
}

/** What the construct of cdk8s synthesizes. */
function synthesized(build: (chart: Chart) => void, kind: string): unknown {
  const chart = new Chart(Testing.app(), 'test');
  build(chart);
  return (Testing.synth(chart) as { kind: string; spec: unknown }[]).find((object) => object.kind === kind)!.spec;
}

test('a graph of components makes the objects that the constructs of cdk8s make', async () => {
  const names = ['reserve', 'charge'];
  const [reserve, charge] = names.map((name) => new KnService(name, { image: 'app' })) as [KnService, KnService];
  const letters = new Channel('letters');
  const delivery = Delivery.retry(5).backoff('exponential', '200ms').deadLetter(letters);
  const orders = new Broker('orders', { delivery });
  const flow = new Sequence('flow', { steps: [reserve, { to: charge, delivery: Delivery.timeout('5s') }], reply: orders });
  const trigger = new Trigger('created', {
    ...{ broker: orders, type: pulumi.output('order.created'), to: flow },
    where: Filter.cesql("source LIKE '/shop/%'"),
  });
  const specs = await Promise.all([letters, orders, flow, trigger].map(specOf));

  const build = (chart: Chart) => {
    const [first, second] = names.map((name) => new cdk8s.KnService(chart, name, { name, image: 'app' })) as [
      cdk8s.KnService,
      cdk8s.KnService,
    ];
    const channel = new cdk8s.Channel(chart, 'letters', { name: 'letters' });
    channel.subscribe('reader', { to: first });
    const broker = new cdk8s.Broker(chart, 'orders', {
      name: 'orders',
      delivery: Delivery.retry(5).backoff('exponential', '200ms').deadLetter(channel),
    });
    const steps = [first, { to: second, delivery: Delivery.timeout('5s') }];
    const to = new cdk8s.Sequence(chart, 'flow', { name: 'flow', steps, reply: broker });
    broker.on('order.created', { to, where: Filter.cesql("source LIKE '/shop/%'") });
  };
  expect(specs).toEqual(['Channel', 'Broker', 'Sequence', 'Trigger'].map((kind) => synthesized(build, kind)));
});

test('sources, subscriptions and parallels take sinks of every sort', async () => {
  const hello = new KnService('hello', { image: 'app' });
  const specs = await Promise.all(
    [
      new PingSource('tick', { sink: Sink.uri('https://example.com/x'), schedule: '* * * * *', data: { a: 1 } }),
      new Subscription('sub', { channel: new Channel('c'), to: hello, reply: Sink.path(hello, '/done') }),
      new Parallel('both', { branches: [{ to: hello }, { filter: hello, to: pulumi.output({ name: 'late' }) }] }),
    ].map(specOf),
  );
  const ref = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' };
  expect(specs).toEqual([
    { sink: { uri: 'https://example.com/x' }, schedule: '* * * * *', contentType: 'application/json', data: '{"a":1}' },
    {
      channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'c' },
      subscriber: { ref },
      reply: { ref, uri: '/done' },
    },
    { branches: [{ subscriber: { ref } }, { filter: { ref }, subscriber: { ref: { ...ref, name: 'late' } } }] },
  ]);
});

test('sources of all kinds are as in cdk8s, with inputs at any depth', async () => {
  const sink = new Broker('orders');
  const ref = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' };
  const subject = { apiVersion: 'apps/v1', kind: 'Deployment', name: pulumi.output('heart') };
  const specs = await Promise.all(
    [
      new ApiServerSource('changes', {
        resources: [{ apiVersion: 'v1', kind: 'Event', selector: { matchLabels: { team: pulumi.output('red') } } }],
        ...{ serviceAccount: pulumi.output('watcher'), mode: 'Resource', sink },
      }),
      new ContainerSource('box', { image: pulumi.output('app'), env: { A: '1' }, extensions: { team: 'red' }, sink }),
      new SinkBinding('bind', { subject, sink }),
    ].map(specOf),
  );
  expect(specs).toEqual([
    {
      resources: [{ apiVersion: 'v1', kind: 'Event', selector: { matchLabels: { team: 'red' } } }],
      ...{ serviceAccountName: 'watcher', mode: 'Resource', sink: { ref } },
    },
    {
      template: { spec: { containers: [{ image: 'app', env: [{ name: 'A', value: '1' }] }] } },
      ...{ sink: { ref }, ceOverrides: { extensions: { team: 'red' } } },
    },
    { subject: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'heart' }, sink: { ref } },
  ]);
  expect(() => new SinkBinding('bad', { subject: { apiVersion: 'apps/v1', kind: 'Deployment' }, sink: { name: 'x' } })).toThrow(
    /KNC1001 spec.subject.name, spec.subject.selector: expected exactly one, got neither/,
  );
});

test('what is wrong is refused before anything is registered', () => {
  expect(() => new Trigger('bad', { broker: 'orders', to: { name: 'x' }, where: Filter.cesql('type ==== 1') })).toThrow(
    /KNC1001 spec.filters\[0\].cesql: invalid value: type ==== 1/,
  );
  expect(() => new PingSource('bad', { sink: { name: 'x' }, schedule: 'hourly' })).toThrow(/expected 5 to 6 fields, found 1/);
  expect(registered).toEqual([]);
});

test('a component has a token of its own, waits for Ready, and has its address as an output', async () => {
  const orders = new Broker('orders');
  await specOf(orders);
  expect(registered.map(({ type, name }) => [type, name])).toEqual([
    ['knative-constructs:eventing:Broker', 'orders'],
    ['kubernetes:eventing.knative.dev/v1:Broker', 'orders-broker'],
  ]);
  expect(registered[1]!.inputs['metadata']).toEqual({ name: 'orders', annotations: { 'pulumi.com/waitFor': 'condition=Ready' } });
});

test('how events are consumed is said as in cdk8s, with inputs at any depth', async () => {
  const hello = new KnService('hello', { image: 'app' });
  const orders = new Broker('orders', {});
  const silence = ['consumer-options'] as const;
  const trigger = new Trigger('joined', {
    ...{ broker: orders, to: hello, silence, concurrency: pulumi.output(4), dedupe: {} },
    join: { by: 'orderid', types: [pulumi.output('paid'), 'packed'], within: '1h' },
  });
  const news = new Channel('news');
  const subscription = new Subscription('batched', { channel: news, to: hello, silence, batch: { max: 5 } });
  const annotationsOf = async (component: Made) => {
    const urn = await promiseOf(component.resource.urn);
    const { metadata } = registered.find(({ name }) => urn.endsWith(`::${name}`))!.inputs as {
      metadata: { annotations: Record<string, string> };
    };
    const own = Object.entries(metadata.annotations).filter(([key]) => key.startsWith('eventing.knative-constructs.dev/'));
    return Object.fromEntries(own.map(([key, text]) => [key.split('/')[1], text]));
  };
  expect(await annotationsOf(trigger)).toEqual({
    ...{ concurrency: '4', 'dedupe-by': 'source,id' },
    ...{ 'join-by': 'orderid', 'join-types': 'paid,packed', 'join-within': '1h' },
  });
  expect(await annotationsOf(subscription)).toEqual({ 'batch-max': '5' });
});
