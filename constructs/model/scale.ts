import { type AnnotationKey, autoscalerClasses, annotations as keys } from '../../lib/api';
import { type FieldError, multipleOneOf, withRemedy } from '../../lib/base';
import { type DurationInput, durationText } from './duration';
import { ifSet } from './shape';

/**
 * How many requests one pod takes at the same time.
 * @see https://knative.dev/docs/serving/autoscaling/concurrency/
 */
export interface ConcurrencyProps {
  /** Requests that one pod should have at a time: what scaling aims at, not a limit. At least 0.01. @default 100 */
  readonly target?: number;
  /** Percentage of the target (or of the hard limit) at which pods are added, 1 to 100. @default 70 */
  readonly utilization?: number;
  /** Requests that one pod may have at a time; more wait. 0 is no limit, the most is 1000. @default 0 */
  readonly hardLimit?: number;
}

/**
 * How many pods run, and how fast that changes.
 * @see https://knative.dev/docs/serving/autoscaling/
 */
export interface ScaleProps {
  /** Fewest pods. @default 0: the service goes to zero when idle */
  readonly min?: number;
  /** Most pods; 0 is no limit. @default 0 */
  readonly max?: number;
  /** Pods that a new revision must reach to become ready; 0 only where the cluster allows it. @default 1 */
  readonly initial?: number;
  /** Pods to start when going up from zero, at least 2. @default 1 */
  readonly activation?: number;
  /** Time over which load is averaged, and after which an idle service goes to zero; 6 s to 1 h, whole seconds. @default '60s' */
  readonly window?: DurationInput;
  /** What is measured: with class `kpa` `concurrency` or `rps`, with `hpa` `cpu`, `memory` or the name of a metric. @default 'concurrency' */
  readonly metric?: string;
  /**
   * What one pod should have of the metric: requests a second for `rps`, percent for `cpu`, MiB for `memory`.
   * For concurrency write `concurrency.target`.
   * @default - 100 for concurrency, 200 for rps
   */
  readonly target?: number;
  /** Percentage of the target at which pods are added, 1 to 100; the same as `concurrency.utilization`. @default 70 */
  readonly utilization?: number;
  /** Time that load must be lower before pods are taken away, up to 1 h, whole seconds. @default '0s' */
  readonly downDelay?: DurationInput;
  /** Time for which the last pod is kept after the decision to go to zero, up to 1 h. @default '0s' */
  readonly retention?: DurationInput;
  /** Requests beyond capacity for which the pods must be ready at any time; -1 is unlimited. @default 211 */
  readonly burst?: number;
  /** When short bursts are answered at once, by a second and shorter window. */
  readonly panic?: {
    /** Length of the short window in percent of `window`, 1 to 100. @default 10 */
    readonly window?: number;
    /** Percent of capacity above which it counts, 110 to 1000. @default 200 */
    readonly threshold?: number;
  };
  /** How the values of a window are averaged. @default 'linear' */
  readonly aggregation?: 'linear' | 'weighted-exponential';
  /** Which autoscaler: `kpa` (Knative's), `hpa` (Kubernetes'), or the full name of another. @default 'kpa' */
  readonly class?: string;
}

type Value = string | number | undefined;

/** The annotations of the template that say how to scale; only what was set. */
export function scaleAnnotations(scale: ScaleProps = {}, concurrency: ConcurrencyProps = {}): Record<string, string> {
  const { panic } = scale;
  const values: readonly (readonly [AnnotationKey, Value])[] = [
    [keys.class, scale.class === 'kpa' || scale.class === 'hpa' ? autoscalerClasses[scale.class] : scale.class],
    [keys.metric, scale.metric],
    [keys.minScale, scale.min],
    [keys.maxScale, scale.max],
    [keys.initialScale, scale.initial],
    [keys.activationScale, scale.activation],
    [keys.window, ifSet(scale.window, durationText)],
    [keys.target, concurrency.target ?? scale.target],
    [keys.targetUtilizationPercentage, concurrency.utilization ?? scale.utilization],
    [keys.targetBurstCapacity, scale.burst],
    [keys.scaleDownDelay, ifSet(scale.downDelay, durationText)],
    [keys.scaleToZeroPodRetentionPeriod, ifSet(scale.retention, durationText)],
    [keys.panicWindowPercentage, panic?.window],
    [keys.panicThresholdPercentage, panic?.threshold],
    [keys.metricAggregationAlgorithm, scale.aggregation],
  ];
  return Object.fromEntries(values.flatMap(([[key], value]) => (value === undefined ? [] : [[key, String(value)]])));
}

/** What is wrong between `scale` and `concurrency` and cannot be seen in the annotations any more. */
export function scaleProblems(scale: ScaleProps = {}, concurrency: ConcurrencyProps = {}): FieldError[] {
  const twice = (name: 'target' | 'utilization') =>
    scale[name] === undefined || concurrency[name] === undefined
      ? []
      : [withRemedy(multipleOneOf(`concurrency.${name}`, `scale.${name}`), `Set one of the two: they are the same annotation.`)];
  const measured = scale.metric ?? 'concurrency';
  const wrongMetric: FieldError[] =
    concurrency.target !== undefined && measured !== 'concurrency'
      ? [
          {
            message: `a target for concurrency is set, but scaling measures ${measured}`,
            paths: ['concurrency.target'],
            remedy: 'Write the target of another metric as scale.target.',
          },
        ]
      : [];
  return [...twice('target'), ...twice('utilization'), ...wrongMetric];
}
