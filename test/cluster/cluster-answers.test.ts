import { RegistryServer } from '../lib/registry/registry-server';
import { install, NODE } from './platform';
import { describeCluster } from './support';
import { kubectl, until } from './tools';

const apply = (...objects: readonly object[]) =>
  kubectl('apply -f -', { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
const condition = (object: string, type: string) =>
  kubectl(`get ${object} -o jsonpath={.status.conditions[?(@.type=="${type}")]}`).then(
    (text) => JSON.parse(text || '{}') as { status?: string; reason?: string; message?: string },
  );
const becomes = (object: string, type: string, status: string, seconds = 60) =>
  until(
    `${type} ${status} of ${object}`,
    async () => {
      const found = await condition(object, type);
      return found.status === status && found;
    },
    seconds,
  );

const metadata = (name: string, labels = {}) => ({ name, namespace: 'default', labels });
const sinkBinding = (name: string, subject: object, uri: string) => ({
  ...{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding', metadata: metadata(name) },
  spec: {
    subject: { apiVersion: 'batch/v1', kind: 'Job', ...subject },
    ...{ sink: { uri }, ceOverrides: { extensions: { team: 'a "quoted" one' } } },
  },
});
const template = {
  spec: {
    restartPolicy: 'Never',
    initContainers: [{ name: 'first', image: 'registry.local/hello:1', command: ['/usr/bin/node', '-e', '0'] }],
    containers: [
      {
        ...{ name: 'main', image: 'registry.local/hello:1' },
        command: ['/usr/bin/node', '-e', 'console.log(process.env.K_SINK, process.env.K_CE_OVERRIDES)'],
      },
    ],
  },
};
const job = (name: string, labels = {}) => ({
  ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: metadata(name, labels), spec: { template } },
});
const saidBy = async (name: string) => {
  await kubectl(`wait job/${name} --for=condition=Complete --timeout=90s`);
  return (await kubectl(`logs job/${name} -c main`)).trim();
};

describeCluster('what the platform asks of a cluster, and has it do', () => {
  beforeAll(() => install(), 240_000);

  // What only this installation has; a later one without it takes nothing away.
  afterAll(async () => {
    await kubectl('delete sinkbindings,jobs,services -l component!=apiserver -n default');
    const part = '-l app.kubernetes.io/part-of=knative-constructs';
    await kubectl(`delete mutatingadmissionpolicybindings,mutatingadmissionpolicies ${part}`);
    for (const kind of ['validatingadmissionpolicybinding', 'validatingadmissionpolicy'])
      await kubectl(`delete ${kind} knc-sink-binding-waiting-pods`);
  }, 60_000);

  test('an image is resolved with the pull secret of its service, and without one keeps its tag with a warning', async () => {
    const registry = await RegistryServer.start({ users: { me: 'secret' }, host: NODE });
    try {
      const auths = { [registry.host]: { username: 'me', password: 'secret' } };
      const service = (name: string, more: object) => ({
        ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: metadata(name) },
        spec: { template: { spec: { containers: [{ image: registry.image }], ...more } } },
      });
      await apply(
        {
          ...{ apiVersion: 'v1', kind: 'Secret', metadata: metadata('pull'), type: 'kubernetes.io/dockerconfigjson' },
          stringData: { '.dockerconfigjson': JSON.stringify({ auths }) },
        },
        service('resolved', { imagePullSecrets: [{ name: 'pull' }] }),
        service('kept', {}),
      );
      const named = (name: string) =>
        until(`digest of ${name}`, () =>
          kubectl(
            `get revision -l serving.knative.dev/service=${name} -o jsonpath={.items[*].status.containerStatuses[*].imageDigest}`,
          ),
        );
      expect(await named('resolved')).toBe(registry.byDigest);
      expect(await named('kept')).toBe(registry.image);
      const warnings = await until('warning', () => kubectl('get events --field-selector reason=DigestUnknown -o json'));
      expect(warnings).toContain('401 Unauthorized');
      expect(warnings).toContain('the tag is kept');
    } finally {
      await kubectl('delete ksvc resolved kept --ignore-not-found');
      await registry.stop();
    }
  }, 120_000);

  test('an ApiServerSource says which rights its service account lacks, until it has them', async () => {
    const user = 'system:serviceaccount:default:watcher';
    await apply(
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('watcher') },
      {
        ...{ apiVersion: 'sources.knative.dev/v1', kind: 'ApiServerSource', metadata: metadata('pods') },
        spec: {
          serviceAccountName: 'watcher',
          resources: [{ apiVersion: 'v1', kind: 'Pod' }],
          sink: { uri: 'http://example.com' },
        },
      },
    );
    const lacking = await becomes('apiserversource/pods', 'SufficientPermissions', 'False');
    expect(lacking.message).toBe(`User ${user} cannot get, list, watch resource "pods" in API group "" in Namespace "default"`);
    await kubectl('create role watch-pods --verb=get,list,watch --resource=pods');
    await kubectl('create rolebinding watch-pods --role=watch-pods --serviceaccount=default:watcher');
    await becomes('apiserversource/pods', 'SufficientPermissions', 'True');
    await kubectl('delete apiserversource/pods rolebinding/watch-pods role/watch-pods');
  }, 120_000);

  test('a Job subject is refused by name where nothing tells Jobs, and bound once the policies are there', async () => {
    await apply(sinkBinding('by-name', { name: 'report' }, 'http://sink.example.com/a'));
    const refused = await becomes('sinkbinding/by-name', 'SinkBindingAvailable', 'False');
    expect(refused).toMatchObject({ reason: 'JobsNotBound', message: expect.stringContaining('mutatingPolicies: v1') });
    await install('small', '--mutating-policies', 'v1beta1');
    await until(
      'policies that are noticed',
      async () => (await condition('sinkbinding/by-name', 'SinkBindingAvailable')).reason === 'SubjectMissing',
      90,
    );
    await apply(job('report'));
    expect(await saidBy('report')).toBe('http://sink.example.com/a {"extensions":{"team":"a \\"quoted\\" one"}}');
    await becomes('sinkbinding/by-name', 'Ready', 'True');
  }, 240_000);

  test('Jobs by labels are told, and those that do not match are not', async () => {
    const selector = {
      matchLabels: { app: 'nightly' },
      matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }],
    };
    await apply(sinkBinding('by-label', { selector }, 'http://sink.example.com/b'));
    await becomes('sinkbinding/by-label', 'Ready', 'True');
    await apply(job('nightly-1', { app: 'nightly', tier: 'b' }), job('other', { app: 'nightly', tier: 'c' }));
    expect(await saidBy('nightly-1')).toContain('http://sink.example.com/b');
    expect(await saidBy('other')).toBe('undefined undefined');
    const first = JSON.parse(
      await kubectl('get job nightly-1 -o jsonpath={.spec.template.spec.initContainers[0].env}'),
    ) as object;
    expect(first).toMatchObject([{ name: 'K_SINK', value: 'http://sink.example.com/b' }, { name: 'K_CE_OVERRIDES' }]);
  }, 120_000);

  test('a Job that is made together with its binding waits for the address, and is told', async () => {
    const ref = { ref: { apiVersion: 'v1', kind: 'Service', name: 'later' } };
    const binding = sinkBinding('early', { name: 'eager' }, '');
    await apply({ ...binding, spec: { ...binding.spec, sink: ref } }, job('eager'));
    await until('refusal of its pod', async () =>
      (await kubectl('get events --field-selector reason=FailedCreate -o json')).includes('waits for the address of its sink'),
    );
    expect(await kubectl('get pods -l job-name=eager -o name')).toBe('');
    await apply({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: metadata('later') },
      spec: { ports: [{ port: 80 }], selector: { app: 'none' } },
    });
    expect(await saidBy('eager')).toContain('http://later.default.svc.cluster.local');
  }, 120_000);

  test('who made an object and who changed it is noted', async () => {
    await apply({ apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: metadata('signed') });
    const mark = (key: string) =>
      kubectl(`get broker signed -o jsonpath={.metadata.annotations.eventing\\.knative\\.dev/${key}}`);
    expect(await mark('creator')).toBe('admin');
    expect(await mark('lastModifier')).toBe('admin');
    await kubectl('delete broker signed');
  }, 60_000);
});
