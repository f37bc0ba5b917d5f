import { isJsonObject, type JsonObject } from '../../base';
import { resolved } from './core-schemas';
import type { ObjectSchema } from './object-schema';

const child = (path: string, field: string): string => (path === '' ? field : `${path}.${field}`);

function knownField(schema: ObjectSchema, field: string): ObjectSchema | undefined {
  if (schema.properties && Object.hasOwn(schema.properties, field)) return schema.properties[field];
  return schema.additionalProperties;
}

const isOpen = (schema: ObjectSchema): boolean =>
  schema['x-kubernetes-preserve-unknown-fields'] === true || (!schema.properties && !schema.additionalProperties);

function* walk(value: unknown, given: ObjectSchema | undefined, path: string): Generator<string> {
  if (!given || typeof value !== 'object' || value === null) return;
  const schema = resolved(given);
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* walk(item, schema.items, `${path}[${i}]`);
  } else if (!isOpen(schema)) {
    for (const [field, part] of Object.entries(value as JsonObject)) {
      const known = knownField(schema, field);
      if (known) yield* walk(part, known, child(path, field));
      else if (part !== null && !isDirective(field)) yield child(path, field);
    }
  }
}

/** Fields with which a strategic merge says how to merge. */
const isDirective = (field: string): boolean => /^\$(patch$|retainKeys$|setElementOrder\/|deleteFromPrimitiveList\/)/.test(field);

/**
 * Paths of the fields of a value that its schema does not have, in order: `spec.template.spec.containers[0].foo`. One that is null
 * is none: a patch removes with it.
 */
export function unknownFields(value: unknown, schema: ObjectSchema | undefined): string[] {
  return [...walk(value, schema, '')];
}

/** The value without fields that its schema does not have; the very same if it has none. */
export function pruned(value: unknown, given: ObjectSchema | undefined): unknown {
  if (!given || typeof value !== 'object' || value === null) return value;
  const schema = resolved(given);
  if (Array.isArray(value)) {
    const items = value.map((item) => pruned(item, schema.items));
    return items.some((item, i) => item !== value[i]) ? items : value;
  }
  if (isOpen(schema)) return value;
  const entries = Object.entries(value as JsonObject);
  const kept = entries.flatMap(([field, part]) => {
    const known = knownField(schema, field);
    return known ? [[field, pruned(part, known)] as const] : [];
  });
  const same = kept.length === entries.length && kept.every(([, part], i) => part === entries[i]![1]);
  return same ? value : Object.fromEntries(kept);
}

/**
 * Why an applied configuration does not fit its schema, in the API server's words: unknown fields, list items without their keys,
 * or twice with the same.
 */
export function schemaErrors(value: unknown, schema: ObjectSchema | undefined): string[] {
  return [...typedErrors(value, schema, '')];
}

function* typedErrors(value: unknown, given: ObjectSchema | undefined, path: string): Generator<string> {
  if (!given || typeof value !== 'object' || value === null) return;
  const schema = resolved(given);
  if (Array.isArray(value)) {
    if (schema['x-kubernetes-list-type'] === 'map') yield* keyErrors(value, schema, path);
    if (schema['x-kubernetes-list-type'] === 'set')
      yield* duplicates(
        value.map((item) => `[=${JSON.stringify(item)}]`),
        path,
      );
    for (const [i, item] of value.entries()) yield* typedErrors(item, schema.items, `${path}[${i}]`);
  } else if (!isOpen(schema)) {
    for (const [field, part] of Object.entries(value as JsonObject)) {
      const known = knownField(schema, field);
      if (known) yield* typedErrors(part, known, `${path}.${field}`);
      else yield `${path}.${field}: field not declared in schema`;
    }
  }
}

function* keyErrors(items: readonly unknown[], schema: ObjectSchema, path: string): Generator<string> {
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const item = schema.items && resolved(schema.items);
  const seen: string[] = [];
  for (const [i, one] of items.entries()) {
    const value = (key: string) => (isJsonObject(one) ? one[key] : undefined) ?? item?.properties?.[key]?.default;
    const missing = keys.find((key) => value(key) === undefined);
    if (missing) {
      yield `${path}: element ${i}: associative list with keys has an element that omits key field ${JSON.stringify(missing)} (and doesn't have default value)`;
    } else seen.push(`[${keys.map((key) => `${key}=${JSON.stringify(value(key))}`).join(',')}]`);
  }
  yield* duplicates(seen, path);
}

function* duplicates(keys: readonly string[], path: string): Generator<string> {
  const twice = new Set(keys.filter((key, i) => keys.indexOf(key) !== i));
  for (const key of twice) yield `${path}: duplicate entries for key ${key}`;
}
