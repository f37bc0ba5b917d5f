import type { KubeObject } from './meta';
import { apiVersionOf, type ResourceType } from './resource-type';
import { resolve, schemaOf } from './schema/definitions';
import type { CelRule, Schema } from './schema/schema';
import { sourceEvents } from './sources/event-types';

const duck = (...names: readonly string[]): readonly string[] => names.map((name) => `duck.knative.dev/${name}`);
const CHANNEL = [...duck('addressable'), 'messaging.knative.dev/subscribable'];
const SOURCE = [...duck('source'), 'eventing.knative.dev/source'];

/** What duck types a kind can stand for, as labels of its definition. */
const DUCKS: Readonly<Record<string, readonly string[]>> = {
  Service: duck('addressable', 'podspecable'),
  Configuration: duck('podspecable'),
  Route: duck('addressable'),
  Broker: duck('addressable'),
  EventTransform: duck('addressable'),
  Channel: CHANNEL,
  InMemoryChannel: CHANNEL,
  Sequence: duck('addressable'),
  Parallel: duck('addressable'),
  JobSink: duck('addressable'),
  PingSource: SOURCE,
  ApiServerSource: SOURCE,
  ContainerSource: SOURCE,
  SinkBinding: [...SOURCE, ...duck('binding')],
};

const isEventing = ({ group }: ResourceType): boolean => /^(eventing|messaging|flows|sources|sinks)\./.test(group);

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
  const { properties = {}, required = [], ...rest } = schema;
  const fields = mapValues(properties, (field, key): Schema => {
    if (key === 'metadata') return { type: 'object' };
    return structural(field, key === 'spec');
  });
  return { ...structural(rest, true), properties: fields, ...(required.includes('spec') ? { required: ['spec'] } : {}) };
}

/** The definition as another version of it must have it: fields of the others are kept, though they mean nothing in this one. */
function withFieldsOf(others: readonly Schema[], own: Schema): Schema {
  const { spec } = own.properties ?? {};
  if (!spec || others.length === 0) return own;
  const kept = Object.assign({}, ...others.map((other) => other.properties?.['spec']?.properties ?? {})) as Schema['properties'];
  const bare = mapValues(kept ?? {}, (field): Schema => structural(field, false));
  return { ...own, properties: { ...own.properties, spec: { ...spec, properties: { ...bare, ...spec.properties } } } };
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
  const versions = [type, ...(type.otherVersions ?? [])].map((version) => {
    const schema = schemaOf(apiVersionOf(version), version.kind);
    if (!schema) throw new TypeError(`${type.kind} is not a custom resource of this package`);
    return { version, schema: openApi(schema) };
  });
  const events = isEventing(type) ? sourceEvents[type.kind] : undefined;
  const ducks = Object.fromEntries((DUCKS[type.kind] ?? []).map((label) => [label, 'true']));
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${type.plural}.${type.group}`,
      ...(events ? { annotations: { 'registry.knative.dev/eventTypes': JSON.stringify(events, null, 2) } } : {}),
      labels: {
        'app.kubernetes.io/name': isEventing(type) ? 'knative-eventing' : 'knative-serving',
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
      versions: versions.map(({ version, schema }) => ({
        name: version.version,
        served: true,
        storage: version === type,
        subresources: { status: {} },
        ...(version.columns.length > 0 ? { additionalPrinterColumns: version.columns } : {}),
        schema: {
          openAPIV3Schema: withFieldsOf(
            versions.flatMap((other) => (other.version === version ? [] : [other.schema])),
            schema,
          ),
        },
      })),
    },
  };
}
