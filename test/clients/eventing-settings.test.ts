import { type EventingObject, ready } from './support/eventing';
import { Session } from './support/session';
import { describeWith } from './support/tool';

const map = (name: string, key: string, value: string): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: knative-eventing}\ndata: {${key}: ${JSON.stringify(value)}}\n`;

describeWith(['kn', 'kubectl'], 'the ConfigMaps of knative-eventing', () => {
  let session: Session;
  const apply = (yaml: string) => session.kubectlWith(yaml, 'apply', '-f', '-');

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('count for what is made after them, until they are gone', async () => {
    await apply(map('config-br-defaults', 'default-br-config', 'clusterDefault: {delivery: {retry: 3}}'));
    await session.kn('broker', 'create', 'three');
    await session.kubectl('delete', 'configmap', '-n', 'knative-eventing', 'config-br-defaults');
    await session.kn('broker', 'create', 'ten');
    const delivery = async (name: string) => (await session.json<EventingObject>('get', 'broker', name)).spec['delivery'];
    expect(await delivery('three')).toEqual({ retry: 3 });
    expect(await delivery('ten')).toMatchObject({ retry: 10 });
  });

  test('switch features on while the system runs', async () => {
    const create = ['broker', 'create', 'patient', '--retry-after-max', 'PT30S'];
    expect(await session.knRefusal(...create)).toContain('must not set the field(s): spec.delivery.retryAfterMax');
    await apply(map('config-features', 'delivery-retryafter', 'enabled'));
    await session.kn(...create);
    await ready(session, 'broker', 'patient');
  });

  test('make the broker of a namespace that the selector of config-sugar has', async () => {
    await session.kubectl('create', 'namespace', 'shop');
    await apply(map('config-sugar', 'namespace-selector', 'matchLabels: {team: shop}'));
    await session.kubectl('label', 'namespace', 'shop', 'team=shop');
    await session.kubectl('wait', '--for=create', '-n', 'shop', 'broker/default', '--timeout=30s');
    await session.kubectl('wait', '--for=condition=Ready', '-n', 'shop', 'broker/default', '--timeout=30s');
  });

  test('make the channels of a namespace', async () => {
    await apply(
      map(
        'default-ch-webhook',
        'default-ch-config',
        'clusterDefault: {apiVersion: messaging.knative.dev/v1, kind: KafkaChannel}',
      ),
    );
    await session.kn('channel', 'create', 'big');
    const { spec } = await session.json<EventingObject>('get', 'channels', 'big');
    expect(spec).toMatchObject({ channelTemplate: { kind: 'KafkaChannel' } });
    const reason = '{.status.conditions[?(@.type=="Ready")].reason}';
    await session.kubectl('wait', `--for=jsonpath=${reason}=ChannelFailure`, 'channels/big', '--timeout=30s');
    expect(await session.kubectl('get', 'channels', 'big', '-o', 'yaml')).toContain(
      'no channels of messaging.knative.dev/v1, Kind=KafkaChannel',
    );
  });

  test('are refused where they are wrong, in the name of the webhook', async () => {
    const file = session.file('wrong.yaml', map('config-ping-defaults', 'data-max-size', 'much'));
    expect(await session.refusal('apply', '-f', file)).toContain(
      'admission webhook "config.webhook.eventing.knative.dev" denied the request: validation failed: ' +
        'failed to parse "data-max-size": strconv.ParseInt: parsing "much": invalid syntax',
    );
  });
});
