import { apiVersionOf, type JsonSchema, jsonSchema, knativeTypes, type ResourceType } from '../../api';
import { imagesSchema } from './images-schema';

/** A schema and where it stands below the folder of schemas. */
export interface SchemaFile {
  readonly path: string;
  readonly schema: JsonSchema;
}

/** The location template of kubeconform for these files, below their folder. */
export const KUBECONFORM_TEMPLATE = '{{.Group}}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json';

const fileOf = ({ group, kind, version }: ResourceType): string => `${group}/${kind.toLowerCase()}_${version}.json`;

/** Any of Knative's kinds, told by apiVersion and kind; other kinds are let through. For editors, where files hold several. */
function anyKind(types: readonly ResourceType[]): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: "Any of Knative's kinds",
    type: 'object',
    properties: {
      apiVersion: { type: 'string', examples: [...new Set(types.map(apiVersionOf))] },
      kind: { type: 'string', examples: [...new Set(types.map(({ kind }) => kind))] },
    },
    required: ['apiVersion', 'kind'],
    allOf: types.map((type) => ({
      if: {
        required: ['apiVersion', 'kind'],
        properties: { apiVersion: { const: apiVersionOf(type) }, kind: { const: type.kind } },
      },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: fileOf(type) },
    })),
  };
}

/** Every schema that `knc schemas` writes. */
export function schemaFiles(): readonly SchemaFile[] {
  return [
    ...knativeTypes.map((type) => ({ path: fileOf(type), schema: jsonSchema(type) })),
    { path: 'knative.json', schema: anyKind(knativeTypes) },
    { path: 'knc.images.json', schema: imagesSchema },
  ];
}
