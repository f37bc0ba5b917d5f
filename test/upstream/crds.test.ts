import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { crd, knativeTypes } from '../../lib/api';
import { describeUpstream } from './go-module';

interface Node {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly additionalProperties?: Node;
  readonly required?: readonly string[];
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
}

interface Definition {
  readonly metadata: { readonly name: string; readonly labels: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly scope: string;
    readonly names: unknown;
    readonly versions: readonly {
      readonly name: string;
      readonly additionalPrinterColumns: unknown;
      readonly schema: { readonly openAPIV3Schema: Node };
    }[];
  };
}

const FILES: Readonly<Record<string, string>> = {
  Service: 'service',
  Configuration: 'configuration',
  Revision: 'revision',
  Route: 'route',
  PodAutoscaler: 'podautoscaler',
  Metric: 'metric',
  Ingress: 'ingress',
  ServerlessService: 'serverlessservice',
  DomainMapping: 'domain-mapping',
  ClusterDomainClaim: 'domain-claim',
};

/** A field that is declared so that it can be refused. */
const isForbidden = (node: Node): boolean => node.description === 'Not allowed.';

/** Paths of fields that `left` has and `right` has not. What is inside a node that keeps unknown fields is known to it. */
function* onlyIn(left: Node, right: Node, at: string): Generator<string> {
  for (const [name, field] of Object.entries(left.properties ?? {})) {
    const other = right.properties?.[name];
    if (other) yield* onlyIn(field, other, `${at}.${name}`);
    else if (!right['x-kubernetes-preserve-unknown-fields']) yield `${at}.${name}`;
  }
  if (left.items && right.items) yield* onlyIn(left.items, right.items, `${at}[]`);
}

/** Paths of fields whose types differ. */
function* typesDiffer(left: Node, right: Node, at: string): Generator<string> {
  if (left.type !== right.type) yield `${at}: ${left.type} and ${right.type}`;
  for (const [name, field] of Object.entries(left.properties ?? {})) {
    const other = right.properties?.[name];
    if (other) yield* typesDiffer(field, other, `${at}.${name}`);
  }
  if (left.items && right.items) yield* typesDiffer(left.items, right.items, `${at}[]`);
}

const withoutForbidden = (node: Node): Node => ({
  ...node,
  ...(node.properties
    ? {
        properties: Object.fromEntries(
          Object.entries(node.properties).flatMap(([name, field]) =>
            isForbidden(field) ? [] : [[name, withoutForbidden(field)]],
          ),
        ),
      }
    : {}),
  ...(node.items ? { items: withoutForbidden(node.items) } : {}),
});

describeUpstream("the definitions beside upstream's", ({ serving, networking }) => {
  describe.each(knativeTypes.map((type) => [type.kind, type] as const))('%s', (kind, type) => {
    const folder = type.group.startsWith('networking.')
      ? path.join(networking, 'config')
      : path.join(serving, 'config/core/300-resources');
    const theirs = parse(readFileSync(path.join(folder, `${FILES[kind]}.yaml`), 'utf8')) as Definition;
    const ours = JSON.parse(JSON.stringify(crd(type))) as Definition;
    const schema = (definition: Definition) => definition.spec.versions[0]!.schema.openAPIV3Schema;

    test('has the same names, labels, scope, version and columns', () => {
      const { 'app.kubernetes.io/version': _version, ...labels } = theirs.metadata.labels;
      expect(ours.metadata).toEqual({ ...theirs.metadata, labels });
      expect(ours.spec.names).toEqual(theirs.spec.names);
      expect(ours.spec.scope).toBe(theirs.spec.scope);
      expect(ours.spec.group).toBe(theirs.spec.group);
      expect(ours.spec.versions.map((v) => v.name)).toEqual(theirs.spec.versions.map((v) => v.name));
      expect(ours.spec.versions[0]!.additionalPrinterColumns).toEqual(theirs.spec.versions[0]!.additionalPrinterColumns);
    });

    test('declares every field of upstream', () => {
      expect([...onlyIn(schema(theirs), schema(ours), '')]).toEqual([]);
    });

    test('allows no field that upstream would drop', () => {
      // Upstream's validation allows it, though its definition drops it.
      const known = [/\.(livenessProbe|readinessProbe|startupProbe)\.terminationGracePeriodSeconds$/];
      const extra = [...onlyIn(withoutForbidden(schema(ours)), schema(theirs), '')];
      expect(extra.filter((field) => !known.some((expression) => expression.test(field)))).toEqual([]);
    });

    test('gives the fields the same types', () => {
      expect([...typesDiffer(schema(ours), schema(theirs), '')]).toEqual([]);
    });
  });
});
