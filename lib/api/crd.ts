import type { KubeObject } from './meta';
import { apiVersionOf, type ResourceType } from './resource-type';
import { resolve, schemaOf } from './schema/definitions';
import type { CelRule, Schema } from './schema/schema';

/** What duck types a kind can stand for, as labels of its definition. */
const DUCKS: Readonly<Record<string, readonly string[]>> = {
  Service: ['addressable', 'podspecable'],
  Configuration: ['podspecable'],
  Route: ['addressable'],
};

const FORBIDDEN: Readonly<Record<string, string>> = { string: "self == ''", boolean: '!self', integer: 'self == 0' };

/** Marks of ours as CEL rules. */
function markRules(schema: Schema): readonly CelRule[] {
  const { 'x-knc-forbidden': forbidden, 'x-knc-range': range, 'x-knc-values': values } = schema;
  const rules: CelRule[] = [];
  if (forbidden) {
    const rule = forbidden === 'value' ? FORBIDDEN[schema.type ?? ''] : undefined;
    rules.push({ rule: rule ?? 'false', message: 'must not set the field(s)' });
  }
  if (range) {
    const [low, high] = range;
    // No messageExpression: the API server takes the text of a number for unbounded, and the cost of the rule with it.
    rules.push({ rule: `self >= ${low} && self <= ${high}`, message: `expected ${low} <= value <= ${high}` });
  }
  if (values) {
    rules.push({
      rule: `self in ['', ${values.map((value) => `'${value}'`).join(', ')}]`,
      messageExpression: "'invalid value: ' + self",
      message: `expected one of ${values.join(', ')}`,
    });
  }
  return rules;
}

const mapValues = <T, U>(object: Readonly<Record<string, T>>, change: (value: T, key: string) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));

/** The schema without references and marks: structural, as Kubernetes wants it. `withRules` leaves out rules where it is false. */
function structural(ref: Schema, withRules: boolean): Schema {
  const { properties, items, additionalProperties, 'x-kubernetes-validations': own = [], ...rest } = resolve(ref);
  const { 'x-knc-forbidden': _forbidden, 'x-knc-range': _range, 'x-knc-values': _values, ...plain } = rest;
  const rules = withRules ? [...markRules(rest), ...own] : [];
  return {
    ...plain,
    ...(properties ? { properties: mapValues(properties, (field) => structural(field, withRules)) } : {}),
    ...(items ? { items: structural(items, withRules) } : {}),
    ...(additionalProperties ? { additionalProperties: structural(additionalProperties, withRules) } : {}),
    ...(rules.length > 0 ? { 'x-kubernetes-validations': rules } : {}),
  };
}

/** The schema of a whole kind. Metadata are the API server's; only the spec and the object as a whole have rules. */
function openApi(schema: Schema): Schema {
  const { properties = {}, ...rest } = schema;
  const fields = mapValues(properties, (field, key): Schema => {
    if (key === 'metadata') return { type: 'object' };
    return structural(field, key === 'spec');
  });
  return { ...structural(rest, true), properties: fields, required: ['spec'] };
}

/** A CustomResourceDefinition, apiextensions.k8s.io/v1. */
export interface CustomResourceDefinition extends KubeObject {
  readonly spec: {
    readonly group: string;
    readonly names: {
      readonly kind: string;
      readonly plural: string;
      readonly singular: string;
      readonly categories: readonly string[];
      readonly shortNames?: readonly string[];
    };
    readonly scope: 'Namespaced' | 'Cluster';
    readonly versions: readonly {
      readonly name: string;
      readonly served: boolean;
      readonly storage: boolean;
      readonly subresources: { readonly status: Readonly<Record<string, never>> };
      readonly additionalPrinterColumns?: readonly unknown[];
      readonly schema: { readonly openAPIV3Schema: Schema };
    }[];
  };
}

/**
 * The CustomResourceDefinition of one of Knative's kinds: structural schema, CEL rules for what they can say about the spec, printer
 * columns, short names, categories and the status subresource as upstream's.
 *
 * @throws TypeError for a kind that is not one of Knative's
 */
export function crd(type: ResourceType): CustomResourceDefinition {
  const schema = schemaOf(apiVersionOf(type), type.kind);
  if (!schema) throw new TypeError(`${type.kind} is not a custom resource of this package`);
  const ducks = Object.fromEntries((DUCKS[type.kind] ?? []).map((duck) => [`duck.knative.dev/${duck}`, 'true']));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${type.plural}.${type.group}`,
      labels: {
        'app.kubernetes.io/name': 'knative-serving',
        ...(type.group.startsWith('networking.') ? { 'app.kubernetes.io/component': 'networking' } : {}),
        'knative.dev/crd-install': 'true',
        ...ducks,
      },
    },
    spec: {
      group: type.group,
      names: {
        kind: type.kind,
        plural: type.plural,
        singular: type.singular,
        categories: type.categories,
        ...(type.shortNames.length > 0 ? { shortNames: type.shortNames } : {}),
      },
      scope: type.namespaced ? 'Namespaced' : 'Cluster',
      versions: [
        {
          name: type.version,
          served: true,
          storage: true,
          subresources: { status: {} },
          ...(type.columns.length > 0 ? { additionalPrinterColumns: type.columns } : {}),
          schema: { openAPIV3Schema: openApi(schema) },
        },
      ],
    },
  };
}
