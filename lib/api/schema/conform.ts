import {
  disallowedFields,
  type FieldError,
  invalidValue,
  isJsonObject,
  type JsonObject,
  missingField,
  outOfBounds,
  withRemedy,
} from '../../base';
import { resolve } from './definitions';
import { fieldNames, findField, nearest } from './near-miss';
import type { Schema } from './schema';

/** What is left of an object when everything that does not fit its schema is taken away, and what was wrong with it. */
export interface Conformed {
  readonly value: JsonObject;
  readonly errors: readonly FieldError[];
  /** True if an object or an item of a list is gone, so that further complaints about `value` would be noise. */
  readonly broken: boolean;
}

const INT_LIMITS: Readonly<Record<string, number>> = { int32: 2 ** 31, int64: 2 ** 63 };

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'number' && Number.isInteger(value) ? 'integer' : typeof value;
}

function fits(value: unknown, schema: Schema): boolean {
  const type = typeOf(value);
  if (schema['x-kubernetes-int-or-string']) return type === 'integer' || type === 'string';
  if (schema.type === undefined) return true;
  if (schema.type === 'integer') {
    return type === 'integer' && Math.abs(value as number) <= (INT_LIMITS[schema.format ?? ''] ?? Number.MAX_SAFE_INTEGER);
  }
  return type === schema.type || (schema.type === 'number' && type === 'integer');
}

const expressions = new Map<string, RegExp>();

/** Compiled once: there are few patterns and many values. */
function expression(pattern: string): RegExp {
  const known = expressions.get(pattern) ?? new RegExp(pattern);
  expressions.set(pattern, known);
  return known;
}

/** True for what Go cannot tell from a field that is not there. */
const isZero = (value: unknown): boolean => value === '' || value === 0 || value === false;

/** Walks an object along its schema as a strict API server decodes it: null is no field, unknown fields and wrong types are errors. */
class Walk {
  readonly errors: FieldError[] = [];
  broken = false;

  constructor(private readonly root: Schema) {}

  value(value: unknown, ref: Schema, path: string): unknown {
    const schema = resolve(ref);
    if (!fits(value, schema)) {
      this.errors.push(this.wrongType(value, schema, path));
      if (schema.type === 'object' || schema.type === 'array') this.broken = true;
      return undefined;
    }
    this.size(value, schema, path);
    if (Array.isArray(value)) return this.list(value, schema.items ?? {}, path);
    if (isJsonObject(value)) return this.object(value, schema, path);
    this.scalar(value as string | number | boolean, schema, path);
    return value;
  }

  /** Bounds that the definitions need so that the cost of their rules is bounded too. */
  private size(value: unknown, { maxItems, maxLength }: Schema, path: string): void {
    if (maxItems !== undefined && Array.isArray(value) && value.length > maxItems) {
      this.errors.push({ message: `must have at most ${maxItems} items`, paths: [path] });
    }
    if (maxLength !== undefined && typeof value === 'string' && [...value].length > maxLength) {
      this.errors.push({ message: `may not be more than ${maxLength} characters`, paths: [path] });
    }
  }

  private list(items: readonly unknown[], schema: Schema, path: string): unknown[] {
    return items.flatMap((item, i) => {
      const kept = this.value(item, schema, `${path}[${i}]`);
      if (kept === undefined) this.broken = true;
      return kept === undefined ? [] : [kept];
    });
  }

  object(object: JsonObject, schema: Schema, path: string): JsonObject {
    const { properties, additionalProperties } = schema;
    const at = (key: string) => (path === '' ? key : `${path}.${key}`);
    const kept: Record<string, unknown> = {};
    const forbidden: string[] = [];
    for (const [key, value] of Object.entries(object)) {
      if (value === null || value === undefined) continue;
      const field = properties && Object.hasOwn(properties, key) ? properties[key] : undefined;
      const mark = field?.['x-knc-forbidden'];
      if (mark !== undefined) {
        if (mark === 'pointer' || !isZero(value)) forbidden.push(at(key));
        continue;
      }
      const fieldSchema = field ?? additionalProperties;
      if (fieldSchema) {
        const fine = this.value(value, fieldSchema, at(key));
        if (fine !== undefined) define(kept, key, fine);
      } else if (schema['x-kubernetes-preserve-unknown-fields']) {
        define(kept, key, value);
      } else {
        this.errors.push(this.unknownField(key, schema, at(key)));
      }
    }
    if (forbidden.length > 0) this.errors.push(disallowedFields(...forbidden));
    this.fillIn(object, schema, kept, at);
    return kept;
  }

  /** Required fields that are not there. An object is taken as an empty one, so that what it must hold is named and not the object. */
  private fillIn(object: JsonObject, schema: Schema, kept: Record<string, unknown>, at: (key: string) => string): void {
    const missing = (schema.required ?? []).filter((key) => object[key] === undefined || object[key] === null);
    for (const key of missing) {
      const field = resolve(schema.properties![key]!);
      if (field.type === 'object') {
        kept[key] = this.object({}, field, at(key));
      } else {
        this.errors.push(missingField(at(key)));
        if (field.type === 'array') kept[key] = [];
      }
    }
  }

  private scalar(value: string | number | boolean, schema: Schema, path: string): void {
    const { 'x-knc-range': range, 'x-knc-values': values, pattern } = schema;
    if (range && ((value as number) < range[0] || (value as number) > range[1])) {
      this.errors.push(outOfBounds(value, range[0], range[1], path));
    }
    if (values && value !== '' && !values.includes(value as string)) {
      this.errors.push(withRemedy(invalidValue(value, path), `Use one of ${values.map((v) => `"${v}"`).join(', ')}.`));
    }
    if (pattern && typeof value === 'string' && !expression(pattern).test(value)) {
      this.errors.push({
        ...invalidValue(value, path, `quantities must match the regular expression '${QUANTITY_EXPRESSION}'`),
        remedy: 'Write an amount such as "500m", "1.5" or "128Mi".',
      });
    }
  }

  private wrongType(value: unknown, schema: Schema, path: string): FieldError {
    const wanted = schema['x-kubernetes-int-or-string'] ? 'integer or string' : schema.type!;
    const error = invalidValue(value, path, `must be of type ${wanted}, not ${typeOf(value)}`);
    if (wanted === 'string' && (typeof value === 'number' || typeof value === 'boolean')) {
      return withRemedy(error, `Put it in quotes: "${value}".`);
    }
    if (wanted === 'integer or string' && typeof value === 'number') return withRemedy(error, `Put it in quotes: "${value}".`);
    if (wanted === 'integer' && typeof value === 'string' && /^-?\d+$/.test(value)) {
      return withRemedy(error, `Write it without quotes: ${value}.`);
    }
    return error;
  }

  private unknownField(key: string, schema: Schema, path: string): FieldError {
    const error: FieldError = { message: `unknown field ${JSON.stringify(path)}`, paths: [path] };
    const near = nearest(key, fieldNames(schema));
    if (near) return withRemedy(error, `Did you mean "${near}"?`);
    const elsewhere = findField(this.root, key);
    return elsewhere ? withRemedy(error, `Did you mean ${elsewhere}?`) : error;
  }
}

const QUANTITY_EXPRESSION = '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$';

/** Sets a field by definition, so that a key such as `__proto__` is a field like any other. */
function define(object: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(object, key, { value, enumerable: true, writable: true, configurable: true });
}

/** Checks the structure of an object against its schema. */
export function conform(object: JsonObject, schema: Schema): Conformed {
  const walk = new Walk(schema);
  const value = walk.object(object, resolve(schema), '');
  return { value, errors: walk.errors, broken: walk.broken };
}
