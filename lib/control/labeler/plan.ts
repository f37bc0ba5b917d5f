import {
  annotations,
  type Configuration,
  ConfigurationType,
  conditionOf,
  controllerOf,
  isReady,
  type KubeObject,
  labels,
  type ResourceType,
  type Revision,
  RevisionType,
  type Route,
  RouteType,
  type Stored,
} from '../../api';
import { finalizerPatch, listAnnotation } from '../metadata';
import type { Index, Observed, Patch, Plan, Read, Reconciler } from '../reconciler';
import { revisionChange, routesChange } from './routing-meta';

/** Keeps a Route that is deleted until nothing names it any more. */
export const ROUTE_FINALIZER = 'routes.serving.knative.dev';

/** Objects by the routes in their annotation, as `namespace/route`. */
const byRoute: Index<KubeObject> = {
  name: 'routes',
  values: ({ metadata }) =>
    listAnnotation(metadata.annotations, annotations.routes[0]).map((route) => `${metadata.namespace}/${route}`),
};

/** What a route leads to: the revisions of spec and status, their configurations, and revisions that are about to be the latest. */
interface Targets {
  readonly revisions: ReadonlyMap<string, Stored<Revision>>;
  readonly configurations: ReadonlyMap<string, Stored<Configuration>>;
}

function targetsOf(route: Stored<Route>, observed: Observed): Targets {
  const { namespace } = route.metadata;
  const revisions = new Map<string, Stored<Revision>>();
  const configurations = new Map<string, Stored<Configuration>>();
  const addRevision = (name: string): Stored<Revision> | undefined => {
    const revision = observed.get(RevisionType, namespace, name);
    if (revision) revisions.set(name, revision);
    return revision;
  };
  for (const target of [...(route.status?.traffic ?? []), ...(route.spec.traffic ?? [])]) {
    const revision = target.revisionName ? addRevision(target.revisionName) : undefined;
    if (target.revisionName && !revision) continue;
    const owner = revision && controllerOf(revision);
    const name = owner?.kind === 'Configuration' ? owner.name : target.configurationName;
    const configuration = name ? observed.get(ConfigurationType, namespace, name) : undefined;
    if (!configuration) continue;
    configurations.set(configuration.metadata.name, configuration);
    const latest = configuration.status?.latestCreatedRevisionName;
    if (latest && target.latestRevision) addRevision(latest);
  }
  return { revisions, configurations };
}

/** Whether the route's controller has decided about the present spec, for or against. */
function isSettled(route: Stored<Route>): boolean {
  const failed =
    route.status?.observedGeneration === route.metadata.generation &&
    conditionOf(route.status?.conditions, 'Ready')?.status === 'False';
  return failed || isReady(route);
}

/** Whether two objects are of one Service. */
function siblings(one: Stored<Configuration>, other: Stored<Route>): boolean {
  const owner = controllerOf(one);
  return owner !== undefined && owner.uid === controllerOf(other)?.uid;
}

/** Patches that make the metadata of what the route leads to, and of what it led to, say so. */
function patches(route: Stored<Route>, targets: Targets, observed: Observed, now: number): Patch[] {
  const { namespace, name: routeName, deletionTimestamp } = route.metadata;
  const result: Patch[] = [];
  const add = (type: ResourceType, name: string, metadata: object | undefined): void => {
    if (metadata) result.push({ type, namespace, name, patch: { merge: { metadata } } });
  };
  if (deletionTimestamp || isSettled(route)) {
    const key = `${namespace}/${routeName}`;
    for (const revision of observed.find(RevisionType, byRoute as Index<Revision>, key)) {
      const { name, labels: own } = revision.metadata;
      if (targets.revisions.has(name) || own?.[labels.routingState] !== 'active') continue;
      add(RevisionType, name, revisionChange(revision, routeName, false, now));
    }
    for (const configuration of observed.find(ConfigurationType, byRoute as Index<Configuration>, key)) {
      const { name } = configuration.metadata;
      // A Service lets its Configuration name its Route from the start, also before and after any traffic goes there.
      if (!deletionTimestamp && siblings(configuration, route)) continue;
      if (!targets.configurations.has(name)) add(ConfigurationType, name, routesChange(configuration, routeName, false));
    }
  }
  for (const [name, revision] of targets.revisions) add(RevisionType, name, revisionChange(revision, routeName, true, now));
  for (const [name, configuration] of targets.configurations) {
    add(ConfigurationType, name, routesChange(configuration, routeName, true));
  }
  return result;
}

function plan(route: Stored<Route>, observed: Observed, now: number): Plan {
  if (route.metadata.deletionTimestamp) {
    const nothing: Targets = { revisions: new Map(), configurations: new Map() };
    const release = finalizerPatch(route, RouteType, ROUTE_FINALIZER, false);
    return { patch: [...patches(route, nothing, observed, now), ...(release ? [release] : [])] };
  }
  const hold = finalizerPatch(route, RouteType, ROUTE_FINALIZER, true);
  return { patch: [...(hold ? [hold] : []), ...patches(route, targetsOf(route, observed), observed, now)] };
}

/**
 * Notes on Configurations and Revisions which Routes lead to them: the autoscaler keeps only those at their minimum scale, and
 * garbage collection spares them.
 */
export const labelerReconciler: Reconciler<Route> = {
  name: 'labeler-controller',
  type: RouteType,
  watches: [ConfigurationType, RevisionType],
  finalizer: ROUTE_FINALIZER,
  reads(parent): readonly Read[] {
    const { namespace = '', name } = parent.metadata;
    const all = [...(parent.status?.traffic ?? []), ...(parent.spec.traffic ?? [])];
    const revisions = new Set(all.flatMap(({ revisionName }) => (revisionName ? [revisionName] : [])));
    const configurations = new Set(all.flatMap(({ configurationName }) => (configurationName ? [configurationName] : [])));
    return [
      { type: RevisionType, index: byRoute, value: `${namespace}/${name}` },
      { type: ConfigurationType, index: byRoute, value: `${namespace}/${name}` },
      ...[...revisions].map((revision) => ({ type: RevisionType, namespace, name: revision })),
      ...[...configurations].flatMap((configuration) => [
        { type: ConfigurationType, namespace, name: configuration },
        { type: RevisionType, namespace, labels: { [labels.configuration]: configuration } },
      ]),
    ];
  },
  plan: (parent, observed, _config, now) => plan(parent, observed, now),
};
