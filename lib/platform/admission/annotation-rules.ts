import { type AnnotationKey, annotations, autoscalerClasses } from '../../api';
import { type AdmissionRule, quoted } from './policy';

const INT = '^[+-]?[0-9]+$';
const FLOAT = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$';
const DURATION = '^[+-]?(0|(([0-9]+[.]?[0-9]*|[.][0-9]+)(ns|us|ms|s|m|h))+)$';
const MAX_INT32 = 2 ** 31 - 1;
const SCALE = "Write a whole number of pods in quotes, such as '3'; '0' lets a service go to zero, or grow without limit.";
const A_DURATION = "Write a duration such as '90s' or '10m'.";

/** CEL over one annotation of `variables.annotations`, by any of its spellings. */
export class AnnotationCel {
  readonly #found: string;
  /** Whether it is there. */
  readonly present: string;
  /** Its text, where it is. */
  readonly text: string;
  readonly #key: string;

  constructor(
    spellings: AnnotationKey,
    private readonly at: string,
  ) {
    const all = spellings.map((key) => `variables.annotations[?${quoted(key)}]`);
    this.#found = all.slice(1).reduce((expression, next) => `${expression}.or(${next})`, all[0]!);
    this.present = `${this.#found}.hasValue()`;
    this.text = `${this.#found}.orValue("")`;
    const [first, ...rest] = [...spellings].reverse();
    this.#key = rest.reduce(
      (otherwise, key) => `(${quoted(key)} in variables.annotations ? ${quoted(key)} : ${otherwise})`,
      quoted(first!),
    );
  }

  is(pattern: string): string {
    return `${this.text}.matches(${quoted(pattern)})`;
  }

  /** `HEAD: PATH. REMEDY` */
  says(head: string, remedy?: string): string {
    return `${head} + ${quoted(`: ${this.at}.`)} + ${this.#key}${remedy === undefined ? '' : ` + ${quoted(`. ${remedy}`)}`}`;
  }

  invalid(remedy?: string): string {
    return this.says(`"invalid value: " + ${this.text}`, remedy);
  }

  outside(low: string, high: string, remedy?: string): string {
    return this.says(`${quoted(`expected ${low} <= `)} + ${this.text} + ${quoted(` <= ${high}`)}`, remedy);
  }

  /** The whole number, or 0 where there is none. */
  get int(): string {
    return `(${this.is('^[+-]?[0-9]{1,18}$')} ? int(${this.text}) : 0)`;
  }

  get double(): string {
    return `(${this.is(FLOAT)} ? double(${this.text}) : 0.0)`;
  }

  get duration(): string {
    return `(${this.is(DURATION)} ? duration(${this.text}) : duration("0s"))`;
  }
}

/** A rule that counts where the annotation is there. */
const unless = (cel: AnnotationCel, fine: string, message: string): AdmissionRule => ({
  expression: `!${cel.present} || ${fine}`,
  message,
});

function scaleRules(cel: AnnotationCel): AdmissionRule[] {
  const fits = `(size(${cel.text}) < 19 && ${cel.int} >= 0 && ${cel.int} <= ${MAX_INT32})`;
  return [
    unless(cel, cel.is(INT), cel.invalid(SCALE)),
    unless(cel, `!${cel.is(INT)} || ${fits}`, cel.outside('0', String(MAX_INT32), SCALE)),
  ];
}

function floatRules(cel: AnnotationCel, fine: string, message: string): AdmissionRule[] {
  return [unless(cel, cel.is(FLOAT), cel.invalid()), unless(cel, `!${cel.is(FLOAT)} || ${fine}`, message)];
}

const within = (cel: AnnotationCel, low: number, high: number): AdmissionRule[] =>
  floatRules(cel, `(${cel.double} >= ${low}.0 && ${cel.double} <= ${high}.0)`, cel.outside(String(low), String(high)));

function durationRules(cel: AnnotationCel, low: string, high: string, wholeSeconds: boolean): AdmissionRule[] {
  const fits = `(${cel.duration} >= duration(${quoted(low)}) && ${cel.duration} <= duration(${quoted(high)}))`;
  const seconds = `${cel.duration}.getMilliseconds() % 1000 == 0`;
  return [
    unless(cel, cel.is(DURATION), cel.invalid(A_DURATION)),
    unless(cel, `!${cel.is(DURATION)} || ${fits}`, cel.outside(low, high)),
    ...(wholeSeconds
      ? [unless(cel, `!${fits} || ${seconds}`, cel.says('"must be specified with at most second precision"'))]
      : []),
  ];
}

/** A duration of whole seconds that is not negative, as of a rollout. */
export function wholeSeconds(key: AnnotationKey, at: string, label: string): AdmissionRule[] {
  const cel = new AnnotationCel(key, at);
  return [
    unless(cel, cel.is(DURATION), cel.invalid(A_DURATION)),
    unless(
      cel,
      `${cel.duration}.getMilliseconds() % 1000 == 0`,
      cel.says(`${quoted(`${label}=`)} + ${cel.text} + " is not at second precision"`),
    ),
    unless(cel, `${cel.duration} >= duration("0s")`, cel.says(`${quoted(`${label}=`)} + ${cel.text} + " must be positive"`)),
  ];
}

function classAndMetric(at: string): AdmissionRule[] {
  const [klass, metric] = [new AnnotationCel(annotations.class, at), new AnnotationCel(annotations.metric, at)];
  const algorithm = new AnnotationCel(annotations.metricAggregationAlgorithm, at);
  const { kpa, hpa } = autoscalerClasses;
  const isKpa = `${klass.text} == ${quoted(kpa)}`;
  return [
    unless(
      klass,
      `!${klass.text}.endsWith(".knative.dev") || ${klass.text} in ${JSON.stringify([kpa, hpa])}`,
      klass.invalid(`Use '${kpa}' or '${hpa}'.`),
    ),
    unless(
      metric,
      `!(${isKpa}) || ${metric.text} in ["concurrency", "rps"]`,
      metric.invalid(`Use 'concurrency' or 'rps', or the class '${hpa}' for other metrics.`),
    ),
    unless(metric, `${klass.text} != ${quoted(hpa)} || ${metric.text} != ""`, metric.invalid()),
    unless(
      algorithm,
      `!(${isKpa}) || ${algorithm.text} in ["", "linear", "weighted-exponential", "weightedExponential"]`,
      algorithm.invalid("Use 'linear' or 'weighted-exponential'."),
    ),
  ];
}

/** What upstream's webhook says of the `autoscaling.knative.dev` annotations of a template or a revision; settings apart. */
export function autoscalingRules(at: string): AdmissionRule[] {
  const of = (key: AnnotationKey) => new AnnotationCel(key, at);
  const [min, max, activation] = [of(annotations.minScale), of(annotations.maxScale), of(annotations.activationScale)];
  const [initial, burst, target] = [of(annotations.initialScale), of(annotations.targetBurstCapacity), of(annotations.target)];
  return [
    ...classAndMetric(at),
    ...scaleRules(min),
    ...scaleRules(max),
    {
      expression: `${max.int} == 0 || ${max.int} >= ${min.int}`,
      message: max.says(
        `"max-scale=" + ${max.text} + " is less than min-scale=" + ${min.text}`,
        'Raise max-scale, or lower min-scale.',
      ),
    },
    unless(activation, activation.is(INT), activation.invalid()),
    unless(
      activation,
      `!${activation.is(INT)} || ${activation.int} >= ${min.int}`,
      activation.says(`"min-scale=" + ${min.text} + " is greater than activation-scale=" + ${activation.text}`),
    ),
    unless(
      activation,
      `!${activation.is(INT)} || ${max.int} == 0 || ${activation.int} <= ${max.int}`,
      activation.says(`"max-scale=" + ${max.text} + " is less than activation-scale=" + ${activation.text}`),
    ),
    unless(
      activation,
      `!${activation.is(INT)} || ${activation.int} >= 2`,
      activation.says(`"activation-scale=" + ${activation.text} + " must be greater than 1"`),
    ),
    ...within(of(annotations.panicWindowPercentage), 1, 100),
    ...within(of(annotations.panicThresholdPercentage), 110, 1000),
    ...floatRules(target, `${target.double} >= 0.01`, target.says(`"target " + ${target.text} + " should be at least 0.01"`)),
    ...within(of(annotations.targetUtilizationPercentage), 1, 100),
    ...floatRules(
      burst,
      `${burst.double} >= 0.0 || ${burst.double} == -1.0`,
      burst.invalid('Use 0 or more, or -1 to keep the activator in the path always.'),
    ),
    ...durationRules(of(annotations.window), '6s', '1h0m0s', true),
    ...durationRules(of(annotations.scaleToZeroPodRetentionPeriod), '0s', '1h0m0s', false),
    ...durationRules(of(annotations.scaleDownDelay), '0s', '1h0m0s', true),
    unless(initial, `${initial.is(INT)} && ${initial.int} >= 0`, initial.invalid('Write a whole number of pods in quotes.')),
  ];
}

/** Whether pods have the sidecar: a text that is neither is no answer. */
export function queueSidecarRules(at: string): AdmissionRule[] {
  const enabled = new AnnotationCel(annotations.queueSidecarEnabled, at);
  return [unless(enabled, `${enabled.text} in ["true", "false"]`, enabled.invalid('Write "true" or "false".'))];
}

/** What depends on config-autoscaler, which is `params`. */
export function scaleLimitRules(at: string): AdmissionRule[] {
  const [initial, max] = [new AnnotationCel(annotations.initialScale, at), new AnnotationCel(annotations.maxScale, at)];
  const setting = (key: string, otherwise: string) => `params.?data[?${quoted(key)}].orValue(${quoted(otherwise)})`;
  const limit = `(${setting('max-scale-limit', '0')}.matches("^[0-9]{1,9}$") ? int(${setting('max-scale-limit', '0')}) : 0)`;
  return [
    unless(
      initial,
      `${initial.int} != 0 || !${initial.is(INT)} || ${setting('allow-zero-initial-scale', 'false')} in ["1", "t", "T", "true", "TRUE", "True"]`,
      `${initial.says(`"invalid value: " + ${initial.text}`)} + ${quoted(
        "=0 not allowed by cluster. Set allow-zero-initial-scale: 'true' in ConfigMap config-autoscaler, or start with 1.",
      )}`,
    ),
    unless(
      max,
      `${limit} == 0 || (${max.int} <= ${limit} && ${max.int} >= 1)`,
      max.says(`"expected 1 <= " + ${max.text} + " <= " + ${setting('max-scale-limit', '0')}`),
    ),
  ];
}
