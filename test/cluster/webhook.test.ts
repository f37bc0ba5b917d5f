import { X509Certificate } from 'node:crypto';
import { install, rolledOut } from './platform';
import { describeCluster } from './support';
import { kubectl, until } from './tools';

const SERVING = '-n knative-serving';
const metadata = (name: string, labels = {}) => ({ name, namespace: 'default', labels });

const applied = (objects: readonly object[], more = ''): Promise<string> =>
  kubectl(`apply${more} -f -`, { input: JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects }) });
const apply = (...objects: readonly object[]) => applied(objects);
/** What is said of an object that is not to be stored; empty if it would be. */
const refusal = (object: object): Promise<string> =>
  applied([object], ' --dry-run=server').then(
    () => '',
    (error: unknown) => String(error),
  );
const condition = (object: string, type: string) =>
  kubectl(`get ${object} -o jsonpath={.status.conditions[?(@.type=="${type}")]}`).then(
    (text) => JSON.parse(text || '{}') as { status?: string; reason?: string; message?: string },
  );
const becomes = (object: string, type: string, status: string, seconds = 90) =>
  until(
    `${type} ${status} of ${object}`,
    async () => {
      const found = await condition(object, type);
      return found.status === status && found;
    },
    seconds,
  );

const service = (name: string, spec: object = {}) => ({
  ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: metadata(name) },
  spec: {
    template: {
      metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '0' } },
      spec: { containers: [{ image: 'registry.local/hello:1' }], ...spec },
    },
  },
});
const sinkBinding = (name: string, subject: object, sink: object = { uri: 'http://sink.example.com/a' }) => ({
  ...{ apiVersion: 'sources.knative.dev/v1', kind: 'SinkBinding', metadata: metadata(name) },
  spec: {
    subject: { apiVersion: 'batch/v1', kind: 'Job', ...subject },
    ...{ sink, ceOverrides: { extensions: { team: 'a "quoted" one' } } },
  },
});
const template = (labels: object = {}, restartPolicy = 'Never') => ({
  metadata: { labels },
  spec: {
    restartPolicy,
    containers: [
      {
        ...{ name: 'main', image: 'registry.local/hello:1' },
        command: ['/usr/bin/node', '-e', 'console.log(process.env.K_SINK, process.env.K_CE_OVERRIDES)'],
      },
    ],
  },
});
const job = (name: string, labels = {}) => ({
  ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: metadata(name, labels), spec: { template: template() } },
});
const saidBy = async (name: string) => {
  await kubectl(`wait job/${name} --for=condition=Complete --timeout=90s`);
  return (await kubectl(`logs job/${name} -c main`)).trim();
};

/** Whom API servers trust, the same for all that they ask. */
async function trusted(): Promise<string> {
  const all = await kubectl('get mutatingwebhookconfiguration knc-webhook -o jsonpath={.webhooks[*].clientConfig.caBundle}');
  const bundles = [...new Set(all.split(' '))];
  expect(bundles).toHaveLength(1);
  return Buffer.from(bundles[0]!, 'base64').toString();
}

describeCluster('a platform with a webhook', () => {
  beforeAll(() => install('small', '--webhook'), 240_000);

  // What only this installation has; a later one without it takes nothing away.
  afterAll(async () => {
    await kubectl('delete sinkbinding,job,broker,ksvc,deployment,service -l component!=apiserver -n default --ignore-not-found');
    const part = '-l app.kubernetes.io/component=webhook';
    await kubectl(`delete mutatingwebhookconfigurations,clusterroles,clusterrolebindings ${part}`);
    for (const namespace of ['knative-serving', 'knative-eventing']) {
      await kubectl(`delete roles,rolebindings,secrets,services -n ${namespace} ${part}`);
    }
  }, 120_000);

  test('has no policies that would do its work', async () => {
    const policies = await kubectl('get mutatingadmissionpolicies -o name').catch((error: unknown) => String(error));
    expect(policies).toMatch(/^$|doesn't have a resource type|could not find the requested resource/);
  });

  test('refuses in the words of Knative, in all of their lines', async () => {
    const told = await refusal(service('refused', { serviceAccountName: 'foo@bar.baz' }));
    expect(told).toContain(
      'admission webhook "validation.webhook.serving.knative.dev" denied the request: validation failed: ' +
        'invalid value: foo@bar.baz: spec.template.spec.serviceAccountName\na lowercase RFC 1123 subdomain must consist of',
    );
    const cesql = {
      ...{ apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger', metadata: metadata('refused') },
      spec: { broker: 'b', subscriber: { uri: 'http://a.example.com' }, filters: [{ cesql: 'type = = 1' }] },
    };
    expect(await refusal(cesql)).toContain('admission webhook "validation.webhook.eventing.knative.dev" denied the request');
    const defaults = {
      ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-br-defaults', namespace: 'knative-eventing' } },
      data: { 'default-br-config': 'clusterDefault: {' },
    };
    expect(await refusal(defaults)).toContain('admission webhook "config.webhook.eventing.knative.dev" denied the request');
    expect(await refusal(service('fine'))).toBe('');
    expect(await refusal({ ...service('any'), metadata: { generateName: 'any-', namespace: 'default' } })).toContain(
      'cannot use generate name with apply',
    );
  });

  test('notes who made an object and who changed it', async () => {
    const as = (user: string) => ` --as=${user} --as-group=system:masters`;
    await applied([service('signed')], as('amy'));
    const mark = (key: string) => kubectl(`get ksvc signed -o jsonpath={.metadata.annotations.serving\\.knative\\.dev/${key}}`);
    expect([await mark('creator'), await mark('lastModifier')]).toEqual(['amy', 'amy']);
    await applied([service('signed', { timeoutSeconds: 20 })], as('bob'));
    expect([await mark('creator'), await mark('lastModifier')]).toEqual(['amy', 'bob']);
    await kubectl(`label ksvc signed looked-at=true${as('eve')}`);
    expect(await mark('lastModifier')).toBe('bob');
    await kubectl('wait ksvc/signed --for=condition=Ready --timeout=60s');
    await kubectl('delete ksvc signed');
  }, 120_000);

  test('tells a Job that is made in the same moment as its binding, which is ready', async () => {
    await apply(sinkBinding('by-name', { name: 'report' }), job('report'));
    expect(await saidBy('report')).toBe('http://sink.example.com/a {"extensions":{"team":"a \\"quoted\\" one"}}');
    await becomes('sinkbinding/by-name', 'Ready', 'True');
  }, 180_000);

  test('tells Jobs by labels, Deployments when they are made, and nothing that is kept out', async () => {
    const selector = { matchExpressions: [{ key: 'tier', operator: 'In', values: ['a', 'b'] }] };
    await apply(
      sinkBinding('by-label', { selector }),
      sinkBinding('of-deployment', { apiVersion: 'apps/v1', kind: 'Deployment', name: 'told' }),
    );
    const labels = { app: 'told' };
    const deployment = {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: metadata('told') },
      spec: { replicas: 0, selector: { matchLabels: labels }, template: template(labels, 'Always') },
    };
    await apply(
      job('nightly', { tier: 'b' }),
      job('other', { tier: 'c' }),
      job('excluded', { tier: 'a', 'bindings.knative.dev/exclude': 'true' }),
      deployment,
    );
    expect(await saidBy('nightly')).toContain('http://sink.example.com/a');
    for (const name of ['other', 'excluded']) expect(await saidBy(name)).toBe('undefined undefined');
    const first = await kubectl('get deployment told -o jsonpath={.metadata.generation}');
    expect(await kubectl('get deployment told -o jsonpath={.spec.template.spec.containers[0].env[0].value}')).toBe(
      'http://sink.example.com/a',
    );
    expect(first).toBe('1');
  }, 180_000);

  test('has the pods of a Job wait for an address', async () => {
    const ref = { ref: { apiVersion: 'v1', kind: 'Service', name: 'later' } };
    await apply(sinkBinding('early', { selector: { matchLabels: { app: 'keen' } } }, ref), job('keen', { app: 'keen' }));
    await until('refusal of its pod', async () =>
      (await kubectl('get events --field-selector reason=FailedCreate,involvedObject.name=keen -o json')).includes(
        'waits for the address of its sink',
      ),
    );
    expect(await kubectl('get pods -l job-name=keen -o name')).toBe('');
    await apply({
      ...{ apiVersion: 'v1', kind: 'Service', metadata: metadata('later') },
      spec: { ports: [{ port: 80 }], selector: { app: 'none' } },
    });
    expect(await saidBy('keen')).toContain('http://later.default.svc.cluster.local');
    await becomes('sinkbinding/early', 'Ready', 'True');
  }, 180_000);

  test('has another certificate once its Secret has been deleted and applied again, and is believed as before', async () => {
    const before = await trusted();
    const secret = JSON.parse(await kubectl(`get secret knc-webhook-certificates ${SERVING} -o json`)) as {
      readonly metadata: { readonly labels: object };
    };
    await kubectl(`delete secret knc-webhook-certificates ${SERVING}`);
    expect(await refusal(service('refused', { serviceAccountName: 'foo@bar.baz' }))).toContain('admission webhook');
    await apply({
      ...{ apiVersion: 'v1', kind: 'Secret', type: 'Opaque' },
      metadata: { name: 'knc-webhook-certificates', namespace: 'knative-serving', labels: secret.metadata.labels },
    });
    const after = await until('another certificate', async () => {
      const found = await trusted();
      return found !== before && found;
    });
    expect(new X509Certificate(after).fingerprint256).not.toBe(new X509Certificate(before).fingerprint256);
    const told = await until('refusal by the webhook', async () => {
      const text = await refusal(service('refused', { serviceAccountName: 'foo@bar.baz' }));
      return text.includes('admission webhook') && text;
    });
    expect(told).toContain('foo@bar.baz');
  }, 120_000);

  test('stops nothing while it is away, and a binding of Jobs says so', async () => {
    const selector = (name: string) => JSON.stringify({ spec: { selector: { 'app.kubernetes.io/name': name } } });
    await kubectl(`patch service knc-webhook ${SERVING} -p ${selector('nobody')}`);
    try {
      await until(
        'no endpoints',
        async () => (await kubectl(`get endpoints knc-webhook ${SERVING} -o jsonpath={.subsets}`)) === '',
      );
      // Connections that there are would still be answered.
      await kubectl(`delete pod knc-runtime-0 ${SERVING}`);
      await rolledOut();
      await apply(service('unsigned'), job('untold', { tier: 'b' }));
      expect(await saidBy('untold')).toBe('undefined undefined');
      await kubectl('wait ksvc/unsigned --for=condition=Ready --timeout=60s');
      expect(await kubectl('get ksvc unsigned -o jsonpath={.metadata.annotations.serving\\.knative\\.dev/creator}')).toBe('');
      // Rules of the definitions stand behind it, on one line.
      const told = await refusal(service('refused', { serviceAccountName: 'foo@bar.baz' }));
      expect(told).toContain('serviceAccountName');
      expect(told).not.toContain('admission webhook');
      const lost = await until(
        'what is said of Jobs',
        async () => {
          const found = await condition('sinkbinding/by-name', 'SinkBindingAvailable');
          return found.reason === 'JobsNotBound' && found;
        },
        90,
      );
      expect(lost.message).toContain('none of its pods is ready');
    } finally {
      await kubectl(`patch service knc-webhook ${SERVING} -p ${selector('knc-runtime')}`);
    }
    await becomes('sinkbinding/by-name', 'Ready', 'True');
  }, 240_000);

  test('needs no right that it has not', async () => {
    const log = await kubectl(`logs ${SERVING} knc-runtime-0 --tail=-1`);
    expect(log.split('\n').filter((line) => /forbidden/i.test(line))).toEqual([]);
  });
});
