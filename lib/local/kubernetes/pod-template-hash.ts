import type { PodTemplateSpec } from '../../api';
import { safeHash } from './safe-hash';

/** The label that tells the pods of one template from those of another, on ReplicaSets and their pods. */
export const POD_TEMPLATE_HASH_LABEL = 'pod-template-hash';

const known = new WeakMap<PodTemplateSpec, string>();

/** JSON with the keys of every object in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) => {
    if (typeof field !== 'object' || field === null || Array.isArray(field)) return field;
    return Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * A short name for what a template says: the same for equal templates, fit for a name and a label.
 * @param salt tells apart templates that fall on the same hash
 */
export function podTemplateHash(template: PodTemplateSpec, salt = 0): string {
  const text = known.get(template) ?? canonical(template);
  known.set(template, text);
  return safeHash(salt === 0 ? text : `${text}${salt}`);
}
