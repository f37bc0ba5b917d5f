import { createHash } from 'node:crypto';
import { isJsonObject, type JsonObject, setOwn } from '../../base';

/** Nothing said: absent, null, an empty list or an empty map, which Go's `omitempty` does not tell apart. */
function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isJsonObject(value) && Object.values(value).every((field) => field === undefined);
}

/** A field of the object itself, not one that every object has. */
function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** Equality as Kubernetes' controllers mean it: absent, null and empty are the same. */
export function semanticEqual(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (isEmpty(a) || isEmpty(b)) return isEmpty(a) && isEmpty(b);
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => semanticEqual(item, b[i]));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  for (const key of Object.keys(a)) if (!semanticEqual(a[key], own(b, key))) return false;
  for (const key of Object.keys(b)) if (!Object.hasOwn(a, key) && !isEmpty(b[key])) return false;
  return true;
}

/**
 * Whether `actual` has everything that `desired` says: maps may have more keys, lists must have the same length. `same` may
 * accept two unequal values, told the key of the map that holds them.
 */
export function includes(
  actual: unknown,
  desired: unknown,
  same: (actual: unknown, desired: unknown, parentKey: string) => boolean = () => false,
  parentKey = '',
): boolean {
  if (desired === undefined || actual === desired) return true;
  if (isEmpty(desired) && isEmpty(actual)) return true;
  if (Array.isArray(desired)) {
    if (!Array.isArray(actual) || actual.length !== desired.length) return false;
    return desired.every((item, i) => includes(actual[i], item, same, parentKey));
  }
  if (isJsonObject(desired)) {
    if (!isJsonObject(actual)) return false;
    return Object.entries(desired).every(
      ([key, value]) => includes(own(actual, key), value, same, key) || same(own(actual, key), value, parentKey),
    );
  }
  return false;
}

/** `base` with every field that `over` sets; maps are merged, anything else is replaced. */
export function overlay(base: unknown, over: unknown): unknown {
  if (over === undefined) return base;
  if (!isJsonObject(base) || !isJsonObject(over)) return over;
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) setOwn(merged, key, overlay(own(merged, key), value));
  return merged;
}

/** A short stable digest of a JSON value, whatever the order of its keys. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('hex').slice(0, 16);
}

/** JSON with sorted keys and without undefined fields. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (isJsonObject(value)) {
    const fields = Object.keys(value)
      .filter((key) => value[key] !== undefined)
      .sort()
      .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`);
    return `{${fields.join(',')}}`;
  }
  return JSON.stringify(value) ?? 'null';
}
