import { defaultFeaturesConfig, defaultServingConfig, type ServingConfig, validate } from '../../lib/api';
import { type FieldError, formatFieldError } from '../../lib/base';
import type { Route, Service } from './api-types';
import type { WarningRule } from './metadata';
import { isRevisionLike, nameProblems } from './names';

/** What is wrong with an object: errors refuse it; warnings, each under a rule by which it can be silenced, do not. */
export interface Findings {
  readonly errors: readonly FieldError[];
  readonly warnings: readonly (FieldError & { readonly rule: WarningRule })[];
}

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
};

/** Said of every container without a full securityContext; at synthesis it would drown everything else. */
const INSECURE_DEFAULT = 'Kubernetes default value is insecure';
const DISALLOWED = 'must not set the field(s)';

/**
 * Everything wrong with the final object.
 * @param problems what the model found in the props
 * @param unpatched the object before escape hatches, where any were used: fields that they added are let through
 */
export function findings(object: Service | Route, problems: readonly FieldError[], unpatched?: Service | Route): Findings {
  const strict = validate(object, permissive);
  const before = unpatched && new Set(validate(unpatched, permissive).map(formatFieldError));
  const byHatch = (error: FieldError) =>
    before !== undefined && error.message === DISALLOWED && !before.has(formatFieldError(error));
  const everywhere = new Set(strict.map(formatFieldError));
  const somewhere = validate(object).filter((error) => !isWarning(error) && !everywhere.has(formatFieldError(error)));
  const { name } = object.metadata ?? {};
  const all = [...problems, ...nameProblems(object), ...strict];
  return {
    errors: all.filter((error) => !isWarning(error) && !byHatch(error)),
    warnings: [
      ...all.filter(byHatch).map((error) => ({ ...error, rule: 'unknown-field' as const })),
      ...somewhere.map((error) => ({ ...error, rule: 'cluster-setting' as const })),
      ...(isRevisionLike(name) ? [revisionLike(name!)] : []),
      ...all
        .filter((error) => isWarning(error) && !error.message.startsWith(INSECURE_DEFAULT))
        .map((error) => ({ ...error, rule: 'upstream' as const })),
    ],
  };
}

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
