import { apiVersionOf, crd, knativeTypes, type ResourceType, typeKey } from '../../api';
import { coreSchema } from './core-schemas';
import { coreKind } from './core-table';
import type { ObjectSchema } from './object-schema';

const OBJECT_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta';

const custom = new Map<string, ObjectSchema>();
const customKeys = new Set(knativeTypes.map(typeKey));

/** Whether a kind is one of Kubernetes itself; the others are custom resources. */
export function isBuiltIn(type: ResourceType): boolean {
  return coreKind(apiVersionOf(type), type.kind) !== undefined;
}

/** The schema of a kind; undefined for one whose fields are not known. */
export function kindSchema(type: ResourceType): ObjectSchema | undefined {
  const core = coreKind(apiVersionOf(type), type.kind);
  if (core) return coreSchema(core.id);
  const key = typeKey(type);
  if (!customKeys.has(key)) return undefined;
  let schema = custom.get(key);
  if (!schema) {
    schema = customSchema(type);
    custom.set(key, schema);
  }
  return schema;
}

/** What the CustomResourceDefinition says of a kind, with the metadata that the server knows of every object. */
function customSchema(type: ResourceType): ObjectSchema {
  const { openAPIV3Schema } = crd(type).spec.versions[0]!.schema;
  return { ...openAPIV3Schema, properties: { ...openAPIV3Schema.properties, metadata: { $ref: OBJECT_META } } };
}
