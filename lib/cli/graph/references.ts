import type { Deployment, DomainMapping, KubeObject, PodSpec, PodTemplateSpec, Service, TrafficTarget } from '../../api';
import { type EdgeKind, type ObjectRef, refOf } from './graph';
import { podReferences, type Reference } from './pod-references';

export type { Reference } from './pod-references';

type Loose = Readonly<Record<string, unknown>>;
type Rule = (object: KubeObject) => readonly Reference[];

const at = (value: unknown, ...path: string[]): unknown =>
  path.reduce<unknown>((part, key) => (part as Loose | undefined)?.[key], value);

/** Fields of eventing and messaging kinds that name where events go, and how the edge is called. */
const SINKS: readonly (readonly [readonly string[], string | undefined])[] = [
  [['sink', 'ref'], undefined],
  [['subscriber', 'ref'], undefined],
  [['reply', 'ref'], 'reply'],
  [['channel'], 'channel'],
  [['delivery', 'deadLetterSink', 'ref'], 'dead letters'],
];

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

/** Anything that sends events says to where in fields of the same names. */
const sinks: Rule = ({ spec, metadata, kind }) => {
  const found = SINKS.flatMap(([path, label]) => {
    const to = refIn(at(spec, ...path), metadata.namespace);
    return to ? [{ to, kind: 'sends' as EdgeKind, ...(label ? { label } : {}) }] : [];
  });
  const broker = at(spec, 'broker');
  if (kind !== 'Trigger' || typeof broker !== 'string') return found;
  return [
    ...found,
    {
      to: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', namespace: metadata.namespace, name: broker },
      kind: 'sends',
      reversed: true,
    },
  ];
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
