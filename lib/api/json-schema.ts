import { apiVersionOf, type ResourceType } from './resource-type';
import { definition, schemaOf } from './schema/definitions';
import type { Schema } from './schema/schema';

/** A JSON Schema, draft-07: what kubeconform and editors read. */
export type JsonSchema = Readonly<Record<string, unknown>>;

const DRAFT = 'http://json-schema.org/draft-07/schema#';
const ZERO: Readonly<Record<string, unknown>> = { string: '', boolean: false, integer: 0 };

/** A name or a prefix of one: an object needs either. */
const NAMED = { anyOf: [{ required: ['name'] }, { required: ['generateName'] }] };

/** A field that may not be set. What Go cannot tell from nothing passes; the rest is left out, and so is unknown. */
function forbidden({ type, description, 'x-knc-forbidden': mark }: Schema): JsonSchema | undefined {
  if (mark !== 'value' || type === undefined || !(type in ZERO)) return undefined;
  return { description: `Not allowed by Knative. ${description ?? ''}`.trim(), enum: [ZERO[type], null] };
}

/** Collects what a schema refers to while it is written. */
class Writer {
  readonly #definitions = new Map<string, JsonSchema>();
  /** Definitions that something needs: null will not do there. */
  readonly #needed = new Set<string>();

  /** @param optional null is as good as nothing, as for Kubernetes */
  write(schema: Schema, optional: boolean): JsonSchema {
    const { $ref, description, pattern, minimum, maximum, maxItems, maxLength, maxProperties } = schema;
    const own = { ...(description ? { description } : {}) };
    if ($ref !== undefined) {
      this.#define($ref);
      if (!optional) this.#needed.add($ref);
      return { $ref: `#/definitions/${$ref}` };
    }
    const { 'x-knc-range': range, 'x-knc-values': values } = schema;
    const types = schema['x-kubernetes-int-or-string'] ? ['integer', 'string'] : schema.type ? [schema.type] : [];
    const all = optional && types.length > 0 ? [...types, 'null'] : types;
    const [low, high] = range ?? [minimum, maximum];
    return {
      ...own,
      ...(all.length > 0 ? { type: all.length === 1 ? all[0] : all } : {}),
      ...(values ? { enum: [...values, '', ...(optional ? [null] : [])] } : {}),
      ...(pattern === undefined ? {} : { pattern }),
      ...(low === undefined ? {} : { minimum: low }),
      ...(high === undefined ? {} : { maximum: high }),
      ...(maxItems === undefined ? {} : { maxItems }),
      ...(maxLength === undefined ? {} : { maxLength }),
      ...(maxProperties === undefined ? {} : { maxProperties }),
      ...(schema.items ? { items: this.write(schema.items, false) } : {}),
      ...(schema.type === 'object' ? this.#object(schema) : {}),
    };
  }

  #object(schema: Schema): JsonSchema {
    const { properties = {}, required = [], additionalProperties } = schema;
    const fields = Object.entries(properties).flatMap(([key, field]) => {
      const optional = !required.includes(key);
      const written = field['x-knc-forbidden'] === undefined ? this.write(field, optional) : forbidden(field);
      return written ? [[key, written] as const] : [];
    });
    const open = schema['x-kubernetes-preserve-unknown-fields'] === true;
    return {
      ...(fields.length > 0 ? { properties: Object.fromEntries(fields) } : {}),
      ...(required.length > 0 ? { required } : {}),
      ...(additionalProperties
        ? { additionalProperties: this.write(additionalProperties, false) }
        : { additionalProperties: open }),
    };
  }

  /** What has been referred to, in order of name. */
  definitions(): Readonly<Record<string, JsonSchema>> {
    const entries = [...this.#definitions].sort(([a], [b]) => (a < b ? -1 : 1));
    return Object.fromEntries(
      entries.map(([name, schema]) => [name, this.#needed.has(name) ? schema : { ...schema, type: [schema['type'], 'null'] }]),
    );
  }

  #define(name: string): void {
    if (this.#definitions.has(name)) return;
    this.#definitions.set(name, {}); // taken, so that a definition may refer to itself
    this.#definitions.set(name, this.write(definition(name), false));
  }
}

/**
 * The JSON Schema of one of Knative's kinds, complete in itself: structure, types, bounds and descriptions, strict about unknown
 * fields. Rules over several fields are `validate`'s alone.
 *
 * @throws TypeError for a kind that is not one of Knative's
 */
export function jsonSchema(type: ResourceType): JsonSchema {
  const apiVersion = apiVersionOf(type);
  const schema = schemaOf(apiVersion, type.kind);
  if (!schema) throw new TypeError(`${type.kind} is not a custom resource of this package`);
  const writer = new Writer();
  const {
    properties,
    required = [],
    ...whole
  } = writer.write(schema, false) as {
    readonly properties: Readonly<Record<string, JsonSchema>>;
    readonly required?: readonly string[];
  };
  return {
    $schema: DRAFT,
    title: `${type.kind} (${apiVersion})`,
    ...whole,
    required: ['apiVersion', 'kind', 'metadata', ...required.filter((key) => !['apiVersion', 'kind', 'metadata'].includes(key))],
    properties: {
      ...properties,
      apiVersion: { description: 'Version of the API of this object.', const: apiVersion },
      kind: { description: 'Kind of this object.', const: type.kind },
      metadata: { allOf: [{ $ref: '#/definitions/ObjectMeta' }, { type: 'object', ...NAMED }] },
    },
    definitions: writer.definitions(),
  };
}
