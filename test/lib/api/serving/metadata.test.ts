import { defaultServingConfig } from '../../../../lib/api';
import { LABEL_1035, POD, refusals, route, service, warnings } from '../support';

const named = (name: string) => service(undefined, { metadata: { name } });
const template = (annotations: Record<string, string>) => service(undefined, { template: { annotations } });

test.each([
  ['', 'name or generateName is required: metadata.name'],
  ['do-not-use-dots.foo', `not a DNS 1035 label: [${LABEL_1035}]: metadata.name`],
  ['Upper', `not a DNS 1035 label: [${LABEL_1035}]: metadata.name`],
  ['1st', `not a DNS 1035 label: [${LABEL_1035}]: metadata.name`],
  ['a'.repeat(64), 'not a DNS 1035 label: [must be no more than 63 characters]: metadata.name'],
])('a Service is not named %j', (name, expected) => {
  expect(refusals(named(name))).toEqual([expected]);
});

test('a prefix for a generated name ends as it likes but begins as a name', () => {
  expect(refusals(service(undefined, { metadata: { name: undefined, generateName: 'hello-' } }))).toEqual([]);
  expect(refusals(service(undefined, { metadata: { name: undefined, generateName: 'Hello-' } }))).toEqual([
    `not a DNS 1035 label prefix: [${LABEL_1035}]: metadata.generateName`,
  ]);
});

test('a bad name comes with a good one', async () => {
  const { validate } = await import('../../../../lib/api');
  expect(validate(named('My_Service')).find((e) => e.paths[0] === 'metadata.name')?.remedy).toBe(
    'Use a name such as "my-service".',
  );
});

test('scaling annotations do nothing on a Service and are refused there', () => {
  expect(refusals(service(undefined, { metadata: { annotations: { 'autoscaling.knative.dev/foo': 'bar' } } }))).toEqual([
    'invalid key name "autoscaling.knative.dev/foo": metadata.annotations\nautoscaling annotations must be put under "spec.template.metadata.annotations" to work',
  ]);
});

test.each([
  [{ 'serving.knative.dev/rollout-duration': '120s' }, []],
  [{ 'serving.knative.dev/rollout-duration': '' }, []],
  [{ 'serving.knative.dev/foo': 'bar', 'features.knative.dev/http-full-duplex': 'Enabled' }, []],
  [
    { 'serving.knative.dev/rollout-duration': 'CLXXXIIIs' },
    ['invalid value: CLXXXIIIs: metadata.annotations.serving.knative.dev/rollout-duration'],
  ],
  [
    { 'serving.knative.dev/rollout-duration': '3h4ms' },
    ['rollout-duration=3h4ms is not at second precision: metadata.annotations.serving.knative.dev/rollout-duration'],
  ],
  [
    { 'serving.knative.dev/rolloutDuration': '-3m' },
    ['rollout-duration=-3m must be positive: metadata.annotations.serving.knative.dev/rolloutDuration'],
  ],
])('annotations %j of a Service and of a Route give %j', (annotations, expected) => {
  expect(refusals(service(undefined, { metadata: { annotations } }))).toEqual(expected);
  expect(refusals(route([{ percent: 100, revisionName: 'r' }], { annotations }))).toEqual(expected);
});

test.each([
  ['Configuration', 'serving.knative.dev/service', 'Service'],
  ['Route', 'serving.knative.dev/service', 'Service'],
  ['Revision', 'serving.knative.dev/configuration', 'Configuration'],
])('a %s that says whose child it is must be owned', (kind, label, owner) => {
  const spec = {
    Configuration: { template: { spec: { containers: [{ image: 'busybox' }] } } },
    Revision: { containers: [{ image: 'busybox' }] },
  }[kind];
  const child = (ownerReferences?: unknown) => ({
    ...route([{ percent: 100, revisionName: 'r' }], {
      labels: { [label]: 'parent' },
      ...(ownerReferences ? { ownerReferences } : {}),
    }),
    kind,
    ...(spec ? { spec } : {}),
  });
  expect(refusals(child())).toEqual([`missing field(s): metadata.labels.${label}`]);
  expect(refusals(child([{ apiVersion: 'serving.knative.dev/v1', kind: owner, name: 'other', uid: '1' }]))).toHaveLength(1);
  expect(refusals(child([{ apiVersion: 'serving.knative.dev/v1', kind: owner, name: 'parent', uid: '1' }]))).toEqual([]);
});

const A = 'spec.template.metadata.annotations';

test.each<[Record<string, string>, string[]]>([
  [
    {
      'autoscaling.knative.dev/min-scale': '1',
      'networking.knative.dev/ingress.class': 'x',
      'serving.knative.dev/progress-deadline': '10m',
    },
    [],
  ],
  [{ 'autoscaling.knative.dev/min-scale': '-1' }, [`expected 0 <= -1 <= 2147483647: ${A}.autoscaling.knative.dev/min-scale`]],
  [{ 'networking.knative.dev/foo': 'x' }, [`invalid key name "networking.knative.dev/foo": ${A}`]],
  [{ 'networking.knative.dev/visibility': 'cluster-local' }, [`invalid key name "networking.knative.dev/visibility": ${A}`]],
  [
    { 'serving.knative.dev/progress-deadline': 'not-a-duration' },
    [`invalid value: not-a-duration: ${A}.serving.knative.dev/progress-deadline`],
  ],
  [
    { 'serving.knative.dev/progress-deadline': '1m3s34ms' },
    [`progress-deadline=1m3s34ms is not at second precision: ${A}.serving.knative.dev/progress-deadline`],
  ],
  [
    { 'serving.knative.dev/progress-deadline': '-1m3s' },
    [`progress-deadline=-1m3s must be positive: ${A}.serving.knative.dev/progress-deadline`],
  ],
  [{ 'queue.sidecar.serving.knative.dev/enabled': 'true' }, []],
  [{ 'queue.sidecar.serving.knative.dev/enabled': 'no' }, [`invalid value: no: ${A}[queue.sidecar.serving.knative.dev/enabled]`]],
  [{ 'queue.sidecar.serving.knative.dev/cpu-resource-limit': '100m' }, []],
  [
    { 'queue.sidecar.serving.knative.dev/memory-resource-request': '100mx' },
    [`invalid value: 100mx: ${A}[queue.sidecar.serving.knative.dev/memory-resource-request]`],
  ],
  [
    { 'queue.sidecar.serving.knative.dev/resource-percentage': '200' },
    [`expected 0.1 <= 200 <= 100: ${A}[queue.sidecar.serving.knative.dev/resource-percentage]`],
  ],
  [
    { 'queue.sidecar.serving.knative.dev/resource-percentage': 'foo' },
    [`invalid value: foo: ${A}[queue.sidecar.serving.knative.dev/resource-percentage]`],
  ],
])('annotations %j of a template give %j', (annotations, expected) => {
  expect(refusals(template(annotations))).toEqual(expected);
});

test('the percentage of the sidecar warns that it is deprecated', () => {
  const messages = warnings(template({ 'queue.sidecar.serving.knative.dev/resource-percentage': '20' })).map((e) => e.message);
  expect(messages).toContain(
    'Queue proxy resource percentage annotation is deprecated. Please use the available annotations to explicitly set resource values per service',
  );
});

test.each<[string, Record<string, string>, boolean, boolean]>([
  ['there is no sidecar', {}, false, true],
  ['the service has the sidecar', { enabled: 'true' }, false, false],
  ['the platform has it', {}, true, false],
  ['the platform has it, and the service does not', { enabled: 'false' }, true, true],
])('amounts of the sidecar warn that they are without effect where %s', (_, said, queueSidecarEnabled, warned) => {
  const own = Object.fromEntries(Object.entries(said).map(([key, value]) => [`queue.sidecar.serving.knative.dev/${key}`, value]));
  const deployment = { ...defaultServingConfig.deployment, queueSidecarEnabled };
  const object = template({ ...own, 'queue.sidecar.serving.knative.dev/memory-resource-limit': '1Gi' });
  const messages = warnings(object, { ...defaultServingConfig, deployment }).map(({ message }) => message);
  expect(messages.includes('without effect: pods have no queue-proxy here')).toBe(warned);
});

const N = 'spec.template.metadata';

test.each([
  ['hello-byo', []],
  ['byo-hello', [`invalid value: "byo-hello" must have prefix "hello-": ${N}.name`]],
  ['hello-Foo', [`invalid value: not a DNS 1035 label: [${LABEL_1035}]: ${N}.name`]],
])('a revision named %s gives %j', (name, expected) => {
  expect(refusals(service(undefined, { template: { name } }))).toEqual(expected);
});

test('a revision has no name of its own while its Service has none', () => {
  const metadata = { name: undefined, generateName: 'hello-' };
  expect(refusals(service(undefined, { metadata, template: { name: 'hello-1' } }))).toEqual([
    `must not set the field(s): ${N}.name`,
  ]);
});

describe('limits of the installation', () => {
  const config = {
    ...defaultServingConfig,
    defaults: {
      ...defaultServingConfig.defaults,
      maxRevisionTimeout: 900_000,
      containerConcurrencyMaxLimit: 5,
      allowContainerConcurrencyZero: false,
    },
  };
  const containers = [{ image: 'busybox' }];

  test.each([
    ['timeoutSeconds', 601, 'expected 0 <= 601 <= 600'],
    ['timeoutSeconds', -1, 'expected 0 <= -1 <= 600'],
    ['containerConcurrency', 1001, 'expected 0 <= 1001 <= 1000'],
    ['containerConcurrency', -10, 'expected 0 <= -10 <= 1000'],
  ])('%s of %i is out of bounds by default', (field, value, expected) => {
    expect(refusals(service({ containers, [field]: value }))).toEqual([`${expected}: ${POD}.${field}`]);
  });

  test.each([
    ['timeoutSeconds', 900, []],
    ['timeoutSeconds', 0, []],
    ['containerConcurrency', 6, [`expected 1 <= 6 <= 5: ${POD}.containerConcurrency`]],
    ['containerConcurrency', 0, [`expected 1 <= 0 <= 5: ${POD}.containerConcurrency`]],
  ])('%s of %i gives %j with other settings', (field, value, expected) => {
    expect(refusals(service({ containers, containerConcurrency: 1, [field]: value }), config)).toEqual(expected);
  });
});
