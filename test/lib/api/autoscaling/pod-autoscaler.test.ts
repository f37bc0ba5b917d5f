import { type PodAutoscaler, setDefaults } from '../../../../lib/api';
import { refusals } from '../support';

const autoscaler = (spec: object = {}, annotations?: Record<string, string>): PodAutoscaler => ({
  apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
  kind: 'PodAutoscaler',
  metadata: { name: 'hello-00001', namespace: 'default', ...(annotations ? { annotations } : {}) },
  spec: {
    scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'hello-00001-deployment' },
    protocolType: 'http1',
    ...spec,
  },
});

const CLASS = 'autoscaling.knative.dev/class';
const METRIC = 'autoscaling.knative.dev/metric';

test.each([
  [undefined, { [CLASS]: 'kpa.autoscaling.knative.dev', [METRIC]: 'concurrency' }],
  [{ [CLASS]: 'hpa.autoscaling.knative.dev' }, { [CLASS]: 'hpa.autoscaling.knative.dev', [METRIC]: 'cpu' }],
  [{ [CLASS]: 'mine' }, { [CLASS]: 'mine', [METRIC]: '' }],
  [{ [METRIC]: 'rps' }, { [CLASS]: 'kpa.autoscaling.knative.dev', [METRIC]: 'rps' }],
])('annotations %j become %j', (given, expected) => {
  expect(setDefaults(autoscaler({}, given)).metadata.annotations).toEqual(expected);
});

test.each([
  [{}, []],
  [{ reachability: 'Reachable', containerConcurrency: 5 }, []],
  [{ protocolType: 'WebRTC' }, ['invalid value: WebRTC: spec.protocolType']],
  [{ protocolType: '' }, ['missing field(s): spec.protocolType']],
  [{ containerConcurrency: -1 }, ['expected 0 <= -1 <= 1000: spec.containerConcurrency']],
  [
    { scaleTargetRef: {} },
    ['missing field(s): spec.scaleTargetRef.apiVersion, spec.scaleTargetRef.kind, spec.scaleTargetRef.name'],
  ],
  [
    { scaleTargetRef: { apiVersion: '/v1', kind: 'Deployment', name: 'a', namespace: 'b' } },
    [
      'invalid value: prefix part must be non-empty: spec.scaleTargetRef.apiVersion',
      'must not set the field(s): spec.scaleTargetRef.namespace',
    ],
  ],
])('a spec with %j gives %j', (spec, expected) => {
  expect(refusals(autoscaler(spec))).toEqual(expected);
});

test('scaling annotations are checked', () => {
  expect(refusals(autoscaler({}, { 'autoscaling.knative.dev/min-scale': 'FOO' }))).toEqual([
    'invalid value: FOO: metadata.annotations.autoscaling.knative.dev/min-scale',
  ]);
});

test('a Metric names what it measures', () => {
  const metric = { apiVersion: 'autoscaling.internal.knative.dev/v1alpha1', kind: 'Metric', metadata: { name: 'hello-00001' } };
  expect(refusals({ ...metric, spec: { stableWindow: 60e9, panicWindow: 6e9, scrapeTarget: 'hello-00001-private' } })).toEqual(
    [],
  );
  expect(refusals({ ...metric, spec: {} })).toEqual(['missing field(s): spec.panicWindow, spec.scrapeTarget, spec.stableWindow']);
});
