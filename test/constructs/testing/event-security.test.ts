import { ApiObject, Chart, Testing } from 'cdk8s';
import { Broker, Delivery, EventPolicy, Filter, KnService, PingSource, RequestReply, Sequence } from 'knative-constructs';
import { Testbed, type TestbedOptions } from 'knative-constructs/testing';
import type { EventPolicy as PolicyObject } from '../../../lib/api';

const beds: Testbed[] = [];
afterEach(async () => {
  for (const bed of beds.splice(0)) await bed.stop();
});

async function start(build: (chart: Chart) => void, options?: TestbedOptions): Promise<Testbed> {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'default' });
  build(chart);
  const bed = await Testbed.start(chart, options);
  beds.push(bed);
  return bed;
}

/** What makes receivers ask who sends. */
const secured = (chart: Chart, data: Record<string, string> = {}) =>
  new ApiObject(chart, 'features', {
    ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-features', namespace: 'knative-eventing' } },
    data: { 'authentication-oidc': 'enabled', ...data },
  });
const service = (chart: Chart, name: string) => new KnService(chart, name, { name, image: `example.com/${name}` });
const CREATED = { type: 'order.created' };
const CHARGED = { 'ce-specversion': '1.0', 'ce-id': 'r', 'ce-source': '/charge', 'ce-type': 'order.charged' };

describe('where senders prove who they are', () => {
  test('a trigger sends as itself, and its reply comes back into the broker', async () => {
    const seen: (string | null)[] = [];
    const charge = Testbed.stub('charge', (request) => {
      seen.push(request.headers.get('authorization'));
      return new Response(null, { headers: CHARGED });
    });
    const build = (chart: Chart) => {
      secured(chart);
      const orders = new Broker(chart, 'orders', { name: 'orders' });
      orders.on('order.created', { name: 'charge', to: service(chart, 'charge') });
      orders.on('order.charged', { name: 'ship', to: service(chart, 'ship') });
    };
    const bed = await start(build, { stubs: [charge] });
    const id = await bed.publish('orders', { ...CREATED, as: 'checkout' });
    await bed.until(bed.journal.when({ event: 'r', kind: 'delivered', consumer: 'default/ship' }));
    expect(bed.journal.entries({ kind: 'refused' })).toEqual([]);
    expect(bed.journal.entries({ event: id, kind: 'delivered' })).toHaveLength(1);
    // A service has no audience: nobody proves anything to it.
    expect(seen).toEqual([null]);
  });

  test('a broker lets in whom its policy names, of what fits its filters; the journal tells of the others', async () => {
    const bed = await start((chart) => {
      secured(chart, { 'default-authorization-mode': 'deny-all' });
      const orders = new Broker(chart, 'orders', { name: 'orders' });
      new Broker(chart, 'closed', { name: 'closed' });
      new EventPolicy(chart, 'shops', {
        name: 'shops',
        to: [orders],
        from: ['system:serviceaccount:default:shop', 'system:serviceaccount:partner:*'],
        where: [Filter.prefix({ type: 'order.' })],
      });
    });
    await bed.publish('orders', { ...CREATED, as: 'shop' });
    await bed.publish('orders', { ...CREATED, as: 'partner/any' });
    const refused = (to: string, event: Parameters<typeof bed.publish>[1]) => expect(bed.publish(to, event)).rejects;
    await refused('orders', CREATED).toThrow(/401 no token found in the request/);
    await refused('orders', { ...CREATED, as: 'other' }).toThrow(/403 .* policy shops does not name it/);
    await refused('orders', { type: 'x', as: 'shop' }).toThrow(/403 .* does not fit the filters of policy shops/);
    await refused('closed', { ...CREATED, as: 'shop' }).toThrow(/403 .* deny-all denies everybody/);
    expect(bed.journal.entries({ kind: 'refused' }).map((entry) => ('status' in entry ? entry.status : 0))).toEqual([
      401, 403, 403, 403,
    ]);
  });

  test('a reply that the broker does not take goes to the dead letters of its trigger', async () => {
    const build = (chart: Chart) => {
      secured(chart);
      const orders = new Broker(chart, 'orders', { name: 'orders', delivery: Delivery.deadLetter(service(chart, 'dead')) });
      orders.on('order.created', { name: 'charge', to: service(chart, 'charge') });
      new EventPolicy(chart, 'shops', { name: 'shops', to: [orders], from: ['system:serviceaccount:default:shop'] });
    };
    const bed = await start(build, { stubs: [Testbed.stub('charge', () => new Response(null, { headers: CHARGED }))] });
    const id = await bed.publish('orders', { ...CREATED, as: 'shop' });
    await bed.until(bed.journal.when({ event: id, kind: 'deadLettered' }));
    expect(bed.journal.entries({ event: 'r', kind: 'refused' })).toMatchObject([
      {
        status: 403,
        reason: expect.stringMatching(/^system:serviceaccount:default:charge-oidc-eventing\.knative\.dev-trigger may not send/),
      },
    ]);
  });

  test('events go through a sequence, and a source that a policy names may begin it', async () => {
    const bed = await start((chart) => {
      secured(chart);
      const fulfil = new Sequence(chart, 'fulfil', {
        name: 'fulfil',
        steps: [service(chart, 'reserve'), service(chart, 'ship')],
      });
      const tick = new PingSource(chart, 'tick', { name: 'tick', schedule: '* * * * *', data: '{}', sink: fulfil });
      new EventPolicy(chart, 'ticks', { name: 'ticks', to: [fulfil], from: [tick] });
    });
    const handed: string[] = [];
    bed.stub('reserve', (request) => {
      const id = request.headers.get('ce-id') ?? '';
      return new Response(null, { headers: { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/r', 'ce-type': 'reserved' } });
    });
    bed.stub('ship', (request) => {
      handed.push(request.headers.get('ce-type') ?? '');
      return new Response(null, { status: 202 });
    });
    await bed.advance('61s');
    await bed.until(bed.journal.when({ consumer: 'default/fulfil-kn-sequence-1', kind: 'delivered' }));
    expect(handed).toEqual(['reserved']);
    const policy = (await bed.get('eventing.knative.dev/v1alpha1', 'EventPolicy', 'fulfil-ticks')) as PolicyObject;
    expect(policy.status?.from).toEqual(['system:serviceaccount:default:tick-oidc-sources.knative.dev-pingsource']);
    const inner = {
      apiVersion: 'messaging.knative.dev/v1',
      kind: 'InMemoryChannel',
      name: 'fulfil-kn-sequence-1',
      namespace: 'default',
    };
    await expect(bed.publish(inner, { ...CREATED, as: 'shop' })).rejects.toThrow(
      /403 .* policy fulfil-fulfil-kn-sequence-1 does not name it/,
    );
    expect(bed.journal.entries({ kind: 'refused' })).toHaveLength(1);
  });

  test('tokens are renewed before they end', async () => {
    const bed = await start((chart) => {
      secured(chart);
      const orders = new Broker(chart, 'orders', { name: 'orders' });
      new PingSource(chart, 'tick', { name: 'tick', schedule: '*/20 * * * *', data: '{}', sink: orders });
    });
    await bed.advance('6h');
    expect(bed.journal.entries({ log: 'broker/default/orders', kind: 'arrived' })).toHaveLength(18);
    expect(bed.journal.entries({ kind: 'refused' })).toEqual([]);
  });

  test('a RequestReply takes requests of whom its policies name, and asks its broker as itself', async () => {
    const worker = Testbed.stub('worker', (request) => {
      const ce = { 'ce-specversion': '1.0', 'ce-id': 'r', 'ce-source': '/worker', 'ce-type': 'answer' };
      return new Response(null, { headers: { ...ce, 'ce-replyid': request.headers.get('ce-correlationid') ?? '' } });
    });
    let ask!: RequestReply;
    const build = (chart: Chart) => {
      secured(chart, { 'default-authorization-mode': 'deny-all' });
      const orders = new Broker(chart, 'orders', { name: 'orders' });
      const trigger = orders.on('question', { name: 'work', to: service(chart, 'worker') });
      ask = new RequestReply(chart, 'ask', { name: 'ask', broker: orders, timeout: '30s' });
      new EventPolicy(chart, 'askers', { name: 'askers', to: [ask], from: ['system:serviceaccount:default:shop'] });
      new EventPolicy(chart, 'inner', { name: 'inner', to: [orders], from: [ask, trigger] });
    };
    const bed = await start(build, { stubs: [worker] });
    const answer = await bed.ask(ask, { id: '1', type: 'question', as: 'shop' });
    expect([answer.status, answer.headers.get('ce-type')]).toEqual([200, 'answer']);
    const refused = await bed.ask(ask, { id: '2', type: 'question', as: 'other' });
    expect([refused.status, await refused.text()]).toEqual([403, expect.stringContaining('policy askers does not name it')]);
    expect((await bed.ask(ask, { id: '3', type: 'question' })).status).toBe(401);
    expect(bed.journal.entries({ kind: 'refused' }).map(({ log }) => log)).toEqual(Array(2).fill('request-reply/default/ask'));
    const stored = await bed.get('eventing.knative.dev/v1alpha1', 'RequestReply', 'ask');
    expect(stored).toMatchObject({
      status: {
        address: { audience: 'eventing.knative.dev/requestreply/default/ask' },
        auth: { serviceAccountName: 'ask-oidc-eventing.knative.dev-requestreply' },
        policies: [{ name: 'askers' }],
      },
    });
  });
});
