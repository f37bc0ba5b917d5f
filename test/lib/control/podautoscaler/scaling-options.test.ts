import type { ServingConfig } from '../../../../lib/api';
import { deciderSpec } from '../../../../lib/control/podautoscaler/decider-spec';
import { type ScalingOptions, scalingOptions } from '../../../../lib/control/podautoscaler/scaling-options';
import { CONFIG, configWith, podAutoscalerOf } from './fixtures';

const auto = (annotations: Record<string, string>) =>
  Object.fromEntries(Object.entries(annotations).map(([key, value]) => [`autoscaling.knative.dev/${key}`, value]));

interface Asked {
  readonly annotations?: Record<string, string>;
  readonly config?: ServingConfig;
  readonly containerConcurrency?: number;
  readonly reachability?: '' | 'Reachable' | 'Unreachable';
}

function optionsOf({ annotations = {}, config = CONFIG, ...spec }: Asked): ScalingOptions {
  const pa = podAutoscalerOf(annotations);
  return scalingOptions({ ...pa, spec: { ...pa.spec, ...spec } }, config);
}

test('without annotations the settings count', () => {
  expect(optionsOf({})).toEqual({
    class: 'kpa.autoscaling.knative.dev',
    metric: 'concurrency',
    aggregation: 'linear',
    minScale: 0,
    maxScale: 0,
    initialScale: 1,
    activationScale: 0,
    target: 70,
    total: 100,
    annotatedTarget: undefined,
    stableWindow: 60_000,
    ownWindow: false,
    panicWindow: 6000,
    panicThreshold: 2,
    scaleDownDelay: 0,
    targetBurstCapacity: 211,
    lastPodRetention: 0,
    activationTimeout: 630_000,
    reachable: true,
  });
});

const fraction = (containerConcurrencyTargetFraction: number) => configWith({ containerConcurrencyTargetFraction });
test.each<[string, Asked, number, number]>([
  ['the default', { config: fraction(1) }, 100, 100],
  ['another utilization', { config: fraction(0.8) }, 80, 100],
  [
    'another default',
    { config: configWith({ containerConcurrencyTargetFraction: 0.3, containerConcurrencyTargetDefault: 2 }) },
    0.6,
    2,
  ],
  [
    'a hard limit and an annotated utilization',
    { containerConcurrency: 12, annotations: auto({ 'target-utilization-percentage': '75' }), config: fraction(0.8) },
    9,
    12,
  ],
  ['a hard limit', { containerConcurrency: 10, config: fraction(0.8) }, 8, 10],
  ['a hard limit of one', { containerConcurrency: 1, config: fraction(1) }, 1, 1],
  ['a target', { annotations: auto({ target: '10' }), config: fraction(0.75) }, 7.5, 10],
  ['the least target', { annotations: auto({ target: '1' }), config: fraction(0.001) }, 0.01, 1],
  ['a target below the hard limit', { containerConcurrency: 10, annotations: auto({ target: '1' }), config: fraction(1) }, 1, 1],
  ['a target above the hard limit', { containerConcurrency: 1, annotations: auto({ target: '10' }), config: fraction(1) }, 1, 1],
  ['a target above the default', { annotations: auto({ target: '500' }), config: fraction(1) }, 500, 500],
  ['requests per second', { containerConcurrency: 1, annotations: auto({ metric: 'rps' }) }, 140, 200],
  ['requests per second and a target', { annotations: auto({ metric: 'rps', target: '300' }) }, 210, 300],
  [
    'requests per second and a utilization',
    { annotations: auto({ metric: 'rps', 'target-utilization-percentage': '75' }) },
    150,
    200,
  ],
])('the target with %s', (_, asked, target, total) => {
  const options = optionsOf(asked);
  expect(options.target).toBeCloseTo(target, 10);
  expect(options.total).toBe(total);
});

test.each<[Record<string, string>, Partial<ScalingOptions>]>([
  [
    { 'min-scale': '2', 'max-scale': '5', 'initial-scale': '3' },
    { minScale: 2, maxScale: 5, initialScale: 3 },
  ],
  [
    { minScale: '2', maxScale: '5', initialScale: '3' },
    { minScale: 2, maxScale: 5, initialScale: 3 },
  ],
  [{ 'min-scale': '4', minScale: '2' }, { minScale: 4 }],
  [{ 'min-scale': 'many' }, { minScale: 0 }],
  [{ 'initial-scale': '0' }, { initialScale: 1 }],
  [{ 'activation-scale': '3' }, { activationScale: 3 }],
  [{ window: '2m' }, { stableWindow: 120_000, ownWindow: true, panicWindow: 12_000 }],
  [{ window: '6s' }, { stableWindow: 6000, panicWindow: 1000 }],
  [{ window: '37s', 'panic-window-percentage': '50' }, { panicWindow: 19_000 }],
  [{ 'panic-threshold-percentage': '400' }, { panicThreshold: 4 }],
  [{ 'scale-down-delay': '15m' }, { scaleDownDelay: 900_000 }],
  [{ 'target-burst-capacity': '-1' }, { targetBurstCapacity: -1 }],
  [{ 'scale-to-zero-pod-retention-period': '1m5s' }, { lastPodRetention: 65_000 }],
  [{ 'metric-aggregation-algorithm': 'weightedExponential' }, { aggregation: 'weighted-exponential' }],
  [{ class: 'hpa.autoscaling.knative.dev', metric: 'memory' }, { metric: 'memory' }],
])('annotations %j mean %j', (annotations, want) => {
  expect(optionsOf({ annotations: auto(annotations) })).toMatchObject(want);
});

test('the deadline of a revision is its own if it has one', () => {
  expect(optionsOf({ annotations: { 'serving.knative.dev/progress-deadline': '5s' } }).activationTimeout).toBe(35_000);
});

test('an initial scale of zero counts where it is allowed', () => {
  const config = configWith({ allowZeroInitialScale: true });
  expect(optionsOf({ annotations: auto({ 'initial-scale': '0' }), config }).initialScale).toBe(0);
});

test('out of reach, neither minimum nor retention count', () => {
  const annotations = auto({ 'min-scale': '2', 'scale-to-zero-pod-retention-period': '1m' });
  expect(optionsOf({ annotations, reachability: 'Unreachable' })).toMatchObject({
    minScale: 0,
    lastPodRetention: 0,
    reachable: false,
  });
  expect(optionsOf({ annotations, reachability: '' })).toMatchObject({ minScale: 2, lastPodRetention: 60_000, reachable: true });
});

test('the decider is asked with all of it', () => {
  const options = optionsOf({ annotations: auto({ metric: 'rps', 'activation-scale': '2' }) });
  expect(deciderSpec(options, CONFIG.autoscaler, 4)).toEqual({
    metric: 'rps',
    aggregation: 'linear',
    target: 140,
    total: 200,
    maxScaleUpRate: 1000,
    maxScaleDownRate: 2,
    stableWindow: 60_000,
    panicWindow: 6000,
    panicThreshold: 2,
    scaleDownDelay: 0,
    targetBurstCapacity: 211,
    activatorCapacity: 100,
    initialScale: 1,
    activationScale: 2,
    reachable: true,
    readyPods: 4,
  });
});
