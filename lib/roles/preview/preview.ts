import {
  apiVersionOf,
  EndpointSliceType,
  EndpointsType,
  EventType,
  findServedType,
  type KubeObject,
  keyOf,
  NamespaceType,
  PodType,
  ReplicaSetType,
  type ResourceType,
  type ServingConfig,
  type Stored,
  typeKey,
} from '../../api';
import { type ApplyResult, applyObjects, LAST_APPLIED_ANNOTATION } from '../../local';
import { localServingConfig } from '../local-config';
import { diffObjects, type FieldChange } from './object-diff';
import { PreviewSystem, previewedTypes } from './preview-system';

export interface PreviewOptions {
  /** Objects of another cluster, as they are there. @default none: a cluster that is empty */
  readonly live?: readonly Stored<KubeObject>[];
  /** What was applied before: objects that are no longer among `objects` are deleted. */
  readonly previous?: readonly KubeObject[];
  /** Of objects that name none. @default 'default' */
  readonly namespace?: string;
  /** @default the settings of a laptop */
  readonly config?: ServingConfig;
  /** Make what the controllers of a platform make, and not those of a laptop: pods that sleep before they end, HorizontalPodAutoscalers. @default false */
  readonly onCluster?: boolean;
  /** The time at which the preview begins, in milliseconds since the epoch. @default 2026-01-01T00:00:00Z */
  readonly now?: number;
}

/** What becomes of one object. */
export interface PreviewChange {
  readonly change: 'created' | 'changed' | 'deleted';
  readonly type: ResourceType;
  readonly namespace: string | undefined;
  readonly name: string;
  /** True for objects of the input and those applied before; controllers make the others. */
  readonly declared: boolean;
  /** What differs in an object that changes. */
  readonly fields: readonly FieldChange[];
}

export interface Preview {
  /** All objects once the cluster has come to rest without the input. */
  readonly before: readonly Stored<KubeObject>[];
  /** All objects once it has come to rest with it. */
  readonly after: readonly Stored<KubeObject>[];
  /** The difference: declared objects first, in the order of the input; then by kind and name. Pods and what follows them are left out. */
  readonly changes: readonly PreviewChange[];
  /** What applying each object of the input gave: an outcome, or the error that refused it. */
  readonly applied: readonly ApplyResult[];
}

/** Kinds with generated names or that only mirror others: their number and content follow from what is compared. */
const FOLLOWING: ReadonlySet<string> = new Set(
  [PodType, ReplicaSetType, EndpointsType, EndpointSliceType, EventType, NamespaceType].map(typeKey),
);

/**
 * What would become of a cluster if these objects were applied to it: all controllers run to rest in a copy in memory, with every
 * pod assumed ready and the load assumed to stay. The same is done without the objects, so that what would happen in any case is
 * no change. Nothing outside is touched.
 */
export async function preview(objects: readonly KubeObject[], options: PreviewOptions = {}): Promise<Preview> {
  const { live = [], previous = [], namespace = 'default', config = localServingConfig, now = Date.UTC(2026, 0, 1) } = options;
  const { onCluster = false } = options;
  const rest = async (work: (system: PreviewSystem) => Promise<readonly ApplyResult[]>) => {
    const system = new PreviewSystem(live, config, now, onCluster);
    await system.start();
    await system.settle();
    const applied = await work(system);
    await system.settle();
    const result = { applied, objects: await system.objects() };
    await system.stop();
    return result;
  };
  const without = live.length === 0 ? { objects: [] } : await rest(async () => []);
  const { applied, objects: after } = await rest(({ cluster }) => applyObjects(cluster, objects, { previous, namespace }));
  const order = new Map(applied.map(({ object }, i) => [identity(object), i]));
  return { before: without.objects, after, applied, changes: changesBetween(without.objects, after, order) };
}

function changesBetween(
  before: readonly Stored<KubeObject>[],
  after: readonly Stored<KubeObject>[],
  order: ReadonlyMap<string, number>,
): PreviewChange[] {
  const old = new Map(before.map((object) => [identity(object), object]));
  const next = new Map(after.map((object) => [identity(object), object]));
  const changes: PreviewChange[] = [];
  for (const id of new Set([...old.keys(), ...next.keys()])) {
    const [was, is] = [old.get(id), next.get(id)];
    const object = is ?? was!;
    const type = typeOf(object);
    if (!type || FOLLOWING.has(typeKey(type))) continue;
    const fields = was && is ? diffObjects(was, is) : [];
    if (was && is && fields.length === 0) continue;
    const change = !was ? 'created' : !is ? 'deleted' : 'changed';
    const { namespace, name } = object.metadata;
    const declared = order.has(id) || object.metadata.annotations?.[LAST_APPLIED_ANNOTATION] !== undefined;
    changes.push({ change, type, namespace, name, declared, fields });
  }
  const rank = ({ type, namespace, name }: PreviewChange) =>
    order.get(`${typeKey(type)} ${keyOf({ metadata: { name, ...(namespace ? { namespace } : {}) } })}`) ??
    Number.MAX_SAFE_INTEGER;
  return changes.sort((a, b) => rank(a) - rank(b) || a.type.kind.localeCompare(b.type.kind) || a.name.localeCompare(b.name));
}

const typeOf = ({ apiVersion, kind }: KubeObject): ResourceType | undefined =>
  previewedTypes.find((type) => apiVersionOf(type) === apiVersion && type.kind === kind) ?? findServedType(apiVersion, kind);

function identity(object: KubeObject): string {
  const type = typeOf(object);
  return `${type ? typeKey(type) : `${object.kind}.${object.apiVersion}`} ${keyOf(object)}`;
}
