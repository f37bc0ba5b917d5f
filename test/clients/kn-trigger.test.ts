import { ageless, described, type EventingObject, plainService, ready, refs, sinkMappings } from './support/eventing';
import { hello } from './support/objects';
import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

const HELLO = 'http://hello.default.svc.cluster.local';

describeWith(['kn', 'kubectl'], 'kn trigger', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn('trigger', ...args);
  const get = (name: string) => session.json<EventingObject>('get', 'trigger', name);

  beforeAll(async () => {
    session = await Session.start();
    for (const yaml of [hello(), plainService]) await session.kubectlWith(yaml, 'apply', '-f', '-');
    for (const name of ['shop', 'other']) await session.kn('broker', 'create', name);
    await session.kn('channel', 'create', 'steps');
    await ready(session, 'channels', 'steps');
  });

  afterAll(() => session?.stop());

  test('create takes filters and every kind of sink', async () => {
    const filters = ['--filter', 'type=order.created', '--filter', 'source=/shop'];
    expect(await kn('create', 'orders', '--broker', 'shop', ...filters, '--sink', 'ksvc:hello')).toBe(
      "Trigger 'orders' successfully created in namespace 'default'.\n",
    );
    expect((await get('orders')).spec).toEqual({
      broker: 'shop',
      filter: { attributes: { type: 'order.created', source: '/shop' } },
      subscriber: refs.service('hello'),
    });
    await kn('create', 'to-broker', '--broker', 'shop', '--sink', 'broker:other');
    await kn('create', 'to-channel', '--broker', 'shop', '--sink', 'channel:steps');
    await kn('create', 'to-plain', '--broker', 'shop', '--sink', 'svc:plain', ...sinkMappings(session));
    await kn('create', 'to-uri', '--broker', 'shop', '--sink', 'http://example.com/x');
    const uris = {
      orders: HELLO,
      'to-broker': 'http://broker-ingress.knative-eventing.svc.cluster.local/default/other',
      'to-channel': 'http://steps-kn-channel.default.svc.cluster.local',
      'to-plain': 'http://plain.default.svc.cluster.local',
      'to-uri': 'http://example.com/x',
    };
    for (const [name, subscriberUri] of Object.entries(uris)) {
      await ready(session, 'trigger', name);
      expect((await get(name)).status).toMatchObject({ subscriberUri });
    }
  });

  test('list, list -A and describe', async () => {
    const headings = ['NAME', 'BROKER', 'SINK', 'AGE', 'CONDITIONS', 'READY', 'REASON'];
    const row = (name: string, sink: string) => [name, 'shop', sink, 'AGE', '7 OK / 7', 'True', ''];
    const rows = [
      row('orders', 'ksvc:hello'),
      row('to-broker', 'broker:other'),
      row('to-channel', 'channel:steps'),
      row('to-plain', 'service:plain'),
      row('to-uri', 'http://example.com/x'),
    ];
    expect(ageless(cells(await kn('list')))).toEqual([headings, ...rows]);
    expect(ageless(cells(await kn('list', '-A')))).toEqual([
      ['NAMESPACE', ...headings],
      ...rows.map((cell) => ['default', ...cell]),
    ]);
    expect(described(await kn('describe', 'orders'))).toMatch(
      new RegExp(
        '^Name: +orders\nNamespace: +default\n(?:Labels: .*\n)?(?:Annotations: .*\n)?Age: +AGE\nBroker: +shop\nFilter:\n' +
          ' +source: +/shop\n +type: +order.created\n\nSink:\n +Name: +hello\n( +Namespace: +default\n)? +Resource: +Service \\(serving.knative.dev/v1\\)\n',
      ),
    );
    expect(await kn('describe', 'orders', '-o', 'yaml')).toContain(`  subscriberUri: ${HELLO}\n`);
  });

  test('kubectl get and describe show it as on a cluster', async () => {
    expect(ageless(cells(await session.kubectl('get', 'triggers', 'orders')))).toEqual([
      ['NAME', 'BROKER', 'SUBSCRIBER_URI', 'AGE', 'READY', 'REASON'],
      ['orders', 'shop', HELLO, 'AGE', 'True', ''],
    ]);
    expect(await session.kubectl('describe', 'trigger', 'orders')).toMatch(/Subscriber Uri: +http:\/\/hello\.default\.svc/);
  });

  test('update sets and removes filters and leads to another sink', async () => {
    const changed = ['--filter', 'source-', '--filter', 'type=order.paid', '--sink', 'broker:other'];
    expect(await kn('update', 'orders', ...changed)).toBe("Trigger 'orders' updated in namespace 'default'.\n");
    await ready(session, 'trigger', 'orders', 2);
    expect((await get('orders')).spec).toEqual({
      broker: 'shop',
      filter: { attributes: { type: 'order.paid' } },
      subscriber: refs.broker('other'),
    });
  });

  test('a trigger waits for its broker', async () => {
    await kn('create', 'early', '--broker', 'late', '--sink', 'ksvc:hello');
    await session.kubectl('wait', '--for=condition=BrokerReady=false', 'trigger/early', '--timeout=30s');
    expect(cells(await session.kubectl('get', 'trigger', 'early'))[1]).toEqual(
      expect.arrayContaining(['early', 'late', 'False', 'BrokerDoesNotExist']),
    );
    await session.kn('broker', 'create', 'late');
    await ready(session, 'trigger', 'early');
  });

  test('refusals read as on a cluster', async () => {
    expect(await session.knRefusal('trigger', 'create', 't', '--broker', 'shop', '--sink', 'ksvc:nope')).toContain(
      'services.serving.knative.dev "nope" not found',
    );
    const bad = ['--filter', 'Type=x', '--sink', 'ksvc:hello'];
    expect(await session.knRefusal('trigger', 'create', 't', '--broker', 'shop', ...bad)).toContain(
      'invalid key name "Type": spec.filter.attributes',
    );
    const patch = ['--type=merge', '-p', '{"spec":{"broker":"other"}}'];
    expect(await session.refusal('patch', 'trigger', 'to-uri', ...patch)).toContain('Immutable fields changed (-old +new): spec');
  });

  test('delete takes it away', async () => {
    expect(await kn('delete', 'to-uri')).toBe("Trigger 'to-uri' deleted in namespace 'default'.\n");
    expect(await session.knRefusal('trigger', 'delete', 'to-uri')).toContain('triggers.eventing.knative.dev "to-uri" not found');
  });
});
