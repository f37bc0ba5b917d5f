import { apiVersionOf, type ResourceType } from '../../../api';
import { coreKind, coreSchema, kindSchema, type ObjectSchema } from '../../schemas';

const PREFIX = '#/components/schemas/';

/** A schema as OpenAPI v3 writes it; `description` beside a reference needs an `allOf` around that. */
type OpenApiSchema = Readonly<Record<string, unknown>>;

/** `serving.knative.dev` and `v1` → `dev.knative.serving.v1.Service`. */
export function definitionId(type: ResourceType): string {
  const core = coreKind(apiVersionOf(type), type.kind);
  return core?.id ?? [...type.group.split('.').reverse(), type.version, type.kind].join('.');
}

/** The definitions that a document needs: those of its kinds, and what they refer to. */
export class Definitions {
  readonly #found = new Map<string, OpenApiSchema>();

  constructor(private readonly describe: (id: string, field?: string) => string | undefined) {}

  get all(): Readonly<Record<string, OpenApiSchema>> {
    return Object.fromEntries([...this.#found].sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Adds the definition of a kind, and of a list of it. */
  addKind(type: ResourceType): void {
    const id = definitionId(type);
    const { group, version, kind } = type;
    const schema = kindSchema(type) ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    this.#add(id, schema, [{ group, version, kind }]);
    const list: ObjectSchema = {
      type: 'object',
      description: `${kind}List is a list of ${kind} objects.`,
      required: ['items'],
      properties: {
        apiVersion: { type: 'string' },
        items: { type: 'array', items: { $ref: id } },
        kind: { type: 'string' },
        metadata: { $ref: 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta' },
      },
    };
    this.#add(`${id}List`, list, [{ group, version, kind: `${kind}List` }]);
  }

  /** A reference to a definition of Kubernetes, which is added. */
  reference(id: string): OpenApiSchema {
    if (!this.#found.has(id)) this.#add(id, coreSchema(id));
    return { $ref: PREFIX + id };
  }

  #add(id: string, schema: ObjectSchema, kinds?: readonly unknown[]): void {
    this.#found.set(id, {});
    const description = schema.description ?? this.describe(id);
    this.#found.set(id, {
      ...(description ? { description } : {}),
      ...this.#converted(schema, id),
      ...(kinds ? { 'x-kubernetes-group-version-kind': kinds } : {}),
    });
  }

  /** @param owner the definition of which `schema` is the whole, for the descriptions of its fields */
  #converted(schema: ObjectSchema, owner?: string): OpenApiSchema {
    const { $ref, properties, items, additionalProperties, ...rest } = schema;
    if ($ref !== undefined) {
      const reference = this.reference($ref);
      return Object.keys(rest).length > 0 ? { ...rest, allOf: [reference] } : reference;
    }
    const mixed = rest['x-kubernetes-int-or-string'] && rest.type === 'string';
    return {
      ...(mixed ? { oneOf: [{ type: 'string' }, { type: 'number' }], format: rest.format } : plain(rest)),
      ...(properties ? { properties: this.#fields(properties, owner) } : {}),
      ...(items ? { items: this.#converted(items) } : {}),
      ...(additionalProperties ? { additionalProperties: this.#converted(additionalProperties) } : {}),
    };
  }

  #fields(properties: Readonly<Record<string, ObjectSchema>>, owner: string | undefined): Record<string, OpenApiSchema> {
    return Object.fromEntries(
      Object.entries(properties).map(([name, field]) => {
        const description = field.description ?? (owner === undefined ? undefined : this.describe(owner, name));
        return [name, this.#converted(description ? { ...field, description } : field)];
      }),
    );
  }
}

/** Without rules that are the server's business. */
function plain({ 'x-kubernetes-validations': _, ...rest }: Readonly<Record<string, unknown>>): OpenApiSchema {
  return rest;
}
