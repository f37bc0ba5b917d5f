import { readFileSync } from 'node:fs';
import { parseAllDocuments } from 'yaml';
import { crd, knativeTypes } from '../../lib/api';
import { definitionFile } from './definition-file';
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
  readonly metadata: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly creationTimestamp?: null;
  };
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

/** The same columns, whichever quotes their paths have. */
const columnsOf = (version: Definition['spec']['versions'][number]): unknown =>
  JSON.parse(JSON.stringify(version.additionalPrinterColumns ?? null).replaceAll('\\"Ready\\"', "'Ready'"));

/** Where a definition says what a source sends. */
const EVENT_TYPES = 'registry.knative.dev/eventTypes';

/** What only this package has, or upstream lets through where it keeps unknown fields. */
const OWN_FIELDS = [
  // Every object has them, whatever a definition says.
  /^\.(apiVersion|kind|metadata)$/,
  // Upstream's validation allows it, though its definition drops it.
  /\.(livenessProbe|readinessProbe|startupProbe)\.terminationGracePeriodSeconds$/,
  // The dialect that looks at the data of events: constructs warn of it.
  /\.filters\[\]\.data$/,
  // Destinations, references and statuses that upstream's types have, and its definitions leave out here or there.
  /\.(ref|config|channel|brokerRef|reference|deadLetterChannel)\.(address|namespace)$/,
  /\.deadLetterSink\.(CACerts|audience)$/,
  /\.status\.(addresses|ceAttributes|auth|policies|subscribers\[\]\.(auth|message)|oidcTokenSecretName|physicalSubscription\..*)$/,
  /\.ready\.severity$/,
  /^\.spec\.subscribers\[\]\.namespace$/,
  // Misspelled there.
  /^\.status\.(conditions\[\]|branchStatuses\[\]\.\w+\.ready)\.lastTransitionTime$/,
  // Older versions keep the fields of newer ones: nothing converts between them.
  /^\.spec\.(type|source|schema|schemaData|broker|attributes)$/,
];

describeUpstream("the definitions beside upstream's", (folders) => {
  describe.each(knativeTypes.map((type) => [type.kind, type] as const))('%s', (_, type) => {
    const theirs = parseAllDocuments(readFileSync(definitionFile(type, folders), 'utf8'))
      .map((document) => document.toJS() as Definition | null)
      .find((definition) => definition?.metadata?.name === `${type.plural}.${type.group}`)!;
    const ours = JSON.parse(JSON.stringify(crd(type))) as Definition;
    const versions = [type, ...(type.otherVersions ?? [])].map(({ version }) => version);
    const versionOf = (definition: Definition, name: string) => definition.spec.versions.find((v) => v.name === name)!;
    const each = <T>(find: (ours: Node, theirs: Node) => Iterable<T>): T[] =>
      versions.flatMap((name) => [
        ...find(versionOf(ours, name).schema.openAPIV3Schema, versionOf(theirs, name).schema.openAPIV3Schema),
      ]);

    test('has the same names, labels, scope, version and columns', () => {
      const { 'app.kubernetes.io/version': _version, ...labels } = theirs.metadata.labels;
      const { annotations: own, ...metadata } = ours.metadata;
      const { annotations, creationTimestamp: _none, ...rest } = theirs.metadata;
      expect(metadata).toEqual({ ...rest, labels });
      const events = (all: Readonly<Record<string, string>> | undefined) => JSON.parse(all?.[EVENT_TYPES] ?? 'null') as unknown;
      expect(events(own)).toEqual(events(annotations));
      expect(ours.spec.names).toEqual(theirs.spec.names);
      expect(ours.spec.scope).toBe(theirs.spec.scope);
      expect(ours.spec.group).toBe(theirs.spec.group);
      for (const name of versions) expect(columnsOf(versionOf(ours, name))).toEqual(columnsOf(versionOf(theirs, name)));
    });

    test('declares every field of upstream', () => {
      expect(each((ours, theirs) => onlyIn(theirs, ours, ''))).toEqual([]);
    });

    test('allows no field that upstream would drop', () => {
      const extra = each((ours, theirs) => onlyIn(withoutForbidden(ours), theirs, ''));
      expect(extra.filter((field) => !OWN_FIELDS.some((expression) => expression.test(field)))).toEqual([]);
    });

    test('gives the fields the same types', () => {
      expect(each((ours, theirs) => typesDiffer(ours, theirs, ''))).toEqual([]);
    });
  });
});
