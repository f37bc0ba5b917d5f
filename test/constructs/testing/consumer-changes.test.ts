import { Chart, Testing } from 'cdk8s';
import { Broker, Channel, Delivery, Filter, KnService } from 'knative-constructs';
import { Testbed } from 'knative-constructs/testing';

const SERVICES = ['before', 'after', 'dead', 'replies', 'others'] as const;
type Name = (typeof SERVICES)[number];
type Service = (name: Name) => KnService;

const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

const retry = (times: number) => Delivery.retry(times).backoff('linear', '5s');

function chartOf(build: (service: Service, orders: Broker, news: Channel) => void): Chart {
  const chart = new Chart(Testing.app(), 'shop');
  const made = SERVICES.map(
    (name) => [name, new KnService(chart, name, { name, image: `example.com/${name}`, scale: { min: 1 } })] as const,
  );
  const services = new Map<Name, KnService>(made);
  build(
    (name) => services.get(name)!,
    new Broker(chart, 'orders', { name: 'orders' }),
    new Channel(chart, 'news', { name: 'news' }),
  );
  return chart;
}

/** Starts with `before` down, sends an event, and applies a change while its delivery waits for the next attempt. */
async function changed(
  to: 'orders' | 'news',
  first: Parameters<typeof chartOf>[0],
  second: Parameters<typeof chartOf>[0],
  recovers: boolean,
) {
  const seen: string[] = [];
  let down = true;
  const stubs = SERVICES.map((name) =>
    Testbed.stub(name, (request) => {
      const id = request.headers.get('ce-id')!;
      if (name === 'before' && down) return new Response('no', { status: 503 });
      seen.push(`${id} ${name}`);
      if (name !== 'before' && name !== 'after') return new Response(null, { status: 202 });
      const headers = { 'ce-specversion': '1.0', 'ce-id': `${id}-answer`, 'ce-source': '/s', 'ce-type': 'answer' };
      return new Response('{}', { headers: { ...headers, 'content-type': 'application/json' } });
    }),
  );
  const bed = await Testbed.start(chartOf(first), { stubs });
  beds.push(bed);
  const kind = { name: to, namespace: undefined };
  const receiver =
    to === 'orders'
      ? { ...kind, apiVersion: 'eventing.knative.dev/v1', kind: 'Broker' }
      : { ...kind, apiVersion: 'messaging.knative.dev/v1', kind: 'Channel' };
  await bed.publish(receiver, { id: 'old', type: 'order' });
  await bed.advance('1s');
  await bed.apply(chartOf(second));
  await bed.publish(receiver, { id: 'new', type: 'order' });
  await bed.advance('1s');
  down = !recovers;
  await bed.advance('5m');
  return seen.sort();
}

describe('an event of which the delivery waits for its next attempt comes to its end the old way, and the next goes the new way', () => {
  test.each<[string, Parameters<typeof chartOf>[0], Parameters<typeof chartOf>[0], boolean, string[]]>([
    [
      'subscriber',
      (service, orders) => orders.on('order', { name: 't', to: service('before'), delivery: retry(3) }),
      (service, orders) => orders.on('order', { name: 't', to: service('after'), delivery: retry(3) }),
      true,
      ['new after', 'old before'],
    ],
    [
      'filter',
      (service, orders) => orders.on('order', { name: 't', to: service('before'), delivery: retry(3) }),
      (service, orders) =>
        orders.on('order', { name: 't', to: service('before'), delivery: retry(3), where: Filter.exact({ source: '/none' }) }),
      true,
      ['old before'],
    ],
    [
      'dead letter sink and retries',
      (service, orders) =>
        orders.on('order', { name: 't', to: service('before'), delivery: retry(3).deadLetter(service('dead')) }),
      (service, orders) =>
        orders.on('order', { name: 't', to: service('before'), delivery: retry(0).deadLetter(service('others')) }),
      false,
      ['new others', 'old dead'],
    ],
  ])('where the %s of a trigger changes', async (_what, first, second, recovers, expected) => {
    expect(await changed('orders', first, second, recovers)).toEqual(expected);
  });

  test('where subscriber and reply of a subscription change', async () => {
    const seen = await changed(
      'news',
      (service, _orders, news) => news.subscribe('s', { to: service('before'), reply: service('replies'), delivery: retry(3) }),
      (service, _orders, news) => news.subscribe('s', { to: service('after'), reply: service('others'), delivery: retry(3) }),
      true,
    );
    expect(seen).toEqual(['new after', 'new-answer others', 'old before', 'old-answer replies']);
  });

  test('where a trigger is paused, the next waits', async () => {
    const seen = await changed(
      'orders',
      (service, orders) =>
        orders.on('order', { name: 't', to: service('before'), delivery: retry(8).deadLetter(service('dead')) }),
      (service, orders) =>
        orders.on('order', {
          name: 't',
          to: service('before'),
          paused: true,
          silence: ['consumer-options'],
          delivery: retry(8).deadLetter(service('dead')),
        }),
      true,
    );
    expect(seen).toEqual(['old before']);
  });
});
