import {
  annotationOf,
  annotations,
  type Configuration,
  ConfigurationType,
  conditionOf,
  type Deployment,
  DeploymentType,
  type DomainMapping,
  type Event,
  EventType,
  isPodReady,
  type KubeObject,
  labels,
  type Pod,
  type PodAutoscaler,
  PodAutoscalerType,
  PodType,
  type Revision,
  RevisionType,
  type Route,
  RouteType,
} from '../../api';
import { errorTable } from '../../base';
import type { ScaleStory } from '../../roles/scale-journal';
import { missingObjectRemedy } from '../why/missing-object';
import { isExplained, why } from '../why/why';
import { rootCause, type WhyNode } from '../why/why-node';
import type { World } from '../why/world';
import { consumersOf, eventFlow, type FlowFact, type UnmetCondition, unmetConditions } from './event-flow';

/** One line of a Route's traffic. */
export interface ShareStory {
  readonly revision: string;
  readonly percent: number;
  readonly tag?: string;
  readonly url?: string;
}

export interface RouteStory {
  readonly namespace: string;
  readonly name: string;
  readonly url?: string;
  readonly traffic: readonly ShareStory[];
}

export interface PodStory {
  readonly name: string;
  readonly ready: boolean;
  /** `Running`, or why not. */
  readonly state: string;
}

/** Why a revision has its number of pods. */
export interface ReplicaStory extends ScaleStory {
  readonly wanted: number;
  readonly ready: number;
  /** What bounds and conditions say, one fact to a line. */
  readonly facts: readonly string[];
}

export interface RevisionStory {
  readonly name: string;
  readonly state: WhyNode['state'];
  readonly pods: readonly PodStory[];
  readonly replicas?: ReplicaStory;
}

export interface EventStory {
  readonly at: string;
  readonly type: string;
  readonly object: string;
  readonly reason: string;
  readonly message: string;
  readonly count: number;
}

/** Everything that is told of one object. */
export interface Story {
  readonly object: { readonly apiVersion: string; readonly kind: string; readonly namespace: string; readonly name: string };
  readonly state: WhyNode['state'];
  readonly routes: readonly RouteStory[];
  readonly revisions: readonly RevisionStory[];
  /** The chain of causes; undefined if nothing is the matter. */
  readonly why?: WhyNode;
  /** What to do about the deepest cause. */
  readonly remedy?: string;
  /** Of objects of Eventing: where events come from and go. */
  readonly flow: readonly FlowFact[];
  /** Of objects of Eventing: every other condition that is not met. */
  readonly unmet: readonly UnmetCondition[];
  readonly events: readonly EventStory[];
}

const EVENTS = 8;

const named = ({ kind, metadata }: KubeObject): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** Routes that lead to what is asked about. */
function routesOf(object: KubeObject, world: World): readonly Route[] {
  const { namespace = '', name = '' } = object.metadata;
  switch (object.kind) {
    case 'Route':
      return [object as Route];
    case 'Service':
      return [world.get(RouteType, namespace, name) ?? []].flat();
    case 'DomainMapping': {
      const target = world.get(RouteType, namespace, (object as DomainMapping).spec.ref.name);
      return target ? [target] : [];
    }
    default: {
      const revisions = revisionNames(object, [], world);
      return world
        .all(RouteType)
        .filter(
          ({ metadata, status }) =>
            metadata.namespace === namespace &&
            status?.traffic?.some(({ revisionName = '' }) => revisions.includes(revisionName)),
        );
    }
  }
}

/** Revisions that matter: those that traffic leads to, and a newer one that does not get any yet. */
function revisionNames(object: KubeObject, routes: readonly Route[], world: World): string[] {
  const { namespace = '', name = '', labels: own } = object.metadata;
  const revision = own?.[labels.revision];
  if (object.kind === 'Revision' || object.kind === 'PodAutoscaler') return [name];
  if (object.kind === 'Pod' || object.kind === 'Deployment') return revision ? [revision] : [];
  const configuration: Configuration | undefined =
    object.kind === 'Configuration' ? (object as Configuration) : world.get(ConfigurationType, namespace, name);
  const { latestReadyRevisionName, latestCreatedRevisionName } = configuration?.status ?? {};
  const served = routes.flatMap(({ status }) => (status?.traffic ?? []).flatMap(({ revisionName }) => revisionName ?? []));
  const latest =
    object.kind === 'Configuration' ? [latestReadyRevisionName, latestCreatedRevisionName] : [latestCreatedRevisionName];
  return [...new Set([...served, ...latest.filter((one) => one !== undefined)])];
}

function routeStory({ metadata, status }: Route, tag: string | undefined, shownUrl: (url: string) => string): RouteStory {
  const traffic = (status?.traffic ?? [])
    .filter((target) => tag === undefined || target.tag === tag)
    .map(({ revisionName = '', percent = 0, tag: own, url }) => ({
      revision: revisionName,
      percent,
      ...(own ? { tag: own } : {}),
      ...(url ? { url: shownUrl(url) } : {}),
    }));
  return {
    namespace: metadata.namespace ?? '',
    name: metadata.name ?? '',
    ...(status?.url ? { url: shownUrl(status.url) } : {}),
    traffic,
  };
}

function podStory(pod: Pod, world: World): PodStory {
  const trouble = why(pod, world);
  const ending = pod.metadata.deletionTimestamp ? 'ending' : undefined;
  const state = ending ?? (trouble.state === 'ready' ? (pod.status?.phase ?? 'Running') : (trouble.reason ?? 'not ready'));
  return { name: pod.metadata.name ?? '', ready: isPodReady(pod), state };
}

function factsOf(pa: PodAutoscaler, wanted: number): string[] {
  const bound = (key: Parameters<typeof annotationOf>[1]) => annotationOf(pa.metadata.annotations, key);
  const [min, max, initial] = [bound(annotations.minScale), bound(annotations.maxScale), bound(annotations.initialScale)];
  const active = conditionOf(pa.status?.conditions, 'Active');
  return [
    ...(min !== undefined && Number(min) > 0 ? [`min-scale ${min}${wanted === Number(min) ? ': it is at its least' : ''}`] : []),
    ...(max !== undefined && Number(max) > 0 ? [`max-scale ${max}${wanted === Number(max) ? ': it is at its most' : ''}`] : []),
    ...(initial === undefined ? [] : [`initial-scale ${initial}`]),
    ...(pa.spec.reachability === 'Unreachable' ? ['no route leads to it: it may go to zero, whatever its min-scale'] : []),
    ...(active && active.status !== 'True' ? [`${active.reason ?? 'not active'}: ${active.message ?? ''}`] : []),
  ];
}

/** Why there are more pods than the autoscaler wants. */
function keptFacts(pa: PodAutoscaler, wanted: number, scale: ScaleStory | undefined): string[] {
  if (scale?.desired !== 0 || wanted === 0) return [];
  const active = conditionOf(pa.status?.conditions, 'Active');
  if (active?.status !== 'True') return [];
  return ['no load: the last pod goes once the revision has been active for its window (60s unless it says otherwise)'];
}

function replicaStory(revision: Revision, world: World, scale: ScaleStory | undefined): ReplicaStory | undefined {
  const { namespace = '', name = '' } = revision.metadata;
  const deployment: Deployment | undefined = world.labelled(DeploymentType, namespace, labels.revision, name)[0];
  const pa = world.get(PodAutoscalerType, namespace, name);
  if (!deployment && !pa) return undefined;
  const wanted = deployment?.spec.replicas ?? pa?.status?.desiredScale ?? 0;
  return {
    wanted,
    ready: deployment?.status?.readyReplicas ?? 0,
    facts: pa ? [...factsOf(pa, wanted), ...keptFacts(pa, wanted, scale)] : [],
    explanation: scale?.explanation ?? [],
    decisions: scale?.decisions ?? [],
    ...(scale?.desired === undefined ? {} : { desired: scale.desired }),
  };
}

/** What asks for the scale of a revision must be asked before the story is told. */
export function revisionsToAsk(object: KubeObject, world: World, tag?: string): string[] {
  return revisionNames(object, routesWithTag(object, world, tag), world);
}

function routesWithTag(object: KubeObject, world: World, tag: string | undefined): readonly Route[] {
  const routes = routesOf(object, world);
  if (tag === undefined) return routes;
  return routes.map((route) => ({
    ...route,
    status: { ...route.status, traffic: (route.status?.traffic ?? []).filter((target) => target.tag === tag) },
  }));
}

function eventStories(about: ReadonlySet<string>, world: World): EventStory[] {
  const isAbout = ({ involvedObject: { kind = '', namespace = '', name = '' } }: Event) =>
    about.has(`${kind} ${namespace}/${name}`) ||
    (kind === 'ReplicaSet' && about.has(`Deployment ${namespace}/${name.replace(/-[^-]*$/, '')}`));
  const at = ({ lastTimestamp, metadata }: Event) => lastTimestamp ?? metadata.creationTimestamp ?? '';
  return world
    .all(EventType)
    .filter(isAbout)
    .sort((a, b) => at(a).localeCompare(at(b)))
    .slice(-EVENTS)
    .map((event) => ({
      at: at(event),
      type: event.type ?? 'Normal',
      object: `${event.involvedObject.kind} ${event.involvedObject.name}`,
      reason: event.reason ?? '',
      message: event.message ?? '',
      count: event.count ?? 1,
    }));
}

/** Kinds without a chain of causes of their own: what they stand for is explained. */
function explainedObject(object: KubeObject, world: World): KubeObject {
  if (isExplained(object)) return object;
  return world.get<KubeObject>(RevisionType, object.metadata.namespace ?? '', object.metadata.name ?? '') ?? object;
}

export interface StoryOptions {
  /** The traffic tag that is asked about. */
  readonly tag: string | undefined;
  /** What the autoscaler says of revisions, by name. */
  readonly scales: ReadonlyMap<string, ScaleStory>;
  /** A knc dev, which can be asked for events. @default false */
  readonly local?: boolean;
  /** How a URL of the status can be opened from here. @default as it is */
  readonly shownUrl?: (url: string) => string;
}

/**
 * The story of an object: where traffic goes, what runs, what is the matter, why so many pods, and what happened lately. Pure.
 */
export function storyOf(
  object: KubeObject,
  world: World,
  { tag, scales, local = false, shownUrl = (url) => url }: StoryOptions,
): Story {
  const { namespace = '', name = '' } = object.metadata;
  const routes = routesWithTag(object, world, tag);
  const revisions = revisionNames(object, routes, world).flatMap((one) => world.get(RevisionType, namespace, one) ?? []);
  const root = why(explainedObject(object, world), world);
  const cause = rootCause(root);
  const pods = revisions.map((revision) => world.labelled(PodType, namespace, labels.revision, revision.metadata.name ?? ''));
  const deployments = revisions.flatMap(({ metadata }) =>
    world.labelled(DeploymentType, namespace, labels.revision, metadata.name ?? ''),
  );
  const consumers = consumersOf(object, world);
  const remedy = missingObjectRemedy(cause, world) ?? (cause.code && errorTable[cause.code].remedy);
  const about = [object, ...consumers, ...routes, ...revisions, ...deployments, ...pods.flat()].map(named);
  const scaled = revisions.map(({ metadata }) => `PodAutoscaler ${namespace}/${metadata.name}`);
  return {
    object: { apiVersion: object.apiVersion, kind: object.kind, namespace, name },
    state: root.state,
    routes: routes.map((route) => routeStory(route, tag, shownUrl)),
    revisions: revisions.map((revision, i) => {
      const replicas = replicaStory(revision, world, scales.get(revision.metadata.name ?? ''));
      return {
        name: revision.metadata.name ?? '',
        state: why(revision, world).state,
        pods: pods[i]!.map((pod) => podStory(pod, world)),
        ...(replicas ? { replicas } : {}),
      };
    }),
    ...(root.state === 'ready' ? {} : { why: root }),
    ...(root.state !== 'ready' && remedy ? { remedy } : {}),
    flow: eventFlow(object, world, local),
    unmet: unmetConditions(object, cause),
    events: eventStories(new Set([...about, ...scaled]), world),
  };
}
