import { install } from './platform';
import { describeCluster } from './support';
import { kubectl, until } from './tools';

const POD = { timeoutSeconds: 5000, nodeSelector: { disk: 'ssd' }, containers: [{ image: 'registry.local/hello:1' }] };
const annotations = { 'autoscaling.knative.dev/initial-scale': '0' };
const service = {
  ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', metadata: { name: 'picky', namespace: 'default' } },
  spec: { template: { metadata: { annotations }, spec: POD } },
};
const revision = {
  ...{ apiVersion: 'serving.knative.dev/v1', kind: 'Revision', metadata: { name: 'alone', namespace: 'default', annotations } },
  spec: POD,
};
const KEY = 'kubernetes.podspec-nodeselector';
const SETTINGS = ['config-features', 'config-defaults', 'config-autoscaler'];

/** What the API server says of an object that it refuses; empty where it would take it. */
const refusal = (object: unknown): Promise<string> =>
  kubectl('apply --dry-run=server -f -', { input: JSON.stringify(object) }).then(
    () => '',
    (error: Error) => error.message,
  );
/** The same object with only one of the things that are wrong with it. */
const only = (what: 'timeout' | 'selector' | 'scale') => ({
  ...revision,
  metadata: { ...revision.metadata, annotations: what === 'scale' ? annotations : {} },
  spec: {
    containers: POD.containers,
    ...(what === 'timeout' ? { timeoutSeconds: POD.timeoutSeconds } : {}),
    ...(what === 'selector' ? { nodeSelector: POD.nodeSelector } : {}),
  },
});

describeCluster('what settings do not allow', () => {
  beforeAll(() => install(), 240_000);
  afterAll(() => install(), 240_000);

  test.each([
    ['timeout', 'expected 0 <= 5000 <= 600: spec.timeoutSeconds.'],
    ['selector', 'must not set the field(s): spec.nodeSelector.'],
    ['scale', 'invalid value: 0: metadata.annotations.autoscaling.knative.dev/initial-scale=0 not allowed by cluster.'],
  ] as const)('is refused of a revision that somebody makes, too: %s', async (what, text) => {
    expect(await refusal(only(what))).toContain(text);
  });

  test('is allowed of one once the setting does', async () => {
    const patch = (value: string) =>
      kubectl(`patch configmap config-features -n knative-serving --type merge -p ${JSON.stringify({ data: { [KEY]: value } })}`);
    await patch('enabled');
    expect(await until('allowance', async () => (await refusal(only('selector'))) === '', 20)).toBe(true);
    await patch('disabled');
    await until('refusal', async () => (await refusal(only('selector'))) !== '', 20);
  });

  test('stops nobody while the ConfigMap is gone, and is in the condition instead: no pod is made of it', async () => {
    await kubectl(`delete configmap -n knative-serving ${SETTINGS.join(' ')}`);
    await until('silence of the policies', async () => (await refusal(service)) === '' && (await refusal(revision)) === '', 20);
    for (const object of [service, revision]) await kubectl('apply -f -', { input: JSON.stringify(object) });
    for (const name of ['picky-00001', 'alone']) {
      const told = await until(`condition of ${name}`, async () => {
        const path = '{.status.conditions[?(@.type=="Ready")].message}';
        return kubectl(`get revision ${name} -o jsonpath=${path}`).catch(() => '');
      });
      expect(told.split('\n').sort()).toEqual([
        'expected 0 <= 5000 <= 600: spec.timeoutSeconds',
        'invalid value: 0: metadata.annotations.autoscaling.knative.dev/initial-scale=0 not allowed by cluster',
        'must not set the field(s): spec.nodeSelector',
      ]);
    }
    expect(await kubectl('get deployments -o name')).not.toMatch(/picky|alone/);
    await kubectl('delete revision alone --timeout=60s');
    await kubectl('delete ksvc picky --timeout=60s');
  }, 120_000);
});
