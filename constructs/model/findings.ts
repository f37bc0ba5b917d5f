import { defaultFeaturesConfig, defaultServingConfig, type EventingFeatures, type ServingConfig, validate } from '../../lib/api';
import { type FieldError, formatFieldError } from '../../lib/base';
import type { ModelObject } from './api-types';
import type { WarningRule } from './metadata';
import { isRevisionLike, nameProblems } from './names';

/** What is wrong with an object: errors refuse it; warnings, each under a rule by which it can be silenced, do not. */
export interface Findings {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly (FieldError & { readonly rule: WarningRule })[];
}

/** Something that the model found; a warning says under which rule. */
export type Problem = FieldError & { readonly rule?: WarningRule };

/** A cluster on which everything is allowed that some cluster allows: what it refuses is wrong everywhere. */
const permissive: ServingConfig = {
  ...defaultServingConfig,
  autoscaler: { ...defaultServingConfig.autoscaler, allowZeroInitialScale: true },
  defaults: {
    ...defaultServingConfig.defaults,
    maxRevisionTimeout: Number.POSITIVE_INFINITY,
    containerConcurrencyMaxLimit: Number.POSITIVE_INFINITY,
  },
  features: {
    ...(Object.fromEntries(Object.keys(defaultFeaturesConfig).map((key) => [key, 'Enabled'])) as typeof defaultFeaturesConfig),
    securePodDefaults: defaultFeaturesConfig.securePodDefaults,
  },
  eventing: {
    ...defaultServingConfig.eventing,
    features: {
      crossNamespaceEventLinks: true,
      deliveryTimeout: true,
      deliveryRetryAfter: true,
      authenticationOidc: true,
      defaultAuthorizationMode: 'allow-all',
      newApiServerSourceFilters: true,
      eventTypeAutoCreate: true,
    },
  },
};

/** Said of every container without a full securityContext; at synthesis it would drown everything else. */
const INSECURE_DEFAULT = 'Kubernetes default value is insecure';
/** How fields are refused that are not known, or not allowed where they stand. */
const NOT_A_FIELD = /^(must not set the field\(s\)|unknown field )/;

/**
 * Everything wrong with the final object.
 * @param problems what the model found in the props
 * @param unpatched the object before escape hatches, where any were used: fields that they added are let through
 * @param features what the app itself says of the features of Knative Eventing. Default: nothing
 */
export function findings(
  object: ModelObject,
  problems: readonly Problem[],
  unpatched?: ModelObject,
  features: () => EventingFeatures | undefined = () => undefined,
): Findings {
  const before = unpatched && new Set(validate(unpatched, permissive).map(formatFieldError));
  const byHatch = (error: FieldError) =>
    before !== undefined && NOT_A_FIELD.test(error.message) && !before.has(formatFieldError(error));
  const { everywhere, somewhere } = validateEverywhere(object, features);
  const { name } = object.metadata ?? {};
  const all: Problem[] = [...problems, ...nameProblems(object), ...everywhere];
  return {
    errors: all.filter((error) => !isWarning(error) && !byHatch(error)),
    warnings: [
      ...all.filter(byHatch).map((error) => ({ ...error, rule: 'unknown-field' as const })),
      ...somewhere.map((error) => ({ ...error, rule: 'cluster-setting' as const })),
      ...(isServing(object) && isRevisionLike(name) ? [revisionLike(name!)] : []),
      ...all
        .filter((error) => isWarning(error) && !error.message.startsWith(INSECURE_DEFAULT))
        .map((error) => ({ ...error, rule: error.rule ?? ('upstream' as const) })),
    ],
  };
}

/** What the cluster says that has default settings, but for the features that the app sets. */
function validateByDefault(object: ModelObject, features: () => EventingFeatures | undefined): FieldError[] {
  const errors = validate(object);
  const set = errors.every(isWarning) ? undefined : features();
  if (!set) return errors;
  return validate(object, { ...defaultServingConfig, eventing: { ...defaultServingConfig.eventing, features: set } });
}

/** What every cluster refuses, and what only a cluster with default settings does; both in the words of the latter. */
function validateEverywhere(
  object: ModelObject,
  features: () => EventingFeatures | undefined,
): { everywhere: FieldError[]; somewhere: FieldError[] } {
  const byDefault = validateByDefault(object, features);
  if (byDefault.every(isWarning)) return { everywhere: byDefault, somewhere: [] };
  const strict = validate(object, permissive);
  const wrongEverywhere = overlapping(strict);
  const saidByDefault = overlapping(byDefault);
  const [always, sometimes] = [byDefault.filter(wrongEverywhere), byDefault.filter((error) => !wrongEverywhere(error))];
  return { everywhere: [...always, ...strict.filter((error) => !saidByDefault(error))], somewhere: sometimes };
}

/** Whether an error concerns a field that one of `errors` concerns. */
function overlapping(errors: readonly FieldError[]): (error: FieldError) => boolean {
  const fields = new Set(errors.flatMap(fieldsOf));
  return (error) => fieldsOf(error).some((field) => fields.has(field));
}

/** The fields of an error; without its value, which some paths carry and which makes errors comparable. */
const fieldsOf = ({ level, paths }: FieldError) => paths.map((path) => `${level ?? 'error'} ${path.replace(/=.*/, '')}`);

/** Names of other kinds do not meet those of revisions. */
const isServing = ({ apiVersion }: ModelObject) => apiVersion.startsWith('serving.');

const isWarning = ({ level }: FieldError) => level === 'warning';

const revisionLike = (name: string) => ({
  message: `"${name}" has the form in which Knative names revisions`,
  paths: ['metadata.name'],
  remedy: `A service "${name.replace(/-\d{5}(-private)?$/, '')}" in the same namespace would collide with it.`,
  rule: 'revision-like-name' as const,
});

/** The error on one line: code, field path, what is wrong, how to fix it. */
export function findingLine(code: 'KNC1001' | 'KNC1101', { message, paths, details, remedy }: FieldError): string {
  const where = paths.length > 0 ? `${[...paths].sort().join(', ')}: ` : '';
  return oneLine(`${code} ${where}${message}${details ? ` (${details})` : ''}${remedy ? ` — ${remedy}` : ''}`);
}

const oneLine = (text: string) => text.replace(/\s*\n\s*/g, ' ');
