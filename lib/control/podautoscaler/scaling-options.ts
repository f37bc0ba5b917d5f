import {
  type AnnotationKey,
  type AutoscalerConfig,
  annotationOf,
  annotations,
  autoscalerClasses,
  type PodAutoscaler,
  parseDuration,
  type ServingConfig,
} from '../../api';

/** A target below this would want pods without end. */
const MIN_TARGET = 0.01;
/** Windows are counted in buckets of one second. */
const BUCKET_MS = 1000;
/** Pod failures are diagnosed once the Deployment has missed its deadline: scaling down waits a little longer than that. */
const ACTIVATION_BUFFER_MS = 30_000;

/** How a revision wants to be scaled: its annotations, and the installation's settings where it says nothing. Milliseconds. */
export interface ScalingOptions {
  readonly class: string;
  /** `concurrency`, `rps`; with the HPA class also `cpu`, `memory` or any name. */
  readonly metric: string;
  readonly aggregation: 'linear' | 'weighted-exponential';
  readonly minScale: number;
  /** 0: without limit. */
  readonly maxScale: number;
  readonly initialScale: number;
  readonly activationScale: number;
  /** What one pod should carry, of what it can. */
  readonly target: number;
  readonly total: number;
  /** The target as the annotation has it, if it does. */
  readonly annotatedTarget: number | undefined;
  readonly stableWindow: number;
  /** Whether the window is the revision's own. */
  readonly ownWindow: boolean;
  readonly panicWindow: number;
  readonly panicThreshold: number;
  readonly scaleDownDelay: number;
  readonly targetBurstCapacity: number;
  /** How long the last pod stays once nothing wants it. */
  readonly lastPodRetention: number;
  /** How long pods may take to become ready before they are given up. */
  readonly activationTimeout: number;
  readonly reachable: boolean;
}

/** Reads the options of a PodAutoscaler (https://knative.dev/docs/serving/autoscaling/). What cannot be parsed counts as absent. */
export function scalingOptions(pa: PodAutoscaler, config: ServingConfig): ScalingOptions {
  const { autoscaler, deployment } = config;
  const read = reader(pa);
  const reachable = pa.spec.reachability !== 'Unreachable';
  const className = read.text(annotations.class) ?? autoscalerClasses.kpa;
  const metric = read.text(annotations.metric) ?? (className === autoscalerClasses.hpa ? 'cpu' : 'concurrency');
  const annotatedTarget = read.float(annotations.target);
  const window = read.duration(annotations.window);
  const stableWindow = window ?? autoscaler.stableWindow;
  const panicPercentage = read.float(annotations.panicWindowPercentage) ?? autoscaler.panicWindowPercentage;
  const progressDeadline = read.duration(annotations.progressDeadline) ?? deployment.progressDeadline;
  return {
    class: className,
    metric,
    aggregation: aggregationOf(read.text(annotations.metricAggregationAlgorithm)),
    minScale: reachable ? (read.int(annotations.minScale) ?? autoscaler.minScale) : 0,
    maxScale: read.int(annotations.maxScale) ?? autoscaler.maxScale,
    initialScale: initialScaleOf(read.int(annotations.initialScale), autoscaler),
    activationScale: read.int(annotations.activationScale) ?? 0,
    ...targetOf(pa, metric, annotatedTarget, read.float(annotations.targetUtilizationPercentage), autoscaler),
    annotatedTarget,
    stableWindow,
    ownWindow: window !== undefined,
    panicWindow: Math.max(BUCKET_MS, Math.round((stableWindow * panicPercentage) / 100 / BUCKET_MS) * BUCKET_MS),
    panicThreshold: (read.float(annotations.panicThresholdPercentage) ?? autoscaler.panicThresholdPercentage) / 100,
    scaleDownDelay: read.duration(annotations.scaleDownDelay) ?? autoscaler.scaleDownDelay,
    targetBurstCapacity: read.float(annotations.targetBurstCapacity) ?? autoscaler.targetBurstCapacity,
    lastPodRetention: reachable
      ? (read.duration(annotations.scaleToZeroPodRetentionPeriod) ?? autoscaler.scaleToZeroPodRetentionPeriod)
      : 0,
    activationTimeout: progressDeadline + ACTIVATION_BUFFER_MS,
    reachable,
  };
}

function targetOf(
  pa: PodAutoscaler,
  metric: string,
  annotated: number | undefined,
  utilizationPercentage: number | undefined,
  config: AutoscalerConfig,
): Pick<ScalingOptions, 'target' | 'total'> {
  const hardLimit = pa.spec.containerConcurrency ?? 0;
  const rps = metric === 'rps';
  const byDefault = rps ? config.requestsPerSecondTargetDefault : hardLimit || config.containerConcurrencyTargetDefault;
  // A pod is never meant to have more requests in flight than it accepts.
  const capped =
    annotated !== undefined && metric === 'concurrency' && hardLimit !== 0 ? Math.min(annotated, hardLimit) : annotated;
  const total = capped ?? byDefault;
  const byConfig = rps ? config.targetUtilization : config.containerConcurrencyTargetFraction;
  const utilization = utilizationPercentage === undefined ? byConfig : utilizationPercentage / 100;
  return { target: Math.max(MIN_TARGET, total * utilization), total };
}

function initialScaleOf(own: number | undefined, config: AutoscalerConfig): number {
  return own === undefined || (own === 0 && !config.allowZeroInitialScale) ? config.initialScale : own;
}

function aggregationOf(text: string | undefined): ScalingOptions['aggregation'] {
  return text === 'weighted-exponential' || text === 'weightedExponential' ? 'weighted-exponential' : 'linear';
}

function reader(pa: PodAutoscaler) {
  const text = (key: AnnotationKey): string | undefined => annotationOf(pa.metadata.annotations, key);
  const parsed = (key: AnnotationKey, shape: RegExp): number | undefined => {
    const value = text(key);
    return value !== undefined && shape.test(value) ? Number(value) : undefined;
  };
  return {
    text,
    int: (key: AnnotationKey) => parsed(key, /^[+-]?\d+$/),
    float: (key: AnnotationKey) => parsed(key, /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/),
    duration: (key: AnnotationKey) => {
      const value = text(key);
      return value === undefined ? undefined : parseDuration(value);
    },
  };
}
