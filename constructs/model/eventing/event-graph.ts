import { annotationOf, annotations, apiVersionOf, BrokerType, type KubeObject } from '../../../lib/api';
import type { WarningRule } from '../metadata';

/** An object of an app, as it is synthesized, and where it comes from. */
export interface GraphObject {
  readonly object: KubeObject;
  /** Path of its construct. */
  readonly path: string;
  readonly silence: readonly WarningRule[];
}

/** What a link means for the object that has it. */
export type LinkRole = 'broker' | 'channel' | 'deadLetter' | 'reference' | 'reply' | 'sink' | 'subject' | 'subscriber';

/** A reference from one object to another, by name. */
export interface Link {
  readonly from: GraphObject;
  readonly role: LinkRole;
  /** The field that has it. */
  readonly field: string;
  readonly kind: string;
  readonly name: string;
  readonly namespace: string;
  /** Identity of what it leads to. */
  readonly to: string;
}

interface Reference {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

interface Target {
  readonly ref?: Reference;
  readonly delivery?: { readonly deadLetterSink?: Target };
}

/** Fields of any spec that may lead somewhere. */
interface Spec extends Target {
  readonly broker?: string;
  readonly brokerRef?: Reference;
  readonly channel?: Reference;
  readonly reference?: Reference;
  readonly subject?: Reference;
  readonly subscriber?: Target;
  readonly reply?: Target;
  readonly sink?: Target;
  readonly steps?: readonly Target[];
  readonly branches?: readonly {
    readonly filter?: Target;
    readonly subscriber?: Target;
    readonly reply?: Target;
    readonly delivery?: Target['delivery'];
  }[];
}

/** Kinds whose specs have these fields, by API group. */
const GROUPS = /^(eventing|messaging|flows|sources|sinks)\.knative\.dev\//;

const groupOf = (apiVersion: string): string => apiVersion.replace(/\/?[^/]*$/, '');

/** One text for one object, whatever its version. */
export const identityOf = (apiVersion: string, kind: string, namespace: string, name: string): string =>
  [groupOf(apiVersion), kind, namespace, name].join('/');

/** Identity of an object. */
export const objectIdentity = ({ apiVersion, kind, metadata }: KubeObject): string =>
  identityOf(apiVersion, kind, metadata.namespace ?? '', metadata.name ?? '');

/** `Broker orders`, with the namespace where it is another than that of `beside`. */
export function shortName({ kind, metadata }: KubeObject, beside?: KubeObject): string {
  const { namespace, name } = metadata;
  return namespace && namespace !== beside?.metadata.namespace ? `${kind} ${namespace}/${name}` : `${kind} ${name}`;
}

/** Everything that an object refers to by name. */
export function linksOf(from: GraphObject): readonly Link[] {
  const { apiVersion, kind, metadata } = from.object;
  if (!GROUPS.test(apiVersion)) return [];
  const spec = (from.object.spec ?? {}) as Spec;
  const own = metadata.namespace ?? '';
  const links: Link[] = [];
  const add = (role: LinkRole, field: string, reference: Reference | undefined) => {
    const { name, namespace = own } = reference ?? {};
    if (!reference?.kind || !name) return;
    const to = identityOf(reference.apiVersion ?? '', reference.kind, namespace, name);
    links.push({ from, role, field: `spec.${field}`, kind: reference.kind, name, namespace, to });
  };
  const deadLetter = (at: string, target: Target | undefined) =>
    add('deadLetter', `${at}delivery.deadLetterSink`, target?.delivery?.deadLetterSink?.ref);
  const broker = { apiVersion: apiVersionOf(BrokerType), kind: BrokerType.kind };
  if (kind === 'Trigger' && spec.broker && annotationOf(metadata.annotations, annotations.injection) !== 'enabled') {
    add('broker', 'broker', { ...broker, name: spec.broker });
  }
  add('broker', 'brokerRef', spec.brokerRef);
  if (kind === 'Subscription') add('channel', 'channel', spec.channel);
  add('reference', 'reference', spec.reference);
  add('subject', 'subject', spec.subject);
  add('subscriber', 'subscriber', spec.subscriber?.ref);
  add('sink', 'sink', spec.sink?.ref);
  add('reply', 'reply', spec.reply?.ref);
  deadLetter('', spec);
  for (const [i, step] of (spec.steps ?? []).entries()) {
    add('subscriber', `steps[${i}]`, step.ref);
    deadLetter(`steps[${i}].`, step);
  }
  for (const [i, branch] of (spec.branches ?? []).entries()) {
    add('subscriber', `branches[${i}].filter`, branch.filter?.ref);
    add('subscriber', `branches[${i}].subscriber`, branch.subscriber?.ref);
    add('reply', `branches[${i}].reply`, branch.reply?.ref);
    deadLetter(`branches[${i}].`, branch);
  }
  return links;
}

/** The objects of an app and what leads from one to another. */
export class EventGraph {
  readonly links: readonly Link[];
  readonly #objects: ReadonlyMap<string, GraphObject>;

  /** @param existing identities of what is said to be there already */
  constructor(
    readonly objects: readonly GraphObject[],
    private readonly existing: ReadonlySet<string> = new Set(),
  ) {
    this.links = objects.flatMap(linksOf);
    this.#objects = new Map(objects.map((one) => [objectIdentity(one.object), one]));
  }

  get(identity: string): GraphObject | undefined {
    return this.#objects.get(identity);
  }

  /** Whether the app makes it, or says that it is there. */
  has(identity: string): boolean {
    return this.#objects.has(identity) || this.existing.has(identity);
  }

  /** Links that lead to an object in one of these roles. */
  linksTo(identity: string, ...roles: readonly LinkRole[]): readonly Link[] {
    return this.links.filter(({ to, role }) => to === identity && roles.includes(role));
  }

  ofKind(kind: string): readonly GraphObject[] {
    return this.objects.filter(({ object }) => object.kind === kind && GROUPS.test(object.apiVersion));
  }
}
