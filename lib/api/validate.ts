import { type FieldError, invalidValue, isJsonObject, missingField } from '../base';
import { defaultServingConfig, type ServingConfig } from './config';
import type { KindRules } from './kind-rules';
import { rulesOf } from './kinds';
import type { KubeObject } from './meta';
import { conform } from './schema/conform';
import { schemaOf } from './schema/definitions';

interface Checked {
  readonly errors: readonly FieldError[];
  /** The object with defaults and without what does not fit, and the rules of its kind; absent if no rule can be applied. */
  readonly usable?: { readonly object: KubeObject; readonly rules: KindRules };
}

/** One error for all fields that share a message, sorted, as upstream prints them. */
function merge(errors: readonly FieldError[]): FieldError[] {
  const byText = new Map<string, FieldError>();
  for (const error of errors) {
    const key = JSON.stringify([error.level ?? 'error', error.message, error.details ?? '', error.remedy ?? '']);
    const known = byText.get(key);
    byText.set(key, { ...error, paths: [...new Set([...(known?.paths ?? []), ...error.paths])].sort() });
  }
  const order = (error: FieldError) => [error.message, error.details ?? '', error.level ?? 'error', error.paths[0] ?? ''];
  return [...byText.values()].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    const at = left.findIndex((part, i) => part !== right[i]);
    return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
  });
}

/** The same complaint once with a remedy and once without is one complaint. */
function withoutEchoes(errors: readonly FieldError[]): FieldError[] {
  const remedied = new Set(
    errors.flatMap((error) => (error.remedy ? error.paths.map((path) => `${error.message}\n${path}`) : [])),
  );
  return errors.flatMap((error) => {
    if (error.remedy) return [error];
    const paths = error.paths.filter((path) => !remedied.has(`${error.message}\n${path}`));
    return paths.length > 0 || error.paths.length === 0 ? [{ ...error, paths }] : [];
  });
}

function check(object: unknown, config: ServingConfig): Checked {
  if (!isJsonObject(object)) return { errors: [invalidValue(JSON.stringify(object) ?? 'undefined', '', 'must be an object')] };
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') {
    const missing = ['apiVersion', 'kind'].filter((field) => typeof object[field] !== 'string');
    return { errors: [missingField(...missing)] };
  }
  const schema = schemaOf(apiVersion, kind);
  const rules = rulesOf(apiVersion, kind);
  if (!schema || !rules) return { errors: [] };
  const { value, errors, broken } = conform(object, schema);
  if (broken) return { errors };
  return { errors, usable: { object: rules.setDefaults(value as unknown as KubeObject, config), rules } };
}

/**
 * Everything that is wrong with an object of one of Knative's kinds: its structure, then its meaning. Defaults need not be applied.
 * Messages are upstream's where upstream has one. Errors of level `warning` do not refuse the object. Kinds that are not Knative's
 * are not looked at. Never throws, whatever it is given.
 *
 * @param config settings of the installation; by default those of upstream with empty ConfigMaps
 */
export function validate(object: unknown, config: ServingConfig = defaultServingConfig): FieldError[] {
  const { errors, usable } = check(object, config);
  return merge(withoutEchoes([...errors, ...(usable?.rules.validate(usable.object, config) ?? [])]));
}

/**
 * Everything that is wrong with replacing `old` by `next`: what is wrong with `next` itself, and changes that are not allowed.
 * The spec of a Revision never changes; it is only compared, as its rules may have changed since it was made.
 */
export function validateUpdate(old: unknown, next: unknown, config: ServingConfig = defaultServingConfig): FieldError[] {
  const [before, after] = [check(old, config), check(next, config)];
  const { usable } = after;
  if (!usable) return validate(next, config);
  const own = usable.rules.validate(usable.object, config);
  const isRevision = usable.object.kind === 'Revision';
  return merge(
    withoutEchoes([
      ...after.errors,
      ...(isRevision ? own.filter((error) => !error.paths.every((path) => path.startsWith('spec'))) : own),
      ...(before.usable ? (usable.rules.validateUpdate?.(before.usable.object, usable.object, config) ?? []) : []),
    ]),
  );
}
