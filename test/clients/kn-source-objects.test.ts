import { ageless, described, type EventingObject, ready, refs } from './support/eventing';
import { hello } from './support/objects';
import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

const BROKER = 'http://broker-ingress.knative-eventing.svc.cluster.local/default/example-broker';
const DISPLAY = 'gcr.io/knative-releases/knative.dev/eventing/cmd/event_display';
const deployment = (name: string, labels = '') => `apiVersion: apps/v1
kind: Deployment
metadata: {name: ${name}, labels: {${labels}}}
spec:
  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec: {containers: [{name: main, image: ${DISPLAY}, ports: [{containerPort: 8080}], env: [{name: A, value: "1"}]}]}
`;

interface Templated {
  readonly spec: { readonly template: { readonly spec: { readonly containers: readonly { readonly env?: unknown }[] } } };
}

describeWith(['kn', 'kubectl'], 'kn source of objects and containers', () => {
  let session: Session;
  const kn = (...args: string[]) => session.kn('source', ...args);
  const get = (kind: string, name: string) => session.json<EventingObject>('get', kind, name);
  const envOf = async (name: string) =>
    (await session.json<Templated>('get', 'deployment', name)).spec.template.spec.containers[0]!.env;

  beforeAll(async () => {
    session = await Session.start();
    for (const yaml of [hello(), deployment('beat'), deployment('labelled', 'sends: "yes"')]) {
      await session.kubectlWith(yaml, 'apply', '-f', '-');
    }
  });

  afterAll(() => session?.stop());

  test('apiserver create makes a source that is ready', async () => {
    const args = ['--resource', 'ConfigMap:v1', '--mode', 'Resource', '--service-account', 'watcher'];
    expect(await kn('apiserver', 'create', 'maps', ...args, '--sink', 'broker:example-broker', '--ce-override', 'team=red')).toBe(
      "ApiServer source 'maps' created in namespace 'default'.\n",
    );
    await ready(session, 'apiserversource', 'maps');
    const { spec, status } = await get('apiserversource', 'maps');
    expect(spec).toEqual({
      ...{ mode: 'Resource', serviceAccountName: 'watcher', sink: refs.broker('example-broker') },
      resources: [{ apiVersion: 'v1', kind: 'ConfigMap' }],
      ceOverrides: { extensions: { team: 'red' } },
    });
    expect(status).toMatchObject({ sinkUri: BROKER, namespaces: ['default'] });
  });

  test('apiserver create selects by labels', async () => {
    await kn('apiserver', 'create', 'some', '--resource', 'ConfigMap:v1:watch=yes', '--sink', 'ksvc:hello');
    await ready(session, 'apiserversource', 'some');
    const selector = { matchLabels: { watch: 'yes' } };
    expect((await get('apiserversource', 'some')).spec).toMatchObject({ resources: [{ kind: 'ConfigMap', selector }] });
    // kn itself ends with a fault when it is to list or describe a source with a selector, on any cluster.
    await kn('apiserver', 'delete', 'some');
  });

  test('apiserver list', async () => {
    await kn('apiserver', 'create', 'refs', '--resource', 'Secret:v1', '--sink', 'ksvc:hello');
    await ready(session, 'apiserversource', 'refs');
    expect(ageless(cells(await kn('apiserver', 'list')))).toEqual([
      ['NAME', 'RESOURCES', 'SINK', 'AGE', 'CONDITIONS', 'READY', 'REASON'],
      ['maps', 'ConfigMap:v1', 'broker:example-broker', 'AGE', '5 OK / 5', 'True', ''],
      ['refs', 'Secret:v1', 'ksvc:hello', 'AGE', '5 OK / 5', 'True', ''],
    ]);
  });

  test('apiserver describe and update', async () => {
    await kn('apiserver', 'update', 'maps', '--mode', 'Reference', '--ce-override', 'team-');
    await ready(session, 'apiserversource', 'maps', 2);
    expect(described(await kn('apiserver', 'describe', 'maps'))).toContain(`
ServiceAccountName:  watcher
EventMode:           Reference
`);
    expect(described(await kn('apiserver', 'describe', 'maps'))).toContain(`
Conditions:
  OK TYPE                     AGE REASON
  ++ Ready                     AGE
  ++ Deployed                  AGE
  ++ OIDCIdentityCreated       AGE authentication-oidc feature disabled
  ++ SinkProvided              AGE
  ++ SufficientPermissions     AGE NotEnforced
`);
  });

  test('binding create tells a subject its sink, by name and by labels; delete takes it back', async () => {
    expect(await kn('binding', 'create', 'one', '--subject', 'Deployment:apps/v1:beat', '--sink', 'broker:example-broker')).toBe(
      "Sink binding 'one' created in namespace 'default'.\n",
    );
    await kn(
      'binding',
      'create',
      'many',
      '--subject',
      'Deployment:apps/v1:sends=yes',
      '--sink',
      'https://x.example.com',
      '--ce-override',
      'a=b',
    );
    for (const name of ['one', 'many']) await ready(session, 'sinkbinding', name);
    const own = { name: 'A', value: '1' };
    expect(await envOf('beat')).toEqual([own, { name: 'K_SINK', value: BROKER }, { name: 'K_CE_OVERRIDES' }]);
    expect(await envOf('labelled')).toEqual([
      own,
      { name: 'K_SINK', value: 'https://x.example.com' },
      { name: 'K_CE_OVERRIDES', value: '{"extensions":{"a":"b"}}' },
    ]);
    expect(ageless(cells(await kn('binding', 'list')))).toEqual([
      ['NAME', 'SUBJECT', 'SINK', 'AGE', 'CONDITIONS', 'READY', 'REASON'],
      ['many', 'Deployment:apps/v1:sends=yes', 'https://x.example.com', 'AGE', '6 OK / 6', 'True', ''],
      ['one', 'Deployment:apps/v1:beat', 'broker:example-broker', 'AGE', '6 OK / 6', 'True', ''],
    ]);
    await kn('binding', 'delete', 'one');
    await session.kubectl('wait', '--for=delete', 'sinkbinding/one', '--timeout=30s');
    expect(await envOf('beat')).toEqual([own]);
  });

  test('what is applied again while it is bound stays bound', async () => {
    const before = await session.kubectl('get', 'deployment', 'labelled', '-o', 'jsonpath={.metadata.generation}');
    await session.kubectlWith(deployment('labelled', 'sends: "yes"'), 'apply', '-f', '-');
    await session.kubectlWith(deployment('labelled', 'sends: "yes"'), 'replace', '-f', '-');
    expect(await session.kubectl('get', 'deployment', 'labelled', '-o', 'jsonpath={.metadata.generation}')).toBe(before);
  });

  test('container create runs a container that is told its sink', async () => {
    expect(
      await kn(
        'container',
        'create',
        'box',
        '--image',
        DISPLAY,
        '--port',
        '8080',
        '--env',
        'A=1',
        '--sink',
        'broker:example-broker',
      ),
    ).toBe("ContainerSource 'box' created in namespace 'default'.\n");
    await ready(session, 'containersource', 'box');
    expect(await envOf('box-deployment')).toEqual([
      { name: 'A', value: '1' },
      { name: 'K_SINK', value: BROKER },
      { name: 'K_CE_OVERRIDES' },
    ]);
    expect(ageless(cells(await kn('container', 'list')))).toEqual([
      ['NAME', 'IMAGE', 'SINK', 'AGE', 'CONDITIONS', 'READY', 'REASON'],
      ['box', DISPLAY, 'broker:example-broker', 'AGE', '3 OK / 3', 'True', ''],
    ]);
    await kn('container', 'delete', 'box');
    await session.kubectl('wait', '--for=delete', 'deployment/box-deployment', '--timeout=30s');
  });

  test('all of them are sources', async () => {
    expect(cells(await kn('list')).map(([name, kind]) => `${name} ${kind}`)).toEqual([
      'NAME TYPE',
      'many SinkBinding',
      'maps ApiServerSource',
      'refs ApiServerSource',
    ]);
    expect((await session.kubectl('get', 'sources', '-o', 'name')).trim().split('\n').sort()).toEqual([
      'apiserversource.sources.knative.dev/maps',
      'apiserversource.sources.knative.dev/refs',
      'sinkbinding.sources.knative.dev/many',
    ]);
  });
});
