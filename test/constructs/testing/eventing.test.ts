import { ApiObject, Chart, Testing } from 'cdk8s';
import { Broker, Delivery, Filter, KnService, PingSource, Sequence } from 'knative-constructs';
import { Testbed, type TestbedOptions } from 'knative-constructs/testing';

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

const kinds = (bed: Testbed, event: string) => bed.journal.entries({ event }).map(({ kind }) => kind);

test('a service at zero is woken by an event that its trigger lets pass, and by no other', async () => {
  const { chart, service, orders } = shop();
  const fulfil = service('fulfil');
  orders.on('order.created', { to: fulfil, where: Filter.data('amount > 100') });
  const got: unknown[] = [];
  const stub = Testbed.stub(fulfil, async (request) => {
    got.push(await request.json());
    return new Response(null, { status: 202 });
  });
  const bed = await start(chart, { stubs: [stub] });
  await bed.advance('2m');
  expect(bed.replicas(fulfil)).toBe(0);
  const small = await bed.publish(orders, { type: 'order.created', data: { amount: 5 } });
  await bed.advance('10s');
  expect([kinds(bed, small), bed.replicas(fulfil)]).toEqual([['arrived'], 0]);
  const big = await bed.publish('orders', { type: 'order.created', data: { amount: 500 } });
  await bed.until(bed.journal.when({ event: big, kind: 'delivered' }));
  expect([got, bed.replicas(fulfil)]).toEqual([[{ amount: 500 }], 1]);
});

test('what fails for good goes to the dead letter sink after its retries', async () => {
  const { chart, service, orders } = shop();
  const [broken, dead] = [service('broken'), service('dead')];
  orders.onAny({ to: broken, delivery: Delivery.retry(3).backoff('linear', '2s').deadLetter(dead) });
  const letters: (string | null)[] = [];
  const bed = await start(chart, {
    stubs: [
      Testbed.stub(broken, () => new Response('no', { status: 503 })),
      Testbed.stub(dead, (request) => {
        letters.push(request.headers.get('ce-knativeerrorcode'));
        return new Response(null, { status: 202 });
      }),
    ],
  });
  const id = await bed.publish(orders, { type: 'order.created' });
  const { time } = await bed.until(bed.journal.when({ event: id, kind: 'deadLettered' }));
  expect(letters).toEqual(['503']);
  expect(kinds(bed, id).filter((kind) => kind === 'attempt')).toHaveLength(5);
  expect(time - bed.journal.entries({ event: id })[0]!.time).toBeGreaterThanOrEqual(6000);
});

test('a sequence hands the reply of each step to the next, and the last to the broker', async () => {
  const { chart, service, orders } = shop();
  const steps = ['reserve', 'charge'].map(service);
  const done = service('done');
  const fulfil = new Sequence(chart, 'fulfil', { name: 'fulfil', steps, reply: orders });
  orders.on('order.created', { to: fulfil });
  orders.on('order.charge', { to: done });
  const seen: string[] = [];
  const step = (name: string) => async (request: Request) => {
    seen.push(`${name} ${request.headers.get('ce-type')}`);
    const headers = { 'ce-specversion': '1.0', 'ce-id': `${name}-1`, 'ce-source': `/${name}`, 'ce-type': `order.${name}` };
    return new Response('{}', { headers: { ...headers, 'content-type': 'application/json' } });
  };
  const bed = await start(chart, {
    stubs: [
      ...steps.map((one) => Testbed.stub(one, step(one.name))),
      Testbed.stub(done, (request) => {
        seen.push(`done ${request.headers.get('ce-type')}`);
        return new Response(null, { status: 202 });
      }),
    ],
  });
  await bed.publish(orders, { type: 'order.created', data: {} });
  await bed.until(bed.journal.when({ event: 'charge-1', kind: 'delivered', log: 'broker/default/orders' }));
  expect(seen).toEqual(['reserve order.created', 'charge order.reserve', 'done order.charge']);
});

test('a schedule sends its event to a broker by virtual clocks, which wakes the service that wants it', async () => {
  const { chart, service, orders } = shop();
  const report = service('report');
  new PingSource(chart, 'nightly', { name: 'nightly', schedule: '0 3 * * *', timezone: 'UTC', data: { night: 1 }, sink: orders });
  orders.on('dev.knative.sources.ping', { to: report });
  const got: unknown[] = [];
  const stub = Testbed.stub(report, async (request) => {
    got.push([request.headers.get('ce-source'), await request.json()]);
    return new Response(null, { status: 202 });
  });
  const bed = await start(chart, { stubs: [stub] });
  await bed.advance('1h');
  expect([got, bed.replicas(report)]).toEqual([[], 0]);
  await bed.advance('48h');
  expect(got).toEqual(Array(2).fill(['/apis/v1/namespaces/default/pingsources/nightly', { night: 1 }]));
  const sent = bed.journal.entries({ log: 'source/ping/default/nightly', kind: 'delivered' });
  expect(sent.map(({ time }) => new Date(time).getUTCHours())).toEqual([3, 3]);
  expect(bed.journal.entries({ trace: sent[0]!.trace, log: 'broker/default/orders', kind: 'delivered' })).toHaveLength(1);
});

test('an event that is none, or for a broker that is not there, is refused', async () => {
  const { chart, orders } = shop();
  const bed = await start(chart);
  await expect(bed.publish(orders, { type: '' })).rejects.toThrow('type: MUST be a non-empty string');
  await expect(bed.publish('nothere', { type: 't' })).rejects.toThrow('no Broker "default/nothere"');
});

test('a feature that the chart switches on in a ConfigMap counts for the rest of the chart, wherever it stands', async () => {
  const { chart, service, orders } = shop();
  const fulfil = service('fulfil');
  orders.onAny({ name: 'patient', to: fulfil, delivery: Delivery.retry(1).retryAfter('5m') });
  const metadata = { name: 'config-features', namespace: 'knative-eventing' };
  const data = { 'delivery-retryafter': 'enabled' };
  new ApiObject(chart, 'features', { ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata }, data });
  const at: number[] = [];
  let now = () => 0;
  const stub = Testbed.stub(fulfil, () => {
    at.push(now());
    return new Response(null, at.length > 1 ? {} : { status: 429, headers: { 'retry-after': '60' } });
  });
  const bed = await start(chart, { stubs: [stub] });
  now = () => bed.now.getTime();
  const id = await bed.publish(orders, { type: 'order.created' });
  await bed.until(bed.journal.when({ event: id, kind: 'delivered' }));
  expect(at[1]! - at[0]!).toBeGreaterThanOrEqual(60_000);
});
