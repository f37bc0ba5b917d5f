import { ageless, described, type EventingObject, plainService, ready, refs, sinkMappings } from './support/eventing';
import { hello } from './support/objects';
import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

describeWith(['kn', 'kubectl'], 'kn source ping', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn('source', 'ping', ...args);
  const get = (name: string) => session.json<EventingObject>('get', 'pingsource', name);

  beforeAll(async () => {
    session = await Session.start();
    for (const yaml of [hello(), plainService]) await session.kubectlWith(yaml, 'apply', '-f', '-');
  });

  afterAll(() => session?.stop());

  test('without sources, lists are empty', async () => {
    expect(await session.kn('source', 'list')).toBe('No sources found.\n');
    expect(await kn('list')).toBe('No Ping source found.\n');
  });

  test('create makes a source that is ready, with every minute where no schedule is given', async () => {
    expect(await kn('create', 'plain', '--sink', 'broker:example-broker')).toBe(
      "Ping source 'plain' created in namespace 'default'.\n",
    );
    await ready(session, 'pingsource', 'plain');
    const { metadata, spec, status } = await get('plain');
    expect(spec).toEqual({ schedule: '* * * * *', sink: refs.broker('example-broker') });
    expect(metadata.annotations).toEqual({
      'sources.knative.dev/creator': 'kubernetes-admin',
      'sources.knative.dev/lastModifier': 'kubernetes-admin',
    });
    expect(status).toMatchObject({
      sinkUri: 'http://broker-ingress.knative-eventing.svc.cluster.local/default/example-broker',
      ceAttributes: [{ type: 'dev.knative.sources.ping', source: '/apis/v1/namespaces/default/pingsources/plain' }],
    });
  });

  test('create takes data, overrides and a sink of any kind', async () => {
    await session.kn('channel', 'create', 'tasks');
    await kn(
      'create',
      'full',
      '--schedule',
      '*/5 * * * *',
      '--data',
      '{"a": 1}',
      '--ce-override',
      'team=shop',
      '--sink',
      'ksvc:hello',
    );
    await kn('create', 'to-channel', '--sink', 'channel:tasks', '--encoding', 'base64', '--data', 'aGVsbG8=');
    await kn('create', 'to-plain', '--sink', 'svc:plain', ...sinkMappings(session));
    await kn('create', 'to-url', '--sink', 'https://example.com/events');
    for (const name of ['full', 'to-channel', 'to-plain', 'to-url']) await ready(session, 'pingsource', name);
    expect((await get('full')).spec).toEqual({
      ...{ schedule: '*/5 * * * *', data: '{"a": 1}', sink: refs.service('hello') },
      ceOverrides: { extensions: { team: 'shop' } },
    });
    expect((await get('to-channel')).spec).toMatchObject({ dataBase64: 'aGVsbG8=', sink: refs.channel('tasks') });
    expect((await get('to-plain')).spec).toMatchObject({ sink: refs.plain('plain') });
    expect((await get('to-url')).spec).toMatchObject({ sink: { uri: 'https://example.com/events' } });
  });

  test('list and describe', async () => {
    expect(ageless(cells(await kn('list')))).toEqual(
      expect.arrayContaining([
        ['NAME', 'SCHEDULE', 'SINK', 'AGE', 'CONDITIONS', 'READY', 'REASON'],
        ['full', '*/5 * * * *', 'ksvc:hello', 'AGE', '4 OK / 4', 'True', ''],
        ['plain', '* * * * *', 'Broker:example-broker', 'AGE', '4 OK / 4', 'True', ''],
      ]),
    );
    expect(described(await kn('describe', 'full'))).toBe(`Name:         full
Namespace:    default
Annotations:  sources.knative.dev/creator=kubernetes-admin, sources.knative.dev/lastModifier=kube ...
Age:          AGE
Schedule:     */5 * * * *
Data:         {"a": 1}

Sink:
  Name:      hello
  Resource:  Service (serving.knative.dev/v1)

CloudEvent Overrides:
  team:                shop

Conditions:
  OK TYPE                   AGE REASON
  ++ Ready                   AGE
  ++ Deployed                AGE
  ++ OIDCIdentityCreated     AGE authentication-oidc feature disabled
  ++ SinkProvided            AGE
`);
    expect(await kn('describe', 'full', '-o', 'yaml')).toContain("  schedule: '*/5 * * * *'\n");
    expect(cells(await session.kubectl('get', 'pingsource', 'full'))[0]).toEqual([
      'NAME',
      'SINK',
      'SCHEDULE',
      'AGE',
      'READY',
      'REASON',
    ]);
  });

  test('kn source list knows every source, and picks by type', async () => {
    const row = ['full', 'PingSource', 'pingsources.sources.knative.dev', 'ksvc:hello', 'True'];
    const headings = ['NAME', 'TYPE', 'RESOURCE', 'SINK', 'READY'];
    for (const pick of [[], ['--type', 'PingSource']]) {
      expect(cells(await session.kn('source', 'list', ...pick))).toEqual(expect.arrayContaining([headings, row]));
    }
    expect(cells(await session.kn('source', 'list', '-A'))).toEqual(
      expect.arrayContaining([
        ['NAMESPACE', ...headings],
        ['default', ...row],
      ]),
    );
  });

  test('kn source list-types names the types that are served, with what kn says of them', async () => {
    const types = cells(await session.kn('source', 'list-types'));
    expect(types[0]).toEqual(['TYPE', 'S', 'NAME', 'DESCRIPTION']);
    expect(types).toContainEqual(['PingSource', 'X', 'pingsources.sources.knative.dev', expect.stringContaining('ping events')]);
  });

  test('update changes what is named, and keeps the rest', async () => {
    expect(await kn('update', 'full', '--schedule', '0 9 * * 1-5', '--sink', 'broker:example-broker')).toBe(
      "Ping source 'full' updated in namespace 'default'.\n",
    );
    await ready(session, 'pingsource', 'full', 2);
    expect((await get('full')).spec).toMatchObject({
      ...{ schedule: '0 9 * * 1-5', data: '{"a": 1}', sink: refs.broker('example-broker') },
      ceOverrides: { extensions: { team: 'shop' } },
    });
    await kn('update', 'full', '--ce-override', 'team-');
    expect((await get('full')).spec).not.toHaveProperty('ceOverrides.extensions.team');
  });

  test('refusals read as on a cluster', async () => {
    const refusal = (...args: string[]) => session.knRefusal('source', 'ping', ...args);
    const url = ['--sink', 'http://example.com'];
    expect(await refusal('create', 'full', ...url)).toContain('pingsources.sources.knative.dev "full" already exists');
    expect(await refusal('create', 'p', '--sink', 'ksvc:nope')).toContain('services.serving.knative.dev "nope" not found');
    expect(await refusal('create', 'p', '--schedule', 'soon', ...url)).toContain(
      'admission webhook "validation.webhook.eventing.knative.dev" denied the request: validation failed: invalid value: ',
    );
    expect(await refusal('describe', 'nope')).toContain('pingsources.sources.knative.dev "nope" not found');
    expect(await refusal('update', 'nope', ...url)).toContain('pingsources.sources.knative.dev "nope" not found');
  });

  test('delete takes it away', async () => {
    expect(await kn('delete', 'plain')).toBe("Ping source 'plain' deleted in namespace 'default'.\n");
    expect(await session.knRefusal('source', 'ping', 'delete', 'plain')).toContain(
      'pingsources.sources.knative.dev "plain" not found',
    );
  });
});
