import { Chart, Testing } from 'cdk8s';
import { Broker, Channel, Delivery, KnService } from 'knative-constructs';
import { Testbed, type TestbedOptions } from 'knative-constructs/testing';

const silence = ['consumer-options'] as const;
const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

async function start(chart: Chart, options?: TestbedOptions): Promise<Testbed> {
  const bed = await Testbed.start(chart, options);
  beds.push(bed);
  return bed;
}

function shop() {
  const chart = new Chart(Testing.app(), 'shop');
  const service = (name: string) => new KnService(chart, name, { name, image: `example.com/${name}` });
  return { chart, service, orders: new Broker(chart, 'orders', { name: 'orders' }) };
}

/** A service that keeps what it gets. */
function keeping<T>(service: KnService, got: T[], take: (request: Request) => Promise<T>) {
  return Testbed.stub(service, async (request) => {
    got.push(await take(request));
    return new Response(null, { status: 202 });
  });
}

test('an order that is sent twice is fulfilled once', async () => {
  const { chart, service, orders } = shop();
  const fulfil = service('fulfil');
  orders.on('order.created', { to: fulfil, dedupe: { by: 'data.order', window: '1h' }, silence });
  const got: unknown[] = [];
  const bed = await start(chart, { stubs: [keeping(fulfil, got, (request) => request.json())] });
  await bed.publish(orders, { type: 'order.created', data: { order: 7 } });
  const again = await bed.publish(orders, { type: 'order.created', data: { order: 7 } });
  const { time } = await bed.until(bed.journal.when({ event: again, kind: 'duplicate' }));
  await bed.advance('1h');
  expect([got, time > 0]).toEqual([[{ order: 7 }], true]);
  const later = await bed.publish(orders, { type: 'order.created', data: { order: 7 } });
  await bed.until(bed.journal.when({ event: later, kind: 'delivered' }));
  expect(got).toHaveLength(2);
});

test('a service at zero is woken once for a batch', async () => {
  const { chart, service, orders } = shop();
  const audit = service('audit');
  orders.onAny({ to: audit, batch: { max: 50, within: '30m' }, silence });
  const got: { readonly type: string | null; readonly ids: string[] }[] = [];
  const take = async (request: Request) => ({
    type: request.headers.get('content-type'),
    ids: ((await request.json()) as { id: string }[]).map(({ id }) => id),
  });
  const bed = await start(chart, { stubs: [keeping(audit, got, take)] });
  await bed.advance('2m');
  for (const id of ['1', '2', '3']) await bed.publish(orders, { type: 'order.created', id });
  await bed.advance('29m');
  expect([got, bed.replicas(audit)]).toEqual([[], 0]);
  await bed.advance('2m');
  expect(got).toEqual([{ type: expect.stringContaining('application/cloudevents-batch+json'), ids: ['1', '2', '3'] }]);
});

test('an order that is paid and packed is shipped, and one that is not packed in time becomes a dead letter', async () => {
  const { chart, service, orders } = shop();
  const [ship, letters] = [service('ship'), service('letters')];
  orders.onAny({
    metadata: { name: 'ship' },
    to: ship,
    join: { by: 'orderid', types: ['order.paid', 'order.packed'], within: '10m', as: 'order.ready' },
    delivery: Delivery.deadLetter(letters),
    silence,
  });
  const shipped: unknown[] = [];
  const dead: (string | null)[] = [];
  const bed = await start(chart, {
    stubs: [
      keeping(ship, shipped, async (request) => ({
        type: request.headers.get('ce-type'),
        source: request.headers.get('ce-source'),
        order: request.headers.get('ce-orderid'),
        ...((await request.json()) as object),
      })),
      keeping(letters, dead, async (request) => request.headers.get('ce-id')),
    ],
  });
  const paid = await bed.publish(orders, { type: 'order.paid', extensions: { orderid: '7' }, data: { eur: 50 } });
  const lonely = await bed.publish(orders, { type: 'order.paid', extensions: { orderid: '8' } });
  const other = await bed.publish(orders, { type: 'order.created', extensions: { orderid: '7' } });
  await bed.publish(orders, { type: 'order.packed', extensions: { orderid: '7' } });
  await bed.until(bed.journal.when({ event: paid, kind: 'delivered' }));
  expect(shipped).toMatchObject([
    {
      ...{ type: 'order.ready', order: '7', source: '/apis/v1/namespaces/default/triggers/ship' },
      'order.paid': { id: paid, data: { eur: 50 } },
      'order.packed': { orderid: '7' },
    },
  ]);
  expect(bed.journal.entries({ event: other })).toMatchObject([{ kind: 'arrived', consumers: [] }]);
  await bed.until(bed.journal.when({ event: lonely, kind: 'deadLettered' }));
  expect(dead).toEqual([lonely]);
});

test('a subscription is consumed one by one, at a pace, in batches or not at all, as it says', async () => {
  const { chart, service } = shop();
  const [slow, paused, batched] = ['slow', 'paused', 'batched'].map(service) as [KnService, KnService, KnService];
  const news = new Channel(chart, 'news', { name: 'news' });
  news.subscribe('slow', { to: slow, concurrency: 1, rate: 0.1, silence });
  news.subscribe('paused', { to: paused, paused: true, silence });
  news.subscribe('batched', { to: batched, batch: { max: 2 }, silence });
  const got: string[] = [];
  const name = (service: string) => async (request: Request) => {
    await request.text();
    got.push(service);
  };
  const bed = await start(chart, {
    stubs: [slow, paused, batched].map((one) => keeping(one, [] as unknown[], name(one.name))),
  });
  for (const id of ['1', '2', '3', '4']) await bed.publish(news, { type: 'news', id });
  await bed.advance('9s');
  expect([...got].sort()).toEqual(['batched', 'batched', 'slow']);
  await bed.advance('30s');
  expect(got.filter((service) => service === 'slow')).toHaveLength(4);
});

test('what changes on a subscription or trigger has its effect at once', async () => {
  const app = Testing.app();
  const build = (paused: boolean) => {
    const chart = new Chart(app, `shop-${paused}`);
    const hello = new KnService(chart, 'hello', { name: 'hello', image: 'example.com/hello' });
    const news = new Channel(chart, 'news', { name: 'news' });
    news.subscribe('hello', { name: 'hello', to: hello, paused, silence });
    const orders = new Broker(chart, 'orders', { name: 'orders' });
    orders.onAny({ metadata: { name: 'hello' }, to: hello, paused, batch: { max: 1 }, silence });
    return { chart, news };
  };
  const { chart, news } = build(true);
  const bed = await start(chart);
  const one = await bed.publish(news, { type: 'news' });
  const two = await bed.publish('orders', { type: 'order' });
  await bed.advance('1m');
  const ends = () => [one, two].map((event) => bed.journal.entries({ event }).at(-1)!.kind);
  expect(ends()).toEqual(['arrived', 'arrived']);
  await bed.apply(build(false).chart);
  await bed.advance('1m');
  expect(ends()).toEqual(['delivered', 'delivered']);
});
