import { type FieldError, generic, invalidValue, outOfBounds, withRemedy } from '../../base';
import type { AutoscalerConfig } from '../config';
import { formatDuration, parseDuration } from '../duration';
import { parseGoFloat, parseGoInt } from '../go-number';
import { type AnnotationKey, annotations, autoscalerClasses, findAnnotation } from '../keys';

type All = Readonly<Record<string, string>> | undefined;

const MAX_INT32 = 2 ** 31 - 1;
const WINDOW_MIN = 6_000;
const WINDOW_MAX = 3_600_000;
const SCALE_REMEDY = 'Write a whole number of pods in quotes, such as "3"; "0" lets a service go to zero, or grow without limit.';
const DURATION_REMEDY = 'Write a duration such as "90s" or "10m".';

/** The value of a whole number of at least 0, and what is wrong with it; 0 if it is absent or wrong. */
function scale(all: All, key: AnnotationKey): readonly [number, FieldError[]] {
  const found = findAnnotation(all, key);
  if (!found) return [0, []];
  const value = parseGoInt(found.value);
  if (value === undefined) return [0, [withRemedy(invalidValue(found.value, found.key), SCALE_REMEDY)]];
  if (value < 0 || value > MAX_INT32) return [0, [withRemedy(outOfBounds(found.value, 0, MAX_INT32, found.key), SCALE_REMEDY)]];
  return [value, []];
}

function classErrors(all: All): FieldError[] {
  const found = findAnnotation(all, annotations.class);
  if (!found?.value.endsWith('.knative.dev') || Object.values<string>(autoscalerClasses).includes(found.value)) return [];
  return [withRemedy(invalidValue(found.value, found.key), `Use "${autoscalerClasses.kpa}" or "${autoscalerClasses.hpa}".`)];
}

function limitErrors(max: number, key: string, limit: number): FieldError[] {
  if (limit === 0) return [];
  if (max > limit) return [outOfBounds(max, 1, limit, key)];
  return max === 0 ? [generic(`max-scale=0 (unlimited), must be less than ${limit}`, key)] : [];
}

function activationScaleErrors(all: All, min: number, max: number): FieldError[] {
  const found = findAnnotation(all, annotations.activationScale);
  if (!found) return [];
  const value = parseGoInt(found.value);
  if (value === undefined || Math.abs(value) > MAX_INT32) return [invalidValue(found.value, found.key)];
  if (min > value) return [generic(`min-scale=${min} is greater than activation-scale=${value}`, found.key)];
  if (max < value && max !== 0) return [generic(`max-scale=${max} is less than activation-scale=${value}`, found.key)];
  return value < 2 ? [generic(`activation-scale=${value} must be greater than 1`, found.key)] : [];
}

function minMaxErrors(all: All, config: AutoscalerConfig): FieldError[] {
  const [min, minErrors] = scale(all, annotations.minScale);
  const [max, maxErrors] = scale(all, annotations.maxScale);
  const maxKey = findAnnotation(all, annotations.maxScale)?.key;
  return [
    ...minErrors,
    ...maxErrors,
    ...(max !== 0 && max < min
      ? [
          withRemedy(
            generic(`max-scale=${max} is less than min-scale=${min}`, annotations.maxScale[0], annotations.minScale[0]),
            `Raise max-scale to at least ${min}, or lower min-scale.`,
          ),
        ]
      : []),
    ...(maxKey ? limitErrors(max, maxKey, config.maxScaleLimit) : []),
    ...activationScaleErrors(all, min, max),
  ];
}

/** A number that must parse and then pass `check`, which gives the error. */
function floatErrors(
  all: All,
  key: AnnotationKey,
  check: (value: number, text: string, key: string) => FieldError | undefined,
): FieldError[] {
  const found = findAnnotation(all, key);
  if (!found) return [];
  const value = parseGoFloat(found.value);
  if (value === undefined) return [invalidValue(found.value, found.key)];
  const error = check(value, found.value, found.key);
  return error ? [error] : [];
}

const within = (low: number, high: number) => (value: number, text: string, key: string) =>
  value < low || value > high ? outOfBounds(text, low, high, key) : undefined;

function numberErrors(all: All): FieldError[] {
  return [
    ...floatErrors(all, annotations.panicWindowPercentage, within(1, 100)),
    ...floatErrors(all, annotations.panicThresholdPercentage, within(110, 1000)),
    ...floatErrors(all, annotations.target, (value, text, key) =>
      value < 0.01 ? generic(`target ${text} should be at least 0.01`, key) : undefined,
    ),
    ...floatErrors(all, annotations.targetUtilizationPercentage, within(1, 100)),
    ...floatErrors(all, annotations.targetBurstCapacity, (value, text, key) =>
      value < 0 && value !== -1
        ? withRemedy(invalidValue(text, key), 'Use 0 or more, or -1 to keep the activator in the path always.')
        : undefined,
    ),
  ];
}

/** A duration between two bounds, of whole seconds if asked. */
function durationErrors(all: All, key: AnnotationKey, low: number, high: number, wholeSeconds: boolean): FieldError[] {
  const found = findAnnotation(all, key);
  if (!found) return [];
  const duration = parseDuration(found.value);
  if (duration === undefined) return [withRemedy(invalidValue(found.value, found.key), DURATION_REMEDY)];
  if (duration < low || duration > high) {
    return [outOfBounds(found.value, formatDuration(low), formatDuration(high), found.key)];
  }
  return wholeSeconds && duration % 1000 !== 0 ? [generic('must be specified with at most second precision', found.key)] : [];
}

const METRICS: Readonly<Record<string, (metric: string) => boolean>> = {
  [autoscalerClasses.kpa]: (metric) => metric === 'concurrency' || metric === 'rps',
  [autoscalerClasses.hpa]: (metric) => metric !== '',
};

function metricErrors(all: All, config: AutoscalerConfig): FieldError[] {
  const found = findAnnotation(all, annotations.metric);
  if (!found) return [];
  const autoscaler = findAnnotation(all, annotations.class)?.value ?? config.podAutoscalerClass;
  const supports = Object.hasOwn(METRICS, autoscaler) ? METRICS[autoscaler] : undefined;
  if (!supports || supports(found.value)) return [];
  const error = invalidValue(found.value, found.key);
  if (autoscaler !== autoscalerClasses.kpa) return [error];
  return [withRemedy(error, `Use "concurrency" or "rps", or the class "${autoscalerClasses.hpa}" for other metrics.`)];
}

function algorithmErrors(all: All): FieldError[] {
  if (findAnnotation(all, annotations.class)?.value !== autoscalerClasses.kpa) return [];
  const found = findAnnotation(all, annotations.metricAggregationAlgorithm);
  const known = ['', 'linear', 'weighted-exponential', 'weightedExponential'];
  if (!found || known.includes(found.value)) return [];
  return [withRemedy(invalidValue(found.value, found.key), 'Use "linear" or "weighted-exponential".')];
}

function initialScaleErrors(all: All, config: AutoscalerConfig): FieldError[] {
  const found = findAnnotation(all, annotations.initialScale);
  if (!found) return [];
  const value = parseGoInt(found.value);
  if (value === undefined) return [invalidValue(found.value, found.key)];
  if (value < 0) return [invalidValue(found.value, `${found.key} must be greater than 0`)];
  if (value > 0 || config.allowZeroInitialScale) return [];
  return [
    withRemedy(
      invalidValue(found.value, `${found.key}=0 not allowed by cluster`),
      'Set allow-zero-initial-scale: "true" in ConfigMap config-autoscaler, or start with 1.',
    ),
  ];
}

/** What is wrong with the `autoscaling.knative.dev` annotations of a revision or a template; paths are their keys. */
export function autoscalingAnnotationErrors(all: All, config: AutoscalerConfig): FieldError[] {
  return [
    ...classErrors(all),
    ...minMaxErrors(all, config),
    ...numberErrors(all),
    ...durationErrors(all, annotations.window, WINDOW_MIN, WINDOW_MAX, true),
    ...durationErrors(all, annotations.scaleToZeroPodRetentionPeriod, 0, WINDOW_MAX, false),
    ...durationErrors(all, annotations.scaleDownDelay, 0, WINDOW_MAX, true),
    ...metricErrors(all, config),
    ...algorithmErrors(all),
    ...initialScaleErrors(all, config),
  ];
}
