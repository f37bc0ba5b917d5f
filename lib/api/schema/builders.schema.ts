import { type TObject, type TSchema, Type } from '@sinclair/typebox';
import type { CelRule } from './schema';

/** What a field may carry beside its type. `tsType` replaces the TypeScript type that the generator would write. */
export interface FieldOptions {
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly nullable?: boolean;
  readonly tsType?: string;
  readonly listType?: 'map' | 'set' | 'atomic';
  readonly listMapKeys?: readonly string[];
  readonly atomic?: boolean;
  readonly range?: readonly [number, number];
  readonly rules?: readonly CelRule[];
  readonly pattern?: string;
}

const QUANTITY =
  '^(\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))(([KMGTPE]i)|[numkMGTPE]|([eE](\\+|-)?(([0-9]+(\\.[0-9]*)?)|(\\.[0-9]+))))?$';

function annotate(description: string, options: FieldOptions = {}): Record<string, unknown> {
  const { listType, listMapKeys, atomic, range, rules, ...plain } = options;
  return {
    description,
    ...plain,
    ...(listType && { 'x-kubernetes-list-type': listType }),
    ...(listMapKeys && { 'x-kubernetes-list-map-keys': listMapKeys }),
    ...(atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(range && { 'x-knc-range': range }),
    ...(rules && { 'x-kubernetes-validations': rules }),
  };
}

export const str = (description: string, options?: FieldOptions) => Type.String(annotate(description, options));
export const bool = (description: string, options?: FieldOptions) => Type.Boolean(annotate(description, options));
export const int32 = (description: string, options?: FieldOptions) =>
  Type.Integer({ ...annotate(description, options), format: 'int32' });
export const int64 = (description: string, options?: FieldOptions) =>
  Type.Integer({ ...annotate(description, options), format: 'int64' });
export const list = (items: TSchema, description: string, options?: FieldOptions) =>
  Type.Array(items, annotate(description, options));
export const strings = (description: string, options?: FieldOptions) => list(Type.String(), description, options);
export const map = (values: TSchema, description: string, options?: FieldOptions) =>
  Type.Unsafe({ type: 'object', additionalProperties: values, ...annotate(description, options) });
export const stringMap = (description: string, options?: FieldOptions) => map(Type.String(), description, options);

/** Rules for an object of which exactly one of these fields must be there. */
export function exactlyOne(...fields: readonly string[]): CelRule[] {
  const count = `[${fields.map((field) => `has(self.${field})`).join(', ')}].filter(x, x).size()`;
  return [
    { rule: `${count} >= 1`, message: `expected exactly one, got neither: ${[...fields].sort().join(', ')}` },
    { rule: `${count} <= 1`, message: `expected exactly one, got both, of ${[...fields].sort().join(', ')}` },
  ];
}

/** A rule for a field that must not be empty. */
export const notEmpty: readonly CelRule[] = [{ rule: "self != ''", message: 'missing field(s)' }];

/** A text that must be one of `values`; the empty text counts as not set. */
export const choice = (values: readonly string[], description: string, options: FieldOptions = {}) =>
  Type.String({
    ...annotate(description, { tsType: values.map((value) => `'${value}'`).join(' | '), maxLength: 63, ...options }),
    'x-knc-values': values,
  });

/** A port number, or the name of a port. */
export const intOrString = (description: string, options?: FieldOptions) =>
  Type.Unsafe({
    anyOf: [{ type: 'integer' }, { type: 'string' }],
    'x-kubernetes-int-or-string': true,
    ...annotate(description, { tsType: 'number | string', ...options }),
  });

/** An amount of a resource as Kubernetes writes it: `500m`, `1Gi`, 2. */
export const quantity = (description: string, options?: FieldOptions) =>
  intOrString(description, { pattern: QUANTITY, ...options });

/** An object whose fields are Kubernetes' and are passed on as they are. */
export const opaque = (description: string, options?: FieldOptions) =>
  Type.Unsafe({
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
    ...annotate(description, { tsType: 'Readonly<Record<string, unknown>>', ...options }),
  });

/** An object type with a name: it becomes an interface and a definition. Fields are optional unless they stand in `required`. */
export function define(
  name: string,
  description: string,
  properties: Readonly<Record<string, TSchema>>,
  options: {
    readonly required?: readonly string[];
    readonly extends?: readonly TObject[];
    readonly forbidden?: Readonly<Record<string, TSchema>>;
  } & FieldOptions = {},
): TObject {
  const { required = [], extends: bases = [], forbidden = {}, ...rest } = options;
  const own = Object.fromEntries(
    Object.entries({ ...properties, ...forbidden }).map(([key, schema]) => [
      key,
      required.includes(key) ? schema : Type.Optional(schema),
    ]),
  );
  const inherited = Object.assign({}, ...bases.map((base) => base.properties));
  return Type.Object({ ...inherited, ...own }, { $id: name, ...annotate(description, rest) });
}

/** A field that Knative never allows; declared so that it is refused by name and not dropped in silence. */
function never(kind: 'value' | 'pointer', schema: Record<string, unknown>): TSchema {
  return Type.Unsafe({ ...schema, description: 'Not allowed.', 'x-knc-forbidden': kind });
}

/** Shorthands for forbidden fields: `P` where Go has a pointer, list or map, so that any value is refused, even a zero one. */
export const forbidden = {
  string: never('value', { type: 'string' }),
  stringP: never('pointer', { type: 'string' }),
  boolean: never('value', { type: 'boolean' }),
  booleanP: never('pointer', { type: 'boolean' }),
  integer: never('value', { type: 'integer' }),
  integerP: never('pointer', { type: 'integer' }),
  object: never('pointer', { type: 'object', 'x-kubernetes-preserve-unknown-fields': true }),
  list: never('pointer', { type: 'array', items: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } }),
};
