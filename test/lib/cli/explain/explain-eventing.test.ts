import type { KubeObject } from '../../../../lib/api';
import { main } from '../../../../lib/cli/main';
import { preview } from '../../../../lib/roles/preview';
import { LocalServer } from '../../kube/http/local-server';
import { FakeIo } from '../fake-io';

const object = (apiVersion: string, kind: string, name: string, spec: object = {}): KubeObject =>
  ({ apiVersion, kind, metadata: { name, namespace: 'default' }, spec }) as KubeObject;
const refTo = (name: string) => ({ ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name } });

const service = object('serving.knative.dev/v1', 'Service', 'fulfil', {
  template: { spec: { containers: [{ image: 'example.com/app:1' }] } },
});
const broker = object('eventing.knative.dev/v1', 'Broker', 'orders');
const trigger = (name: string, spec: object) => object('eventing.knative.dev/v1', 'Trigger', name, { broker: 'orders', ...spec });
const ping = object('sources.knative.dev/v1', 'PingSource', 'tick', {
  ...{ schedule: '*/5 * * * *', data: '{}' },
  sink: { ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' } },
});
const sequence = object('flows.knative.dev/v1', 'Sequence', 'steps', { steps: [refTo('fulfil'), refTo('ship')] });

describe('knc explain of eventing', () => {
  let server: LocalServer;
  const open = async (...objects: readonly KubeObject[]) => {
    server = await LocalServer.start({ live: (await preview(objects, { now: Date.now() - 60_000 })).after });
  };
  const run = async (...args: readonly string[]) => {
    const io = new FakeIo({ cwd: server.folder, columns: 200 });
    const code = await main(['explain', ...args], io);
    expect([code, io.stderrText]).toEqual([0, '']);
    return io.stdoutText;
  };
  afterEach(() => server?.close());

  test('a broker tells its address, who sends to it and who gets its events', async () => {
    await open(
      service,
      broker,
      ping,
      trigger('all', { subscriber: refTo('fulfil') }),
      trigger('lost', { subscriber: refTo('fulfill') }),
    );
    const text = await run('broker/orders');
    expect(text).toMatch(/^Broker default\/orders {2}ready\n/);
    expect(text).toContain('address     http://broker-ingress.knative-eventing.svc.cluster.local/default/orders\n');
    expect(text).toContain('takes from  PingSource tick\n');
    expect(text).toMatch(/^sends to {4}Trigger all → http:\/\/fulfil\.default\.svc\.cluster\.local$/m);
    expect(text).toMatch(/^ {12}Trigger lost → \(no address yet\) {2}\(failed\)$/m);
    expect(text).toContain('events      knc events --log default/orders\n');
  });

  test('a broker without a trigger says that its events are dropped', async () => {
    await open(broker);
    expect(await run('broker/orders')).toContain('sends to  nobody: there is no trigger, its events are dropped\n');
  });

  test('a trigger names the subscriber that is missing, and one that may be meant', async () => {
    const filter = { attributes: { type: 'order.created' } };
    await open(service, broker, trigger('lost', { filter, subscriber: refTo('fulfill') }));
    const text = await run('trigger/lost');
    expect(text).toContain('services.serving.knative.dev "fulfill" not found\n');
    expect(text).toContain('fix: Create the Service default/fulfill, or correct the reference to it: there is fulfil.\n');
    expect(text).toContain('takes from  Broker orders\nwants       type=order.created\n');
    expect(text).toMatch(/Conditions that are not met\n {2}SubscriptionReady {2}SubscriptionNotConfigured/);
    const story = JSON.parse(await run('trigger/lost', '--json')) as { unmet: object[]; flow: object[]; remedy: string };
    expect(story).toMatchObject({
      unmet: [{ type: 'SubscriptionReady' }],
      flow: [{ label: 'takes from', text: 'Broker orders' }, {}],
    });
  });

  test('a trigger without its broker, and a type of events of none, say which to create', async () => {
    const type = object('eventing.knative.dev/v1beta3', 'EventType', 'paid', {
      attributes: ['id', 'source', 'specversion', 'type'].map((name) => ({ name, required: true })),
      reference: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'nope' },
    });
    await open(service, trigger('all', { subscriber: refTo('fulfil') }), type);
    expect(await run('trigger/all')).toContain('fix: Create the Broker default/orders, or correct the reference to it.\n');
    expect(await run('eventtype/paid')).toContain('fix: Create the Broker default/nope, or correct the reference to it.\n');
  });

  test('a sequence names the step to blame', async () => {
    await open(service, sequence);
    const text = await run('sequence/steps');
    expect(text).toMatch(
      /^Sequence default\/steps {2}failed\n\n {2}└ Subscription steps-kn-sequence-1 {2}SubscriberResolveFailed: /,
    );
    expect(text).toContain('fix: Create the Service default/ship, or correct the reference to it.\n');
    expect(text).toMatch(/^sends to +Subscription steps-kn-sequence-0 → http:\/\/fulfil\.default\.svc\.cluster\.local$/m);
  });

  test('a source tells when it sends and where to', async () => {
    await open(broker, ping);
    expect(await run('pingsource/tick')).toContain(
      'schedule  */5 * * * *\nsends to  http://broker-ingress.knative-eventing.svc.cluster.local/default/orders\n',
    );
  });
});
