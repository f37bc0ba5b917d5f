import {
  type Configuration,
  controllerOf,
  type Deployment,
  type KubeObject,
  labels,
  type Route,
  type Stored,
  typeKey,
} from '../../api';
import type { Preview, PreviewChange } from '../../roles/preview';

/** What a Route sends where: one line of its traffic. */
export interface TrafficShare {
  readonly revision: string;
  readonly percent: number;
  readonly tag?: string;
}

/** A Route whose traffic goes elsewhere. `from` empty: it is new. */
export interface TrafficMove {
  readonly namespace: string;
  readonly route: string;
  readonly from: readonly TrafficShare[];
  readonly to: readonly TrafficShare[];
}

/** A revision with another number of pods. */
export interface ScaleMove {
  readonly namespace: string;
  readonly revision: string;
  readonly from: number;
  readonly to: number;
}

/** A change, with the declared object on whose behalf it is made. */
export interface PlannedChange extends PreviewChange {
  /** Index of that object's change among the changes; undefined for the declared ones themselves. */
  readonly root?: KubeObject;
}

export interface Refusal {
  readonly object: KubeObject;
  readonly message: string;
}

/** What applying the input would do. */
export interface DeployPlan {
  readonly changes: readonly PlannedChange[];
  readonly traffic: readonly TrafficMove[];
  readonly scale: readonly ScaleMove[];
  readonly refused: readonly Refusal[];
  readonly warnings: readonly string[];
}

const keyOf = ({ kind, apiVersion, metadata }: KubeObject): string =>
  `${apiVersion.split('/')[0]} ${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

function byKey<T extends KubeObject>(
  objects: readonly Stored<KubeObject>[],
  kind: string,
  group: string,
): Map<string, Stored<T>> {
  const found = objects.filter((object) => object.kind === kind && object.apiVersion.startsWith(`${group}/`));
  return new Map(found.map((object) => [`${object.metadata.namespace}/${object.metadata.name}`, object as Stored<T>]));
}

function sharesOf(route: Route | undefined): TrafficShare[] {
  return (route?.status?.traffic ?? []).map(({ revisionName = '', percent = 0, tag }) => ({
    revision: revisionName,
    percent,
    ...(tag ? { tag } : {}),
  }));
}

/** Routes that the input makes lead elsewhere; where they lead now is taken from the live cluster. */
function trafficMoves({ before, after }: Preview, live: readonly Stored<KubeObject>[]): TrafficMove[] {
  const [old, now] = [before, live].map((objects) => byKey<Route>(objects, 'Route', 'serving.knative.dev'));
  return [...byKey<Route>(after, 'Route', 'serving.knative.dev')].flatMap(([key, route]) => {
    const to = sharesOf(route);
    if (JSON.stringify(sharesOf(old?.get(key))) === JSON.stringify(to)) return [];
    const { namespace = '', name } = route.metadata;
    return [{ namespace, route: name, from: sharesOf(now?.get(key)), to }];
  });
}

const replicasOf = (deployment: Deployment | undefined): number => (deployment ? (deployment.spec.replicas ?? 1) : 0);

function scaleMoves({ before, after }: Preview, live: readonly Stored<KubeObject>[]): ScaleMove[] {
  const of = (objects: readonly Stored<KubeObject>[]) => byKey<Deployment>(objects, 'Deployment', 'apps');
  const [old, next, now] = [of(before), of(after), of(live)];
  return [...new Set([...old.keys(), ...next.keys()])].flatMap((key) => {
    const deployment = next.get(key) ?? old.get(key)!;
    const revision = deployment.metadata.labels?.[labels.revision];
    const to = replicasOf(next.get(key));
    if (!revision || to === replicasOf(old.get(key))) return [];
    const from = replicasOf(now.get(key));
    return from === to ? [] : [{ namespace: deployment.metadata.namespace ?? '', revision, from, to }];
  });
}

/** The object at the top of the chain of controllers. */
function rootOf(object: Stored<KubeObject>, byUid: ReadonlyMap<string, Stored<KubeObject>>): Stored<KubeObject> {
  const owner = byUid.get(controllerOf(object)?.uid ?? '');
  return owner ? rootOf(owner, byUid) : object;
}

function withRoots({ before, after, changes }: Preview): PlannedChange[] {
  const objects = [...before, ...after];
  const byUid = new Map(objects.map((object) => [object.metadata.uid, object]));
  const byName = new Map(objects.map((object) => [keyOf(object), object]));
  return changes.map((change) => {
    if (change.declared) return change;
    const { type, namespace, name } = change;
    const apiVersion = type.group ? `${type.group}/${type.version}` : type.version;
    const object = byName.get(keyOf({ apiVersion, kind: type.kind, metadata: { name, ...(namespace ? { namespace } : {}) } }));
    const root = object && rootOf(object, byUid);
    return root && root !== object ? { ...change, root } : change;
  });
}

/** What is worth knowing before it is done. */
function warningsOf({ after, changes }: Preview, traffic: readonly TrafficMove[]): string[] {
  const collected = changes.filter(({ type, change, namespace }) => {
    if (type.kind !== 'Revision' || change !== 'deleted') return false;
    return changes.every(
      (other) => other.type.kind !== 'Configuration' || other.change !== 'deleted' || other.namespace !== namespace,
    );
  });
  const configurations = [...byKey<Configuration>(after, 'Configuration', 'serving.knative.dev').values()];
  const fresh = traffic.flatMap(({ namespace, route, from, to }) => {
    if (from.length === 0) return [];
    const revisions = new Set(from.map(({ revision }) => revision));
    return to
      .filter(({ revision, percent }) => percent > 0 && !revisions.has(revision))
      .map(({ revision, percent }) => {
        const made = configurations.some(({ status }) => status?.latestCreatedRevisionName === revision);
        return `${percent}% of the traffic of ${namespace}/${route} moves to ${made ? 'the new revision' : 'revision'} ${revision} as soon as it is ready`;
      });
  });
  return [
    ...fresh,
    ...collected.map(
      ({ namespace, name }) => `revision ${namespace}/${name} is deleted: no route leads to it, and there are enough others`,
    ),
  ];
}

/** What a preview means for whoever applies the input. @param live the objects as they are now */
export function deployPlan(preview: Preview, live: readonly Stored<KubeObject>[], warnings: readonly string[]): DeployPlan {
  const traffic = trafficMoves(preview, live);
  return {
    changes: withRoots(preview),
    traffic,
    scale: scaleMoves(preview, live),
    refused: preview.applied.flatMap(({ object, error }) => (error ? [{ object, message: error.message }] : [])),
    warnings: [...warnings, ...warningsOf(preview, traffic)],
  };
}

/** `Service default/hello`; of Kubernetes' own Services `v1 Service default/hello`. */
export function changeName({ type, namespace, name }: Pick<PreviewChange, 'type' | 'namespace' | 'name'>): string {
  const kind = typeKey(type) === 'Service./v1' ? 'v1 Service' : type.kind;
  return `${kind} ${namespace ? `${namespace}/` : ''}${name}`;
}
