import { formatDuration } from '../duration';
import { type ConfigData, ConfigReader, isWholeSeconds } from './config-data';

/** config-autoscaler. Durations in milliseconds, percentages as Knative writes them unless the name says fraction. */
export interface AutoscalerConfig {
  readonly podAutoscalerClass: string;
  readonly enableScaleToZero: boolean;
  readonly allowZeroInitialScale: boolean;
  /** `container-concurrency-target-percentage` as a fraction, 0 to 1. */
  readonly containerConcurrencyTargetFraction: number;
  readonly containerConcurrencyTargetDefault: number;
  /** Utilization for metrics other than concurrency, as a fraction; not configurable. */
  readonly targetUtilization: number;
  readonly requestsPerSecondTargetDefault: number;
  /** -1: without limit. */
  readonly targetBurstCapacity: number;
  readonly activatorCapacity: number;
  readonly maxScaleUpRate: number;
  readonly maxScaleDownRate: number;
  readonly stableWindow: number;
  readonly panicWindowPercentage: number;
  readonly panicThresholdPercentage: number;
  readonly scaleToZeroGracePeriod: number;
  readonly scaleToZeroPodRetentionPeriod: number;
  readonly scaleDownDelay: number;
  readonly initialScale: number;
  readonly minScale: number;
  /** 0: without limit. */
  readonly maxScale: number;
  /** The most that an annotation may ask for; 0: without limit. */
  readonly maxScaleLimit: number;
}

/** Upstream's defaults of config-autoscaler. */
export const defaultAutoscalerConfig: AutoscalerConfig = {
  podAutoscalerClass: 'kpa.autoscaling.knative.dev',
  enableScaleToZero: true,
  allowZeroInitialScale: false,
  containerConcurrencyTargetFraction: 0.7,
  containerConcurrencyTargetDefault: 100,
  targetUtilization: 0.7,
  requestsPerSecondTargetDefault: 200,
  targetBurstCapacity: 211,
  activatorCapacity: 100,
  maxScaleUpRate: 1000,
  maxScaleDownRate: 2,
  stableWindow: 60_000,
  panicWindowPercentage: 10,
  panicThresholdPercentage: 200,
  scaleToZeroGracePeriod: 30_000,
  scaleToZeroPodRetentionPeriod: 0,
  scaleDownDelay: 0,
  initialScale: 1,
  minScale: 0,
  maxScale: 0,
  maxScaleLimit: 0,
};

function read(data: ConfigReader): AutoscalerConfig {
  const base = defaultAutoscalerConfig;
  const percentage = data.float(base.containerConcurrencyTargetFraction, 'container-concurrency-target-percentage');
  return {
    podAutoscalerClass: data.string(base.podAutoscalerClass, 'pod-autoscaler-class'),
    enableScaleToZero: data.bool(base.enableScaleToZero, 'enable-scale-to-zero'),
    allowZeroInitialScale: data.bool(base.allowZeroInitialScale, 'allow-zero-initial-scale'),
    // Up to 1 the value is a fraction already.
    containerConcurrencyTargetFraction: percentage > 1 ? percentage / 100 : percentage,
    containerConcurrencyTargetDefault: data.float(base.containerConcurrencyTargetDefault, 'container-concurrency-target-default'),
    targetUtilization: base.targetUtilization,
    requestsPerSecondTargetDefault: data.float(base.requestsPerSecondTargetDefault, 'requests-per-second-target-default'),
    targetBurstCapacity: data.float(base.targetBurstCapacity, 'target-burst-capacity'),
    activatorCapacity: data.float(base.activatorCapacity, 'activator-capacity'),
    maxScaleUpRate: data.float(base.maxScaleUpRate, 'max-scale-up-rate'),
    maxScaleDownRate: data.float(base.maxScaleDownRate, 'max-scale-down-rate'),
    stableWindow: data.duration(base.stableWindow, 'stable-window'),
    panicWindowPercentage: data.float(base.panicWindowPercentage, 'panic-window-percentage'),
    panicThresholdPercentage: data.float(base.panicThresholdPercentage, 'panic-threshold-percentage'),
    scaleToZeroGracePeriod: data.duration(base.scaleToZeroGracePeriod, 'scale-to-zero-grace-period'),
    scaleToZeroPodRetentionPeriod: data.duration(base.scaleToZeroPodRetentionPeriod, 'scale-to-zero-pod-retention-period'),
    scaleDownDelay: data.duration(base.scaleDownDelay, 'scale-down-delay'),
    initialScale: data.int(base.initialScale, 'initial-scale'),
    minScale: data.int(base.minScale, 'min-scale'),
    maxScale: data.int(base.maxScale, 'max-scale'),
    maxScaleLimit: data.int(base.maxScaleLimit, 'max-scale-limit'),
  };
}

const SECONDS = 'must be specified with at most second precision';

function check(data: ConfigReader, c: AutoscalerConfig): void {
  const duration = formatDuration;
  const fraction = c.containerConcurrencyTargetFraction;
  const target = fraction * c.containerConcurrencyTargetDefault;
  const leastMaxScale = c.maxScaleLimit > 0 ? 1 : 0;
  data.require(
    [c.scaleToZeroGracePeriod > 0, `scale-to-zero-grace-period must be positive, was: ${duration(c.scaleToZeroGracePeriod)}`],
    [c.scaleDownDelay >= 0, `scale-down-delay cannot be negative, was: ${duration(c.scaleDownDelay)}`],
    [isWholeSeconds(c.scaleDownDelay), `scale-down-delay = ${duration(c.scaleDownDelay)}, ${SECONDS}`],
    [
      c.scaleToZeroPodRetentionPeriod >= 0,
      `scale-to-zero-pod-retention-period cannot be negative, was: ${duration(c.scaleToZeroPodRetentionPeriod)}`,
    ],
    [
      c.targetBurstCapacity >= 0 || c.targetBurstCapacity === -1,
      `target-burst-capacity must be either non-negative or -1 (for unlimited), was: ${c.targetBurstCapacity.toFixed(6)}`,
    ],
    [
      fraction > 0 && fraction <= 1,
      `container-concurrency-target-percentage = ${fraction.toFixed(6)} is outside of valid range of (0, 100]`,
    ],
    [
      target >= 0.01,
      `container-concurrency-target-percentage and container-concurrency-target-default yield target concurrency of ${target}, can't be less than 0.01`,
    ],
    [
      c.requestsPerSecondTargetDefault >= 0.01,
      `requests-per-second-target-default must be at least 0.01, was: ${c.requestsPerSecondTargetDefault}`,
    ],
    [c.activatorCapacity >= 1, `activator-capacity = ${c.activatorCapacity}, must be at least 1`],
    [c.maxScaleUpRate > 1, `max-scale-up-rate = ${c.maxScaleUpRate}, must be greater than 1.0`],
    [c.maxScaleDownRate > 1, `max-scale-down-rate = ${c.maxScaleDownRate}, must be greater than 1.0`],
    [
      c.stableWindow >= 6_000 && c.stableWindow <= 3_600_000,
      `stable-window = ${duration(c.stableWindow)}, must be in [6s; 1h0m0s] range`,
    ],
    [isWholeSeconds(c.stableWindow), `stable-window = ${duration(c.stableWindow)}, ${SECONDS}`],
    [
      c.panicWindowPercentage >= 1 && c.panicWindowPercentage <= 100,
      `panic-window-percentage = ${c.panicWindowPercentage}, must be in [1, 100] interval`,
    ],
    [
      c.initialScale > 0 || (c.initialScale === 0 && c.allowZeroInitialScale),
      `initial-scale = ${c.initialScale}, must be at least 0 (or at least 1 when allow-zero-initial-scale is false)`,
    ],
    [c.minScale >= 0, `min-scale = ${c.minScale}, must be at least 0`],
    [
      c.maxScale >= leastMaxScale && (c.maxScaleLimit <= 0 || c.maxScale <= c.maxScaleLimit),
      `max-scale = ${c.maxScale}, must be in [${leastMaxScale}, max-scale-limit(${c.maxScaleLimit})] range`,
    ],
    [c.maxScaleLimit >= 0, `max-scale-limit = ${c.maxScaleLimit}, must be at least 0`],
    [c.minScale <= c.maxScale || c.maxScale <= 0, `min-scale (${c.minScale}) must be less than max-scale (${c.maxScale})`],
  );
}

/** config-autoscaler from its data. Throws KNC2201 with upstream's message if a value is wrong. */
export function parseAutoscalerConfig(data: ConfigData): AutoscalerConfig {
  const reader: ConfigReader = new ConfigReader('config-autoscaler', data);
  const config = read(reader);
  check(reader, config);
  return config;
}
