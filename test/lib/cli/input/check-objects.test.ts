import { type KubeObject, parseEventingConfig } from '../../../../lib/api';
import { checkObjects } from '../../../../lib/cli/input/check-objects';
import { ProblemError } from '../../../../lib/cli/output/problem';

const service = (
  name: string,
  spec: object = { template: { spec: { containers: [{ image: 'example.com/app' }] } } },
): KubeObject => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name },
  spec,
});
const check = (objects: KubeObject[], namespace?: string, warnings: string[] = []) =>
  checkObjects(
    { objects: objects.map((object, i) => ({ object, source: `${i}.yaml`, synthesized: false })), warnings },
    namespace,
  );

function refused(objects: KubeObject[]): ProblemError {
  try {
    check(objects);
  } catch (error) {
    if (error instanceof ProblemError) return error;
  }
  throw new Error('nothing was refused');
}

test('objects of namespaced kinds get the namespace that they lack, others do not', () => {
  const own = { ...service('b'), metadata: { name: 'b', namespace: 'own' } };
  const { objects } = check([service('a'), own, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }], 'given');
  expect(objects.map(({ object }) => object.metadata.namespace)).toEqual(['given', 'own', undefined]);
});

test('everything wrong with every object is told at once, with upstream text and remedy', () => {
  const error = refused([
    service('a', { template: { spec: { containers: [{ image: 'example.com/app' }], containerConcurrency: -5 } } }),
    service('b'),
    service('c', {
      template: { spec: { containers: [{ image: 'example.com/app' }] } },
      traffic: [{ latestRevision: true, percent: 90 }],
    }),
  ]);
  expect(error.message).toBe('2 objects were refused by validation');
  expect(error.entries.map(({ where, source }) => [where, source])).toEqual([
    ['Service a', '0.yaml'],
    ['Service c', '2.yaml'],
  ]);
  expect(error.entries[0]!.messages[0]!.text).toBe('expected 0 <= -5 <= 1000: spec.template.spec.containerConcurrency');
  expect(error.entries[1]!.messages[0]).toMatchObject({
    text: 'Traffic targets sum to 90, want 100: spec.traffic',
    remedy: expect.any(String),
  });
});

test('a kind that is not served is refused in our API groups and left out in those of others', () => {
  expect(refused([{ ...service('a'), kind: 'Servise' }])).toMatchObject({
    code: 'KNC2101',
    entries: [{ messages: [{ text: 'no kind "Servise" is served in serving.knative.dev/v1' }] }],
  });
  const job = { apiVersion: 'batch/v1', kind: 'CronJob', metadata: { name: 'j' } };
  const { objects, foreign } = check([service('a'), job]);
  expect(objects).toHaveLength(1);
  expect(foreign.map(({ object }) => object)).toEqual([job]);
});

test('the same object twice is one; two different ones of a name are a mistake', () => {
  expect(check([service('a'), service('a')]).objects).toHaveLength(1);
  const error = refused([service('a'), { ...service('a'), metadata: { name: 'a', labels: { x: 'y' } } }]);
  expect(error).toMatchObject({
    code: 'KNC2102',
    entries: [{ where: 'Service a', messages: [{ text: 'declared differently in 0.yaml' }] }],
  });
});

test('a service may start at zero here', () => {
  const annotations = { 'autoscaling.knative.dev/initial-scale': '0' };
  const spec = { template: { metadata: { annotations }, spec: { containers: [{ image: 'example.com/app' }] } } };
  expect(check([service('a', spec)]).objects).toHaveLength(1);
});

test('warnings of constructs are passed on, and what upstream says of every container is not repeated for each', () => {
  expect(check([service('a')], undefined, ['[app/a] KNC1101 x']).warnings).toEqual(['[app/a] KNC1101 x']);
});

test('an old kind is refused with what it is written as today', () => {
  const old = {
    apiVersion: 'sources.eventing.knative.dev/v1alpha1',
    kind: 'CronJobSource',
    metadata: { name: 'tick' },
    spec: { sink: { apiVersion: 'serving.knative.dev/v1alpha1', kind: 'Service', name: 'hello' } },
  };
  const { code, entries } = refused([old]);
  expect(code).toBe('KNC2101');
  expect(entries[0]!.messages[0]!.text.split('\n')).toEqual([
    'kind "CronJobSource" of sources.eventing.knative.dev/v1alpha1 is no longer there: today it is PingSource of sources.knative.dev/v1',
    'apiVersion: sources.knative.dev/v1',
    'kind: PingSource',
    'metadata:',
    '  name: tick',
    'spec:',
    '  sink:',
    '    ref:',
    '      apiVersion: serving.knative.dev/v1',
    '      kind: Service',
    '      name: hello',
  ]);
});

describe('settings of Knative Eventing', () => {
  const broker: KubeObject = {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Broker',
    metadata: { name: 'orders', namespace: 'shop' },
    spec: { delivery: { retryAfterMax: 'PT30S' } },
  } as KubeObject;
  const features = (data: Record<string, string>, namespace = 'knative-eventing') =>
    ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'config-features', namespace }, data }) as KubeObject;
  const on = { 'delivery-retryafter': 'enabled' };

  test('that are in the input count for the rest of it', () => {
    expect(check([broker, features(on)]).objects).toHaveLength(2);
    expect(refused([broker]).entries).toHaveLength(1);
    expect(refused([broker, features(on, 'knative-serving')]).entries).toHaveLength(1);
    expect(refused([broker, features({ 'delivery-retryafter': 'disabled' })]).entries).toHaveLength(1);
  });

  test('of where the objects go count, unless the input changes them', () => {
    const loaded = (objects: KubeObject[]) => ({
      objects: objects.map((object, i) => ({ object, source: `${i}.yaml`, synthesized: false })),
      warnings: [],
    });
    const there = parseEventingConfig({ 'config-features': on }, () => undefined);
    expect(checkObjects(loaded([broker]), 'shop', there).objects).toHaveLength(1);
    const off = features({ 'delivery-retryafter': 'disabled' });
    expect(() => checkObjects(loaded([broker, off]), 'shop', there)).toThrow(ProblemError);
  });
});
