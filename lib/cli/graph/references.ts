import type { Deployment, DomainMapping, KubeObject, PodSpec, PodTemplateSpec, Service, TrafficTarget } from '../../api';
import { type EdgeKind, type ObjectRef, refOf } from './graph';
import { podReferences, type Reference } from './pod-references';

export type { Reference } from './pod-references';

type Loose = Readonly<Record<string, unknown>>;
type Rule = (object: KubeObject) => readonly Reference[];

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((part, key) => (part as Loose | undefined)?.[key], value);

/** Fields of eventing kinds that name where events go, and how the edge is called. */
const SINKS: readonly (readonly [readonly string[], string | undefined])[] = [
  [['sink', 'ref'], undefined],
  [['subscriber', 'ref'], undefined],
  [['filter', 'ref'], 'filter'],
  [['reply', 'ref'], 'reply'],
  [['delivery', 'deadLetterSink', 'ref'], 'dead letters'],
];

/** Fields that name what events come from. */
const SOURCES = [['channel'], ['brokerRef']] as const;

function refIn(value: unknown, namespace: string | undefined): ObjectRef | undefined {
  const { apiVersion, kind, name, namespace: own } = (value ?? {}) as Partial<Record<keyof ObjectRef, string>>;
  return apiVersion && kind && name ? { apiVersion, kind, name, namespace: own ?? namespace } : undefined;
}

/** Shares of requests between revisions that are named, or the latest of this service or configuration. */
export function trafficLabel({ percent, tag }: TrafficTarget): string {
  return [percent === undefined && tag ? '' : `${percent ?? 100}%`, tag ?? ''].filter(Boolean).join(' ');
}

const namedRevisions: Rule = (object) => {
  const { spec, metadata } = object as Service;
  return (spec.traffic ?? []).flatMap((target) => {
    if (!target.revisionName) return [];
    const to = { apiVersion: object.apiVersion, kind: 'Revision', namespace: metadata.namespace, name: target.revisionName };
    return [{ to, kind: 'routes' as const, label: trafficLabel(target), percent: target.percent ?? 0 }];
  });
};

const podTemplate: Rule = ({ spec, metadata }) =>
  podReferences(
    ((spec as { readonly template?: PodTemplateSpec } | undefined)?.template?.spec ?? {}) as PodSpec,
    metadata.namespace,
  );

const domainMapping: Rule = (object) => {
  const to = refIn((object as DomainMapping).spec.ref, object.metadata.namespace);
  return to ? [{ to, kind: 'routes', percent: 100 }] : [];
};

function sinksIn(spec: unknown, namespace: string | undefined, where?: string): Reference[] {
  return SINKS.flatMap(([path, name]) => {
    const to = refIn(at(spec, ...path), namespace);
    const label = [where, name].filter(Boolean).join(' ');
    return to ? [{ to, kind: 'sends' as EdgeKind, ...(label ? { label } : {}) }] : [];
  });
}

/** What a trigger wants of events, if it can be said in a word or two: `type=order.created`. */
function wanted(spec: unknown): string | undefined {
  const attributes = Object.entries((at(spec, 'filter', 'attributes') ?? {}) as Readonly<Record<string, string>>);
  return attributes.length > 0 ? attributes.map(([name, value]) => `${name}=${value || '*'}`).join(', ') : undefined;
}

/** Anything that takes events says from where, and anything that sends them to where, in fields of the same names. */
const sinks: Rule = ({ spec, metadata: { namespace }, kind }) => {
  const broker = at(spec, 'broker');
  const named = kind === 'Trigger' && typeof broker === 'string' && broker !== '' ? broker : undefined;
  const origins = [
    ...SOURCES.flatMap((path) => refIn(at(spec, ...path), namespace) ?? []),
    ...(named ? [{ apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', namespace, name: named }] : []),
  ];
  const label = wanted(spec);
  return [
    ...sinksIn(spec, namespace),
    ...origins.map((to) => ({ to, kind: 'sends' as const, reversed: true, ...(label ? { label } : {}) })),
  ];
};

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

const sequence: Rule = ({ spec, metadata: { namespace } }) => [
  ...list(at(spec, 'steps')).flatMap((step, i) => sinksIn({ ...(step as Loose), subscriber: step }, namespace, `step ${i + 1}`)),
  ...sinksIn(spec, namespace),
];

const parallel: Rule = ({ spec, metadata: { namespace } }) => [
  ...list(at(spec, 'branches')).flatMap((branch, i) => sinksIn(branch, namespace, `branch ${i + 1}`)),
  ...sinksIn(spec, namespace),
];

/** Who sends is told by the binding where to. */
const sinkBinding: Rule = (object) => {
  const subject = refIn(at(object.spec, 'subject'), object.metadata.namespace);
  return [...(subject ? [{ to: subject, kind: 'sends' as const, reversed: true }] : []), ...sinks(object)];
};

const RULES: Readonly<Record<string, Rule>> = {
  'serving.knative.dev/v1/Service': (object) => [...namedRevisions(object), ...podTemplate(object)],
  'serving.knative.dev/v1/Route': namedRevisions,
  'serving.knative.dev/v1/Configuration': podTemplate,
  'serving.knative.dev/v1beta1/DomainMapping': domainMapping,
  'serving.knative.dev/v1/Revision': ({ spec, metadata }) => podReferences(spec as unknown as PodSpec, metadata.namespace),
  'v1/Pod': ({ spec, metadata }) => podReferences(spec as unknown as PodSpec, metadata.namespace),
  'apps/v1/Deployment': podTemplate,
  'batch/v1/Job': podTemplate,
  'flows.knative.dev/v1/Sequence': sequence,
  'flows.knative.dev/v1/Parallel': parallel,
  'sources.knative.dev/v1/SinkBinding': sinkBinding,
  'sources.knative.dev/v1/ContainerSource': (object) => [...sinks(object), ...podTemplate(object)],
};

/** What an object refers to, each once for each way in which it does. */
export function referencesOf(object: KubeObject): Reference[] {
  const rule = RULES[`${object.apiVersion}/${object.kind}`] ?? sinks;
  const unique = new Map(
    rule(object).map((reference) => [JSON.stringify([reference.to, reference.kind, reference.label]), reference]),
  );
  return [...unique.values()];
}

/** The deployments whose pods a Service of Kubernetes sends requests to. */
export function selectedBy(service: KubeObject, deployments: readonly Deployment[]): ObjectRef[] {
  const selector = Object.entries((at(service.spec, 'selector') ?? {}) as Record<string, string>);
  if (selector.length === 0) return [];
  return deployments
    .filter(({ metadata, spec }) => {
      const labels = spec.template?.metadata?.labels ?? {};
      return metadata.namespace === service.metadata.namespace && selector.every(([key, value]) => labels[key] === value);
    })
    .map(refOf);
}
