import { ageless, described, type EventingObject, plainService, ready, refs, sinkMappings } from './support/eventing';
import { hello } from './support/objects';
import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

const HELLO = 'http://hello.default.svc.cluster.local';
const ORDERS = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/orders';

describeWith(['kn', 'kubectl'], 'kn subscription', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn('subscription', ...args);
  const get = (name: string) => session.json<EventingObject>('get', 'subscription', name);

  beforeAll(async () => {
    session = await Session.start();
    for (const yaml of [hello(), plainService]) await session.kubectlWith(yaml, 'apply', '-f', '-');
    await session.kn('broker', 'create', 'orders');
    for (const name of ['first', 'second']) await session.kn('channel', 'create', name);
    await session.kn('channel', 'create', 'typed', '--type', 'messaging.knative.dev:v1:InMemoryChannel');
  });

  afterAll(() => session?.stop());

  test('create takes a channel, a subscriber, where replies go and dead letters', async () => {
    const sinks = ['--sink', 'ksvc:hello', '--sink-reply', 'channel:second', '--sink-dead-letter', 'broker:orders'];
    expect(await kn('create', 'all', '--channel', 'first', ...sinks)).toBe(
      "Subscription 'all' created in namespace 'default'.\n",
    );
    await kn('create', 'named', '--channel', 'messaging.knative.dev:v1:InMemoryChannel:typed', '--sink', 'http://example.com/x');
    for (const name of ['all', 'named']) await ready(session, 'subscription', name);
    const { spec, status } = await get('all');
    expect(spec).toEqual({
      channel: { apiVersion: 'messaging.knative.dev/v1', kind: 'Channel', name: 'first' },
      subscriber: refs.service('hello'),
      reply: refs.channel('second'),
      delivery: { deadLetterSink: refs.broker('orders') },
    });
    expect(status).toMatchObject({
      physicalSubscription: {
        subscriberUri: HELLO,
        replyUri: 'http://second-kn-channel.default.svc.cluster.local',
        deadLetterSinkUri: ORDERS,
      },
    });
  });

  test('list, list -A and describe', async () => {
    const headings = ['NAME', 'CHANNEL', 'SUBSCRIBER', 'REPLY', 'DEAD LETTER SINK', 'READY', 'REASON'];
    const all = ['all', 'Channel:first', 'ksvc:hello', 'channel:second', 'broker:orders', 'True', ''];
    const named = ['named', 'InMemoryChannel:typed', 'http://example.com/x', '', '', 'True', ''];
    expect(cells(await kn('list'))).toEqual([headings, all, named]);
    expect(cells(await kn('list', '-A'))).toEqual([
      ['NAMESPACE', ...headings],
      ['default', ...all],
      ['default', ...named],
    ]);
    expect(described(await kn('describe', 'all'))).toBe(`Name:            all
Namespace:       default
Annotations:     messaging.knative.dev/creator=kubernetes-admin, messaging.knative.dev/lastModifier= ...
Age:             AGE
Channel:         Channel:first (messaging.knative.dev/v1)
Subscriber:
  Name:          hello
  Resource:      Service (serving.knative.dev/v1)
Reply:
  Name:          second
  Resource:      Channel (messaging.knative.dev/v1)
DeadLetterSink:
  Name:          orders
  Resource:      Broker (eventing.knative.dev/v1)

Conditions:
  OK TYPE                   AGE REASON
  ++ Ready                   AGE
  ++ AddedToChannel          AGE
  ++ ChannelReady            AGE
  ++ OIDCIdentityCreated     AGE authentication-oidc feature disabled
  ++ ReferencesResolved      AGE
`);
    expect(await kn('describe', 'all', '-o', 'yaml')).toContain(`    subscriberUri: ${HELLO}\n`);
  });

  test('kubectl get and describe show it as on a cluster', async () => {
    for (const kind of ['subscriptions', 'sub']) {
      expect(ageless(cells(await session.kubectl('get', kind, 'all')))).toEqual([
        ['NAME', 'AGE', 'READY', 'REASON'],
        ['all', 'AGE', 'True', ''],
      ]);
    }
    expect(await session.kubectl('describe', 'sub', 'all')).toContain('Subscription was synchronized to channel "first"');
  });

  test('update leads to other sinks', async () => {
    const sinks = ['--sink', 'broker:orders', '--sink-reply', 'ksvc:hello', '--sink-dead-letter', 'svc:plain'];
    expect(await kn('update', 'all', ...sinks, ...sinkMappings(session))).toBe(
      "Subscription 'all' updated in namespace 'default'.\n",
    );
    await ready(session, 'subscription', 'all', 2);
    expect((await get('all')).status).toMatchObject({
      physicalSubscription: {
        ...{ subscriberUri: ORDERS, replyUri: HELLO, deadLetterSinkUri: 'http://plain.default.svc.cluster.local' },
      },
    });
  });

  test('refusals read as on a cluster', async () => {
    expect(await session.knRefusal('subscription', 'create', 's', '--channel', 'first', '--sink', 'ksvc:nope')).toContain(
      'services.serving.knative.dev "nope" not found',
    );
    const patch = ['--type=merge', '-p', '{"spec":{"channel":{"name":"second"}}}'];
    expect(await session.refusal('patch', 'subscription', 'all', ...patch)).toContain('Immutable fields changed (-old +new)');
    expect(await session.knRefusal('subscription', 'describe', 'nope')).toContain(
      'subscriptions.messaging.knative.dev "nope" not found',
    );
  });

  test('delete takes it away', async () => {
    expect(await kn('delete', 'all')).toBe("Subscription 'all' deleted in namespace 'default'.\n");
    await session.kubectl('wait', '--for=delete', 'subscription/all', '--timeout=30s');
    expect(await session.knRefusal('subscription', 'delete', 'all')).toContain(
      'subscriptions.messaging.knative.dev "all" not found',
    );
  });
});
