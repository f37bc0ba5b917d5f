import http from 'node:http';
import { BrokerType, type KResourceStatus, type KubeObject, type Trigger, TriggerType } from '../../lib/api';
import { applyObjects, type FunctionHandler } from '../../lib/local';
import { clock, RealSystem, until } from './support/real-system';

let real: RealSystem;
beforeEach(async () => {
  real = await RealSystem.start();
});
afterEach(() => real.stop());

const namespace = 'default';
const broker: KubeObject = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'orders', namespace } };
const sink = (name: string) => ({ ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name } });

function trigger(name: string, spec: Partial<Trigger['spec']> = {}): KubeObject {
  const whole = { broker: 'orders', subscriber: sink(name), ...spec };
  return { apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger', metadata: { name, namespace }, spec: whole } as KubeObject;
}

/** A service that has no pod until an event comes. */
function service(name: string, handler: FunctionHandler): KubeObject {
  real.system.functions.register({ image: `example.com/the-${name}` }, handler);
  const metadata = { annotations: { 'autoscaling.knative.dev/initial-scale': '0' } };
  const template = { metadata, spec: { containers: [{ image: `example.com/the-${name}` }] } };
  return { apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name, namespace }, spec: { template } };
}

async function apply(...objects: readonly KubeObject[]): Promise<void> {
  const results = await applyObjects(real.system.cluster, objects);
  expect(results.map(({ error }) => error)).toEqual(results.map(() => undefined));
  for (const { kind, metadata } of objects) {
    const type = kind === 'Broker' ? BrokerType : TriggerType;
    if (kind !== 'Broker' && kind !== 'Trigger') continue;
    await until(`${kind} ${metadata.name}`, async () => {
      const status = (await real.system.cluster.get<KubeObject>(type, namespace, metadata.name!))?.status as KResourceStatus;
      return status?.conditions?.some((one) => one.type === 'Ready' && one.status === 'True');
    });
  }
}

/** As from the shell of a laptop. */
function publish(id: string): Promise<number> {
  const host = 'broker-ingress.knative-eventing.127.0.0.1.sslip.io';
  const event = { 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/shop', 'ce-type': 'order.created' };
  return new Promise((resolve, reject) => {
    const options = { port: real.port, path: '/default/orders', method: 'POST', headers: { host, ...event } };
    const request = http.request(options, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    });
    request.on('error', reject);
    request.end();
  });
}

test('an event that no trigger wants is dropped, and the journal says so', async () => {
  await apply(broker);
  expect(await publish('1')).toBe(202);
  expect(real.system.eventing.journal.entries({ event: '1' })).toMatchObject([{ kind: 'arrived', consumers: [] }]);
});

test('an event wakes its subscriber from zero', async () => {
  await apply(
    service('a', async () => new Response(null, { status: 202 })),
    broker,
    trigger('a'),
  );
  expect(await real.pods('a-00001')).toEqual([]);
  await publish('1');
  await real.system.eventing.journal.when({ event: '1', kind: 'delivered' });
  expect(await real.pods('a-00001')).toHaveLength(1);
});

test('an event that fails for good is tried again, and ends in the dead letters', async () => {
  const letters: (string | null)[] = [];
  const delivery = { retry: 2, backoffPolicy: 'linear', backoffDelay: 'PT0.01S', deadLetterSink: sink('dead') } as const;
  const dead = service('dead', async (request) => {
    letters.push(request.headers.get('ce-knativeerrorcode'));
    return new Response(null, { status: 202 });
  });
  const broken = service('a', async () => new Response('no', { status: 500 }));
  await apply(dead, broken, broker, trigger('a', { delivery }));
  await publish('1');
  await real.system.eventing.journal.when({ event: '1', kind: 'deadLettered' });
  const attempts = real.system.eventing.journal.entries({ event: '1', kind: 'attempt' });
  expect([attempts.length, letters]).toEqual([4, ['500']]);
});

test('a trigger that is made anew gets what came meanwhile, and nothing twice', async () => {
  const got: (string | null)[] = [];
  const handler: FunctionHandler = async (request) => {
    got.push(request.headers.get('ce-id'));
    return new Response(null, { status: 202 });
  };
  const { journal } = real.system.eventing;
  await apply(service('a', handler), broker, trigger('a'));
  await publish('1');
  await journal.when({ event: '1', kind: 'delivered' });
  await real.system.cluster.delete(TriggerType, namespace, 'a');
  await until('the trigger to be gone', () => real.system.eventing.hubs.get('broker/default/orders')?.consumers.length === 0);
  await publish('2');
  await apply(trigger('a'));
  await publish('3');
  await Promise.all(['2', '3'].map((event) => journal.when({ event, kind: 'delivered' })));
  expect([...got].sort()).toEqual(['1', '2', '3']);
});

test('a trigger that is made anew again and again while events pour in misses none and gets none twice, in order', async () => {
  const got: string[] = [];
  const slow: FunctionHandler = async (request) => {
    got.push(request.headers.get('ce-id')!);
    await clock.sleep(3);
    return new Response(null, { status: 202 });
  };
  const annotations = { 'eventing.knative-constructs.dev/order-by': 'source' };
  const ordered = trigger('a');
  const anew = { ...ordered, metadata: { ...ordered.metadata, annotations } };
  await apply(service('a', slow), broker, anew);
  const ids = Array.from({ length: 200 }, (_, i) => `${i}`.padStart(4, '0'));
  const { cluster } = real.system;
  let over = false;
  const meddler = (async () => {
    while (!over) {
      await cluster.delete(TriggerType, namespace, 'a');
      await cluster.create(TriggerType, anew as Trigger);
      await clock.sleep(20);
    }
  })();
  for (const id of ids) expect(await publish(id)).toBe(202);
  over = true;
  await meddler;
  await until('all of them', () => got.length >= ids.length, 30_000);
  await until('no backlog', () => real.system.eventing.hubs.get('broker/default/orders')!.backlog('default/a') === 0);
  expect(got).toEqual(ids);
});
