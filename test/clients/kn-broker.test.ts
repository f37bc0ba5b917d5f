import { ageless, described, type EventingObject, plainService, ready, refs, sinkMappings } from './support/eventing';
import { hello } from './support/objects';
import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

const url = (name: string) => `http://broker-ingress.knative-eventing.svc.cluster.local/default/${name}`;

describeWith(['kn', 'kubectl'], 'kn broker', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn('broker', ...args);
  const get = (name: string) => session.json<EventingObject>('get', 'broker', name);

  beforeAll(async () => {
    session = await Session.start();
    for (const yaml of [hello(), plainService]) await session.kubectlWith(yaml, 'apply', '-f', '-');
  });

  afterAll(() => session?.stop());

  test('create makes a broker that is ready and has an address', async () => {
    expect(await kn('create', 'orders')).toBe("Broker 'orders' successfully created in namespace 'default'.\n");
    await ready(session, 'broker', 'orders');
    expect(await kn('describe', 'orders', '-o', 'url')).toBe(`${url('orders')}\n`);
    const { metadata, spec } = await get('orders');
    expect(metadata.annotations).toEqual({
      'eventing.knative.dev/broker.class': 'MTChannelBasedBroker',
      'eventing.knative.dev/creator': 'kubernetes-admin',
      'eventing.knative.dev/lastModifier': 'kubernetes-admin',
    });
    expect(spec).toEqual({
      config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel', namespace: 'knative-eventing' },
      delivery: { retry: 10, backoffPolicy: 'exponential', backoffDelay: 'PT0.2S' },
    });
  });

  test('create takes a class with its configuration, and how to deliver', async () => {
    const which = ['--class', 'MTChannelBasedBroker', '--broker-config', 'cm:config-br-default-channel:knative-eventing'];
    const retries = ['--retry', '3', '--timeout', 'PT5S', '--backoff-policy', 'linear', '--backoff-delay', 'PT0.5S'];
    await kn('create', 'full', ...which, ...retries, '--dl-sink', 'ksvc:hello');
    await ready(session, 'broker', 'full');
    const { metadata, spec, status } = await get('full');
    expect(metadata.annotations).toMatchObject({ 'eventing.knative.dev/broker.class': 'MTChannelBasedBroker' });
    expect(spec).toEqual({
      config: { apiVersion: 'v1', kind: 'ConfigMap', name: 'config-br-default-channel', namespace: 'knative-eventing' },
      delivery: {
        ...{ retry: 3, timeout: 'PT5S', backoffPolicy: 'linear', backoffDelay: 'PT0.5S' },
        deadLetterSink: refs.service('hello'),
      },
    });
    expect(status).toMatchObject({ deadLetterSinkUri: 'http://hello.default.svc.cluster.local' });
  });

  test('list, list -A and describe', async () => {
    const row = (name: string) => [name, url(name), 'AGE', '7 OK / 7', 'True', ''];
    const headings = ['NAME', 'URL', 'AGE', 'CONDITIONS', 'READY', 'REASON'];
    expect(ageless(cells(await kn('list')))).toEqual(expect.arrayContaining([headings, row('full'), row('orders')]));
    expect(ageless(cells(await kn('list', '-A')))).toEqual(
      expect.arrayContaining([
        ['NAMESPACE', ...headings],
        ['default', ...row('full')],
      ]),
    );
    expect(described(await kn('describe', 'full'))).toBe(`Name:         full
Namespace:    default
Annotations:  eventing.knative.dev/broker.class=MTChannelBasedBroker, eventing.knative.dev/creato ...
Age:          AGE

Address:
  URL:    ${url('full')}

Conditions:
  OK TYPE                      AGE REASON
  ++ Ready                      AGE
  ++ Addressable                AGE
  ++ DeadLetterSinkResolved     AGE
  ++ EventPoliciesReady         AGE OIDCDisabled
  ++ FilterReady                AGE
  ++ IngressReady               AGE
  ++ TriggerChannelReady        AGE
`);
    expect(await kn('describe', 'full', '-o', 'yaml')).toContain('    backoffDelay: PT0.5S\n    backoffPolicy: linear\n');
  });

  test('kubectl get and describe show it as on a cluster', async () => {
    expect(ageless(cells(await session.kubectl('get', 'brokers', 'orders')))).toEqual([
      ['NAME', 'URL', 'AGE', 'READY', 'REASON'],
      ['orders', url('orders'), 'AGE', 'True', ''],
    ]);
    expect(await session.kubectl('describe', 'broker', 'orders')).toMatch(
      /Address:\n {4}Name: +http\n {4}URL: +http:\S+orders\n/,
    );
  });

  test('update changes how to deliver, and keeps the rest', async () => {
    const changed = ['--retry', '5', '--backoff-policy', 'exponential', '--backoff-delay', 'PT1S', '--timeout', 'PT2S'];
    expect(await kn('update', 'full', ...changed)).toBe("Broker 'full' updated in namespace 'default'.\n");
    const other = { retry: 5, backoffPolicy: 'exponential', backoffDelay: 'PT1S', timeout: 'PT2S' };
    expect((await get('full')).spec).toMatchObject({ delivery: { ...other, deadLetterSink: refs.service('hello') } });
    await kn('update', 'full', '--dl-sink', 'svc:plain', ...sinkMappings(session));
    await ready(session, 'broker', 'full', 3);
    const { spec, status } = await get('full');
    expect(spec).toMatchObject({ delivery: { ...other, deadLetterSink: refs.plain('plain') } });
    expect(status).toMatchObject({ deadLetterSinkUri: 'http://plain.default.svc.cluster.local' });
  });

  test('refusals read as on a cluster', async () => {
    expect(await session.knRefusal('broker', 'create', 'orders')).toContain(
      'brokers.eventing.knative.dev "orders" already exists',
    );
    expect(await session.knRefusal('broker', 'create', 'b', '--retry-after-max', 'PT30S')).toContain(
      'admission webhook "validation.webhook.eventing.knative.dev" denied the request: validation failed: ' +
        'must not set the field(s): spec.delivery.retryAfterMax',
    );
    expect(await session.knRefusal('broker', 'create', 'b', '--backoff-delay', 'soon')).toContain('spec.delivery.backoffDelay');
    expect(await session.knRefusal('broker', 'create', 'b', '--dl-sink', 'ksvc:nope')).toContain(
      'services.serving.knative.dev "nope" not found',
    );
    expect(await session.knRefusal('broker', 'describe', 'nope')).toContain('brokers.eventing.knative.dev "nope" not found');
  });

  test('delete takes it away', async () => {
    expect(await kn('delete', 'orders')).toBe("Broker 'orders' successfully deleted in namespace 'default'.\n");
    await kn('delete', 'full', '--wait');
    expect(await session.kubectl('get', 'brokers', 'full', 'orders', '--ignore-not-found')).toBe('');
    expect(await session.knRefusal('broker', 'delete', 'orders')).toContain('brokers.eventing.knative.dev "orders" not found');
  });
});
