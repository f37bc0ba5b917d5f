import { ageless, described, type EventingObject, ready } from './support/eventing';
import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

const url = (name: string) => `http://${name}-kn-channel.default.svc.cluster.local`;

describeWith(['kn', 'kubectl'], 'kn channel', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn('channel', ...args);

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('list-types names the kinds of channels there are', async () => {
    expect(cells(await kn('list-types'))).toEqual([
      ['TYPE', 'NAME', 'DESCRIPTION'],
      ['InMemoryChannel', 'inmemorychannels.messaging.knative.dev', expect.any(String)],
    ]);
  });

  test('create makes a channel of the default type, or of one that is named', async () => {
    expect(await kn('create', 'any')).toBe("Channel 'any' created in namespace 'default'.\n");
    await kn('create', 'typed', '--type', 'messaging.knative.dev:v1:InMemoryChannel');
    for (const name of ['any', 'typed']) {
      await ready(session, 'channels', name);
      expect(await kn('describe', name, '-o', 'url')).toBe(`${url(name)}\n`);
      const { status } = await session.json<EventingObject>('get', 'channels', name);
      expect(status).toMatchObject({ channel: { kind: 'InMemoryChannel', name } });
    }
  });

  test('list, list -A and describe', async () => {
    const headings = ['NAME', 'TYPE', 'URL', 'AGE', 'READY', 'REASON'];
    const typed = ['typed', 'InMemoryChannel', url('typed'), 'AGE', 'True', ''];
    const list = ageless(cells(await kn('list')));
    expect(list).toEqual([headings, ['any', 'InMemoryChannel', url('any'), 'AGE', 'True', ''], typed]);
    expect(ageless(cells(await kn('list', '-A')))).toContainEqual(['default', ...typed]);
    for (const name of ['typed', 'any']) {
      expect(described(await kn('describe', name))).toBe(`Name:         ${name}
Namespace:    default
Annotations:  messaging.knative.dev/creator=kubernetes-admin, messaging.knative.dev/lastModifier= ...
Age:          AGE
Type:         InMemoryChannel (messaging.knative.dev/v1)
URL:          ${url(name)}

Conditions:
  OK TYPE                      AGE REASON
  ++ Ready                      AGE
  ++ Addressable                AGE
  ++ BackingChannelReady        AGE
  ++ DeadLetterSinkResolved     AGE DeadLetterSinkNotConfigured
  ++ EventPoliciesReady         AGE OIDCDisabled
`);
    }
  });

  test('kubectl get and describe show both the channel and the one behind it', async () => {
    for (const kind of ['channels', 'ch', 'inmemorychannels', 'imc']) {
      expect(ageless(cells(await session.kubectl('get', kind, 'typed')))).toEqual([
        ['NAME', 'URL', 'AGE', 'READY', 'REASON'],
        ['typed', url('typed'), 'AGE', 'True', ''],
      ]);
    }
    expect(await session.kubectl('describe', 'channels', 'typed')).toMatch(
      /Channel Template:\n {4}API Version: +messaging\.knative\.dev\/v1\n/,
    );
  });

  test('refusals read as on a cluster', async () => {
    expect(await session.knRefusal('channel', 'create', 'any')).toContain('channels.messaging.knative.dev "any" already exists');
    expect(await session.knRefusal('channel', 'describe', 'nope')).toContain('channels.messaging.knative.dev "nope" not found');
  });

  test('delete takes both away', async () => {
    expect(await kn('delete', 'typed')).toBe("Channel 'typed' deleted in namespace 'default'.\n");
    await session.kubectl('wait', '--for=delete', 'imc/typed', '--timeout=30s');
    expect(await session.knRefusal('channel', 'delete', 'typed')).toContain('channels.messaging.knative.dev "typed" not found');
  });
});
