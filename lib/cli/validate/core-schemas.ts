import type { Schema } from '../../api/schema/schema';
import { coreKind, type ObjectSchema, resolved } from '../../local/schemas';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';
const known = new Map<string, Schema>();

/** The schema with what it refers to written out. */
function inlined(ref: ObjectSchema): Schema {
  const { properties, items, additionalProperties, $ref: _ref, ...rest } = resolved(ref);
  const fields = Object.entries(properties ?? {}).map(([key, field]) => [key, inlined(field)] as const);
  return {
    ...(rest as Schema),
    ...(properties ? { properties: Object.fromEntries(fields) } : {}),
    ...(items ? { items: inlined(items) } : {}),
    ...(additionalProperties ? { additionalProperties: inlined(additionalProperties) } : {}),
  };
}

/** The fields of one of Kubernetes' own kinds; of a kind that is not known here, those of its metadata. */
export function schemaOfKind(apiVersion: string, kind: string): { readonly schema: Schema; readonly complete: boolean } {
  const core = coreKind(apiVersion, kind);
  const id = core?.id ?? OBJECT_META;
  let schema = known.get(id);
  if (!schema) {
    schema = core
      ? inlined({ $ref: core.id })
      : {
          type: 'object',
          properties: { metadata: inlined({ $ref: OBJECT_META }) },
          'x-kubernetes-preserve-unknown-fields': true,
        };
    known.set(id, schema);
  }
  return { schema, complete: core !== undefined };
}
