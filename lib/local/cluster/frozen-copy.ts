import { setOwn } from '../../base';

/** Values that this module has frozen to their depth: they are shared, never copied again. */
const frozen = new WeakSet<object>();

/**
 * An immutable copy of a JSON value, frozen to its depth; the caller's own objects stay as they are. Parts that are such
 * copies already are shared, so an object that differs from a stored one in a single field costs the path to that field.
 * Properties that JSON cannot carry are left out, and those that are null, which to Kubernetes are not set.
 */
export function frozenCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null || frozen.has(value)) return value;
  if (value instanceof Date) return value.toISOString() as T;
  const copy: object = Array.isArray(value) ? value.map((item) => frozenCopy(item ?? null)) : copyOfRecord(value);
  frozen.add(copy);
  return Object.freeze(copy) as T;
}

function copyOfRecord(value: object): object {
  const source = value as Record<string, unknown>;
  const copy: Record<string, unknown> = {};
  for (const key of Object.keys(source)) {
    const field = source[key];
    if (field !== undefined && field !== null && typeof field !== 'function') setOwn(copy, key, frozenCopy(field));
  }
  return copy;
}
