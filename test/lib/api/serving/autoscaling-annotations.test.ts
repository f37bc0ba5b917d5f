import { defaultAutoscalerConfig } from '../../../../lib/api';
import { autoscalingAnnotationErrors } from '../../../../lib/api/serving/autoscaling-annotations';
import { formatFieldError } from '../../../../lib/base';

const key = (name: string) => `autoscaling.knative.dev/${name}`;
const errors = (annotations: Record<string, string>, config: Partial<typeof defaultAutoscalerConfig> = {}) =>
  autoscalingAnnotationErrors(Object.fromEntries(Object.entries(annotations).map(([name, value]) => [key(name), value])), {
    ...defaultAutoscalerConfig,
    ...config,
  }).map(formatFieldError);

const KPA = 'kpa.autoscaling.knative.dev';
const HPA = 'hpa.autoscaling.knative.dev';
const MAX = 2147483647;

test.each<Record<string, string>>([
  {},
  { 'min-scale': '0' },
  { 'min-scale': '5', 'max-scale': '5' },
  { minScale: '2', maxScale: '5' },
  { 'max-scale': '0', 'min-scale': '10' },
  { 'activation-scale': '2', 'max-scale': '2' },
  { 'activation-scale': '10', 'max-scale': '0' },
  { 'initial-scale': '3' },
  { window: '1h' },
  { window: '6s' },
  { 'scale-down-delay': '1h' },
  { 'scale-down-delay': '0' },
  { 'scale-to-zero-pod-retention-period': '5m' },
  { 'scale-to-zero-pod-retention-period': '4m4s300ms' },
  { target: '0.01' },
  { 'target-utilization-percentage': '70.5' },
  { 'target-burst-capacity': '-1' },
  { 'target-burst-capacity': '0' },
  { 'panic-window-percentage': '1', 'panic-threshold-percentage': '1000' },
  { metric: 'rps' },
  { class: HPA, metric: 'cpu' },
  { class: HPA, metric: 'memory' },
  { class: HPA, metric: 'my-custom-metric' },
  { class: 'my.own.class', metric: 'whatever', 'metric-aggregation-algorithm': 'mine' },
  { class: KPA, 'metric-aggregation-algorithm': 'weighted-exponential' },
  { class: KPA, 'metric-aggregation-algorithm': 'weightedExponential' },
  { 'metric-aggregation-algorithm': 'any' },
])('%j is accepted', (annotations) => {
  expect(errors(annotations)).toEqual([]);
});

test.each<[Record<string, string>, string[]]>([
  [{ 'min-scale': '-1' }, [`expected 0 <= -1 <= ${MAX}: ${key('min-scale')}`]],
  [{ 'max-scale': '-1' }, [`expected 0 <= -1 <= ${MAX}: ${key('max-scale')}`]],
  [{ minScale: '-1' }, [`expected 0 <= -1 <= ${MAX}: ${key('minScale')}`]],
  [{ 'min-scale': 'foo' }, [`invalid value: foo: ${key('min-scale')}`]],
  [{ 'min-scale': '1.5' }, [`invalid value: 1.5: ${key('min-scale')}`]],
  [{ 'max-scale': '3000000000' }, [`expected 0 <= 3000000000 <= ${MAX}: ${key('max-scale')}`]],
  [{ 'min-scale': '2', 'max-scale': '1' }, [`max-scale=1 is less than min-scale=2: ${key('max-scale')}, ${key('min-scale')}`]],
  [{ 'min-scale': '4', 'activation-scale': '2' }, [`min-scale=4 is greater than activation-scale=2: ${key('activation-scale')}`]],
  [{ 'max-scale': '1', 'activation-scale': '2' }, [`max-scale=1 is less than activation-scale=2: ${key('activation-scale')}`]],
  [{ 'activation-scale': '1' }, [`activation-scale=1 must be greater than 1: ${key('activation-scale')}`]],
  [{ 'activation-scale': 'x' }, [`invalid value: x: ${key('activation-scale')}`]],
  [{ 'panic-window-percentage': '-1' }, [`expected 1 <= -1 <= 100: ${key('panic-window-percentage')}`]],
  [{ panicWindowPercentage: '100.0001' }, [`expected 1 <= 100.0001 <= 100: ${key('panicWindowPercentage')}`]],
  [{ 'panic-window-percentage': 'fifty' }, [`invalid value: fifty: ${key('panic-window-percentage')}`]],
  [{ 'panic-threshold-percentage': '109' }, [`expected 110 <= 109 <= 1000: ${key('panic-threshold-percentage')}`]],
  [{ target: '0' }, [`target 0 should be at least 0.01: ${key('target')}`]],
  [{ target: 'ten' }, [`invalid value: ten: ${key('target')}`]],
  [{ 'target-utilization-percentage': '0.99' }, [`expected 1 <= 0.99 <= 100: ${key('target-utilization-percentage')}`]],
  [{ 'target-burst-capacity': '-2' }, [`invalid value: -2: ${key('target-burst-capacity')}`]],
  [{ 'target-burst-capacity': 'lots' }, [`invalid value: lots: ${key('target-burst-capacity')}`]],
  [{ window: '5s' }, [`expected 6s <= 5s <= 1h0m0s: ${key('window')}`]],
  [{ window: '365h' }, [`expected 6s <= 365h <= 1h0m0s: ${key('window')}`]],
  [{ window: '6500ms' }, [`must be specified with at most second precision: ${key('window')}`]],
  [{ window: '60' }, [`invalid value: 60: ${key('window')}`]],
  [{ 'scale-down-delay': '-10s' }, [`expected 0s <= -10s <= 1h0m0s: ${key('scale-down-delay')}`]],
  [{ 'scale-down-delay': '10s1ms' }, [`must be specified with at most second precision: ${key('scale-down-delay')}`]],
  [
    { scaleDownDelay: 'twenty-two-minutes-and-five-seconds' },
    [`invalid value: twenty-two-minutes-and-five-seconds: ${key('scaleDownDelay')}`],
  ],
  [{ 'scale-to-zero-pod-retention-period': '2h' }, [`expected 0s <= 2h <= 1h0m0s: ${key('scale-to-zero-pod-retention-period')}`]],
  [{ class: 'unknown.autoscaling.knative.dev' }, [`invalid value: unknown.autoscaling.knative.dev: ${key('class')}`]],
  [{ metric: 'memory' }, [`invalid value: memory: ${key('metric')}`]],
  [{ class: KPA, metric: 'metrics' }, [`invalid value: metrics: ${key('metric')}`]],
  [{ class: HPA, metric: '' }, [`invalid value: : ${key('metric')}`]],
  [{ class: KPA, 'metric-aggregation-algorithm': 'median' }, [`invalid value: median: ${key('metric-aggregation-algorithm')}`]],
  [{ 'initial-scale': '0' }, [`invalid value: 0: ${key('initial-scale')}=0 not allowed by cluster`]],
  [{ 'initial-scale': '-1' }, [`invalid value: -1: ${key('initial-scale')} must be greater than 0`]],
  [{ initialScale: 'one' }, [`invalid value: one: ${key('initialScale')}`]],
])('%j is refused', (annotations, expected) => {
  expect(errors(annotations)).toEqual(expected);
});

test('the preferred spelling counts where both are there', () => {
  expect(errors({ 'min-scale': '1', minScale: 'nonsense' })).toEqual([]);
});

test('an installation may allow an initial scale of zero', () => {
  expect(errors({ 'initial-scale': '0' }, { allowZeroInitialScale: true })).toEqual([]);
});

test('an installation may limit the maximum', () => {
  expect(errors({ 'max-scale': '11' }, { maxScaleLimit: 10 })).toEqual([`expected 1 <= 11 <= 10: ${key('max-scale')}`]);
  expect(errors({ 'max-scale': '0' }, { maxScaleLimit: 10 })).toEqual([
    `max-scale=0 (unlimited), must be less than 10: ${key('max-scale')}`,
  ]);
  expect(errors({}, { maxScaleLimit: 10 })).toEqual([]);
});

test('the class of the installation decides which metrics there are', () => {
  expect(errors({ metric: 'cpu' }, { podAutoscalerClass: HPA })).toEqual([]);
});
