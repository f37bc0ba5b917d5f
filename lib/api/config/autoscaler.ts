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
