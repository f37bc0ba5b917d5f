import { Yaml } from 'cdk8s';
import { type EventingFeatures, equivalentOf, findType, type KubeObject, knativeTypes, validate } from '../../lib/api';
import { type FieldError, isJsonObject } from '../../lib/base';
import { declaredFeatures, findings, type ModelObject, type WarningRule } from '../model';
import type { Validation, ValidationContext, ValidationViolation } from './cdk8s-cli';

/** `properties` of the plugin in cdk8s.yaml. */
export interface KnativeValidationProps {
  /** Let warnings fail too. @default false */
  readonly strict?: boolean;
  /** Warnings that are known and accepted. Errors cannot be silenced. @default - none */
  readonly silence?: readonly WarningRule[];
}

interface Finding {
  readonly rule: string;
  readonly error: FieldError;
}

const GROUPS = new Set(knativeTypes.map(({ group }) => group));
/** Kinds that constructs make; what some clusters allow is only warned of in these. */
const MODELLED =
  /^(serving\.knative\.dev\/.*:(Service|Route|DomainMapping)|(eventing|messaging|flows|sources|sinks)\.knative\.dev\/.*)$/;
const NO_REMEDY = 'Change the fields that are named; see docs/errors.md#knc2001.';

function isObject(value: unknown): value is KubeObject {
  return (
    isJsonObject(value) &&
    typeof value['apiVersion'] === 'string' &&
    typeof value['kind'] === 'string' &&
    isJsonObject(value['metadata'])
  );
}

/**
 * A validation plugin of cdk8s-cli: checks every Knative object that an app synthesizes, however it was made, with the rules and words
 * of Knative's own webhook.
 *
 *     # cdk8s.yaml
 *     validations:
 *       - package: ./node_modules/knative-constructs
 *         version: 0.1.0
 *         class: KnativeValidation
 *         properties: { strict: true }
 *
 * @see https://cdk8s.io/docs/latest/cli/synth/#validations
 */
export class KnativeValidation implements Validation {
  readonly #strict: boolean;
  readonly #silence: ReadonlySet<string>;

  constructor(props: KnativeValidationProps = {}) {
    this.#strict = props.strict === true;
    this.#silence = new Set(props.silence ?? []);
  }

  /** Reports every violation and submits the report; warnings are logged unless `strict`. */
  async validate(context: ValidationContext): Promise<void> {
    const { manifests, report, logger } = context;
    const violations = new Map<string, ValidationViolation>();
    let [objects, warnings] = [0, 0];
    const parsed = manifests.map((manifestPath) => ({
      manifestPath,
      all: context.parseManifest(manifestPath).filter(isObject),
    }));
    const features = declaredFeatures(parsed.flatMap(({ all }) => all));
    for (const { manifestPath, all } of parsed) {
      for (const object of all) {
        if (!GROUPS.has(object.apiVersion.split('/')[0]!) && !equivalentOf(object)) continue;
        objects++;
        const { errors, warned } = this.#check(object, features);
        warnings += warned.length;
        const name = `${object.kind} ${object.metadata.name}`;
        if (!this.#strict) for (const { error, rule } of warned) logger.log(`warning: ${name}: ${lineOf(error)} (${rule})`);
        for (const found of this.#strict ? [...errors, ...warned] : errors) add(violations, found, object, manifestPath);
      }
    }
    for (const violation of violations.values()) report.addViolation(violation);
    report.submit(violations.size > 0 ? 'failure' : 'success', { objects: String(objects), warnings: String(warnings) });
  }

  #check(
    object: KubeObject,
    features: EventingFeatures | undefined,
  ): { readonly errors: readonly Finding[]; readonly warned: readonly Finding[] } {
    if (!findType(object.apiVersion, object.kind)) {
      const old = outdated(object);
      if (old) return { errors: [{ rule: 'KNC2101', error: old }], warned: [] };
      const message = `no kind ${JSON.stringify(object.kind)} is served in ${object.apiVersion}`;
      return { errors: [{ rule: 'KNC2101', error: { message, paths: ['kind'] } }], warned: [] };
    }
    if (!MODELLED.test(`${object.apiVersion}:${object.kind}`)) {
      const errors = validate(object).filter(({ level }) => level !== 'warning');
      return { errors: errors.map((error) => ({ rule: 'KNC2001', error })), warned: [] };
    }
    const { errors, warnings } = findings(object as ModelObject, [], undefined, () => features);
    const heard = warnings.filter(
      ({ rule }) => !this.#silence.has(rule) && (rule !== 'revision-like-name' || object.kind === 'Service'),
    );
    return {
      errors: errors.map((error) => ({ rule: 'KNC2001', error })),
      warned: heard.map((error) => ({ rule: error.rule, error })),
    };
  }
}

/** A kind, or a version of one, that was there once: what it is written as today. */
function outdated(object: KubeObject): FieldError | undefined {
  const equivalent = equivalentOf(object);
  if (!equivalent) return undefined;
  const message = `kind ${JSON.stringify(object.kind)} of ${object.apiVersion} is no longer there`;
  const remedy = `Write today:\n${Yaml.stringify(...equivalent.objects)}${equivalent.note ? `# ${equivalent.note}\n` : ''}`;
  return { message, paths: ['kind'], remedy };
}

const lineOf = ({ message, details, paths }: FieldError): string =>
  `${message}${paths.length > 0 ? `: ${paths.join(', ')}` : ''}${details ? ` (${details})` : ''}`.replace(/\s*\n\s*/g, ' ');

/** One violation for all objects that break a rule in the same way. */
function add(
  violations: Map<string, ValidationViolation>,
  { rule, error }: Finding,
  object: KubeObject,
  manifestPath: string,
): void {
  const recommendation = lineOf({ ...error, paths: [] });
  const fix = error.remedy ?? NO_REMEDY;
  const key = JSON.stringify([rule, recommendation, fix]);
  const before = violations.get(key);
  const resource = { resourceName: object.metadata.name ?? '', manifestPath, locations: [...error.paths] };
  violations.set(key, {
    ruleName: rule,
    recommendation,
    fix,
    violatingResources: [...(before?.violatingResources ?? []), resource],
  });
}
