import { EVENTING_NAMESPACE, findServedType, type KubeObject, type ObjectMeta, type ResourceType, type Stored } from '../api';
import { isJsonObject, type JsonObject, jsonEqual, KncError } from '../base';
import { type Cluster, ClusterError } from '../kube';

/** Where `kubectl apply` keeps what it applied last. */
export const LAST_APPLIED_ANNOTATION = 'kubectl.kubernetes.io/last-applied-configuration';

export type ApplyOutcome = 'created' | 'configured' | 'unchanged' | 'pruned';

/** What became of one object: an outcome, or the error that refused it. */
export type ApplyResult =
  | { readonly object: KubeObject; readonly outcome: ApplyOutcome; readonly error?: undefined }
  | { readonly object: KubeObject; readonly outcome?: undefined; readonly error: Error };

export interface ApplyOptions {
  /** What was applied before: objects that are no longer among `objects` are deleted. */
  readonly previous?: readonly KubeObject[];
  /** Of objects that name none. @default 'default' */
  readonly namespace?: string;
}

/**
 * Makes the cluster hold these objects, as `kubectl apply` does: what was applied last (kept in an annotation), what is wanted
 * now and what is there are merged, so that fields which others set stay, and fields which are no longer wanted go. Lists are
 * replaced whole. One object that is refused does not keep the others back; results are in the order of `objects`, then those pruned.
 */
export async function applyObjects(
  cluster: Cluster,
  objects: readonly KubeObject[],
  { previous = [], namespace = 'default' }: ApplyOptions = {},
): Promise<ApplyResult[]> {
  const wanted = objects.map((object) => inNamespace(object, namespace));
  const present = new Set(wanted.map(identity));
  const gone = previous.map((object) => inNamespace(object, namespace)).filter((object) => !present.has(identity(object)));
  const outcomes = new Map<KubeObject, ApplyResult>();
  for (const object of inOrder(wanted)) {
    outcomes.set(object, await attempt(object, (type) => applyOne(cluster, type, object)));
  }
  const results = wanted.map((object) => outcomes.get(object)!);
  // The last that was applied goes first: it may need what came before it.
  for (const object of gone.reverse()) results.push(await attempt(object, (type) => prune(cluster, type, object)));
  return results;
}

/**
 * Settings come before what they are about: an object may be refused without them. What tells others where to send events comes before
 * them: a pod that has started cannot be told any more.
 */
function inOrder(objects: readonly KubeObject[]): readonly KubeObject[] {
  const rank = ({ kind, metadata }: KubeObject): number => {
    if (kind === 'ConfigMap' && metadata.namespace === EVENTING_NAMESPACE) return 0;
    return kind === 'SinkBinding' ? 1 : 2;
  };
  return [0, 1, 2].flatMap((wanted) => objects.filter((object) => rank(object) === wanted));
}

async function attempt(object: KubeObject, work: (type: ResourceType) => Promise<ApplyOutcome>): Promise<ApplyResult> {
  try {
    const type = findServedType(object.apiVersion, object.kind);
    if (!type) {
      throw new KncError('KNC2101', `no kind ${object.kind} in version ${object.apiVersion}`, { where: object.metadata.name });
    }
    return { object, outcome: await work(type) };
  } catch (error) {
    return { object, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

async function applyOne(cluster: Cluster, type: ResourceType, object: KubeObject): Promise<ApplyOutcome> {
  const { namespace, name = '' } = object.metadata;
  const wanted = annotated(object);
  const live = await cluster.get(type, namespace, name);
  if (!live) {
    await cluster.create(type, wanted);
    return 'created';
  }
  const patch = threeWayPatch(lastApplied(live), wanted, live);
  if (patch === undefined) return 'unchanged';
  const after = await cluster.patch(type, namespace, name, 'merge', patch);
  return after.metadata.resourceVersion === live.metadata.resourceVersion ? 'unchanged' : 'configured';
}

async function prune(cluster: Cluster, type: ResourceType, { metadata }: KubeObject): Promise<ApplyOutcome> {
  try {
    await cluster.delete(type, metadata.namespace, metadata.name ?? '');
  } catch (error) {
    if (!ClusterError.is(error, 'NotFound')) throw error;
  }
  return 'pruned';
}

/** Two objects of one identity are the same to the cluster. */
const identity = ({ apiVersion, kind, metadata }: KubeObject): string =>
  `${apiVersion.replace(/\/?[^/]*$/, '')}/${kind}/${metadata.namespace ?? ''}/${metadata.name}`;

function inNamespace(object: KubeObject, namespace: string): KubeObject {
  const type = findServedType(object.apiVersion, object.kind);
  if (!type) return object;
  const metadata: ObjectMeta = {
    ...object.metadata,
    namespace: type.namespaced ? (object.metadata.namespace ?? namespace) : undefined,
  };
  return { ...object, metadata };
}

/** The object with itself, as it was given, in its annotation; the status is the cluster's to write. */
function annotated({ status: _status, ...object }: KubeObject): KubeObject {
  const { [LAST_APPLIED_ANNOTATION]: _last, ...annotations } = object.metadata.annotations ?? {};
  const applied = JSON.stringify({ ...object, metadata: { ...object.metadata, annotations } });
  return {
    ...object,
    metadata: { ...object.metadata, annotations: { ...annotations, [LAST_APPLIED_ANNOTATION]: `${applied}\n` } },
  };
}

function lastApplied(live: Stored<KubeObject>): JsonObject {
  const text = live.metadata.annotations?.[LAST_APPLIED_ANNOTATION];
  if (!text) return {};
  const parsed: unknown = JSON.parse(text);
  return isJsonObject(parsed) ? parsed : {};
}

/** The merge patch that takes `live` to `wanted`, leaving alone what is in neither `wanted` nor `last`; undefined if none is needed. */
function threeWayPatch(last: unknown, wanted: object, live: unknown): JsonObject | undefined {
  const before = isJsonObject(last) ? last : {};
  const now = isJsonObject(live) ? live : {};
  const patch: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(wanted)) {
    if (value === undefined) continue;
    if (isJsonObject(value) && isJsonObject(now[key])) {
      const inner = threeWayPatch(before[key], value, now[key]);
      if (inner) patch[key] = inner;
    } else if (!jsonEqual(value, now[key])) {
      patch[key] = value;
    }
  }
  const kept = wanted as JsonObject;
  for (const key of Object.keys(before)) if (kept[key] === undefined && now[key] !== undefined) patch[key] = null;
  return Object.keys(patch).length > 0 ? patch : undefined;
}
