import { type CoreField, type CoreType, coreTypes } from './core-table';
import type { ObjectSchema } from './object-schema';

const SCALARS: Readonly<Record<string, ObjectSchema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  bytes: { type: 'string', format: 'byte' },
  Time: { type: 'string', format: 'date-time' },
  MicroTime: { type: 'string', format: 'date-time' },
  // Kubernetes' own clients send a number where one is enough.
  Quantity: { type: 'string', format: 'quantity', 'x-kubernetes-int-or-string': true },
  IntOrString: { type: 'string', format: 'int-or-string', 'x-kubernetes-int-or-string': true },
  FieldsV1: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, 'x-kubernetes-map-type': 'atomic' },
  RawExtension: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

const known = new Map<string, ObjectSchema>();

/** The definition of this id: a type of Kubernetes. */
export function coreSchema(id: string): ObjectSchema {
  let schema = known.get(id);
  if (!schema) {
    const type = coreTypes().get(id);
    if (!type) throw new TypeError(`no definition is named ${id}`);
    schema = typeSchema(type);
    known.set(id, schema);
  }
  return schema;
}

/** The schema itself, or the definition that it refers to with its own keywords on top. */
export function resolved(schema: ObjectSchema): ObjectSchema {
  if (schema.$ref === undefined) return schema;
  const { $ref, ...own } = schema;
  const found = coreSchema($ref);
  return Object.keys(own).length === 0 ? found : { ...found, ...own };
}

function typeSchema(type: CoreType): ObjectSchema {
  const fields = ownFields(type);
  const properties = Object.fromEntries(fields.map((field) => [field.name, fieldSchema(field)]));
  const required = fields.filter((field) => field.required).map((field) => field.name);
  return {
    type: 'object',
    ...(required.length > 0 ? { required } : {}),
    properties: type.kind ? { apiVersion: { type: 'string' }, kind: { type: 'string' }, ...properties } : properties,
    ...(type.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
  };
}

/** The fields of an object in JSON, where those of inlined types stand beside the others. */
function ownFields(type: CoreType): readonly CoreField[] {
  return type.fields.flatMap((field) => (field.inline ? ownFields(coreTypes().get(field.type)!) : [field]));
}

function fieldSchema(field: CoreField): ObjectSchema {
  const value = SCALARS[field.type] ?? { $ref: field.type };
  const strategies = [...(field.mergeKey !== undefined ? ['merge'] : []), ...(field.retainKeys ? ['retainKeys'] : [])];
  const strategic: ObjectSchema = {
    ...(strategies.length > 0 ? { 'x-kubernetes-patch-strategy': strategies.join(',') } : {}),
    ...(field.mergeKey ? { 'x-kubernetes-patch-merge-key': field.mergeKey } : {}),
  };
  if (field.shape === 'map') {
    return { type: 'object', additionalProperties: value, ...(field.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}) };
  }
  if (field.shape === 'one') return { ...value, ...strategic, ...(field.fallback ? { default: field.fallback } : {}) };
  return {
    type: 'array',
    items: value,
    'x-kubernetes-list-type': field.keys ? 'map' : field.set ? 'set' : 'atomic',
    ...(field.keys ? { 'x-kubernetes-list-map-keys': field.keys } : {}),
    ...strategic,
  };
}
