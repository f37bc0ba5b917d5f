import type { Configuration, Deployment, KubeObject, Route, Stored } from '../../api';
import { type Graph, type GraphEdge, type GraphNode, nodeId, type ObjectRef, refOf } from './graph';
import { notesOf } from './notes';
import { type Reference, referencesOf, selectedBy, trafficLabel } from './references';

/** Which of the objects that controllers create are shown: none, those that tell the story, or all but mere mirrors of others. */
export const CHILDREN = ['none', 'main', 'all'] as const;
export type Children = (typeof CHILDREN)[number];

/** Kinds that a Route speaks for. */
const ROUTED: ReadonlySet<string> = new Set(['Service', 'Route']);
const MAIN: ReadonlySet<string> = new Set(['Configuration', 'Route', 'Revision', 'Deployment']);
/** What only mirrors others, or comes and goes with load. */
const MIRRORS: ReadonlySet<string> = new Set(['Endpoints', 'EndpointSlice', 'Event', 'Namespace', 'Pod', 'ReplicaSet']);

function isShown({ kind, apiVersion }: KubeObject, children: Children): boolean {
  if (children === 'none' || MIRRORS.has(kind)) return false;
  return children === 'all' || (MAIN.has(kind) && apiVersion !== 'v1');
}

function nodeOf(object: KubeObject, origin: GraphNode['origin'], children: Children): GraphNode {
  const { namespace, ...ref } = refOf(object);
  const notes = notesOf(object, origin === 'declared' && children === 'none');
  return { id: nodeId({ namespace, ...ref }), ...ref, ...(namespace ? { namespace } : {}), origin, notes };
}

/** The nearest owners that are in the picture: those in between may be left out. */
function owners(
  object: Stored<KubeObject>,
  byUid: ReadonlyMap<string, Stored<KubeObject>>,
  shown: ReadonlySet<string>,
): string[] {
  return (object.metadata.ownerReferences ?? []).flatMap(({ uid }) => {
    const owner = byUid.get(uid);
    if (!owner) return [];
    const id = nodeId(refOf(owner));
    return shown.has(id) ? [id] : owners(owner, byUid, shown);
  });
}

/** Which revisions a Route leads to, the latest of a Configuration by its name. */
function routeTargets(route: Route, objects: readonly KubeObject[]): Reference[] {
  const { namespace } = route.metadata;
  return (route.spec.traffic ?? []).flatMap((target) => {
    const configuration = objects.find(
      ({ kind, metadata }) =>
        kind === 'Configuration' && metadata.name === target.configurationName && metadata.namespace === namespace,
    ) as Configuration | undefined;
    const name = target.revisionName ?? configuration?.status?.latestCreatedRevisionName;
    if (!name) return [];
    const to = { apiVersion: route.apiVersion, kind: 'Revision', namespace, name };
    return [{ to, kind: 'routes', label: trafficLabel(target), percent: target.percent ?? 0 }];
  });
}

/** Collects nodes and edges; each once. */
class Builder {
  readonly nodes = new Map<string, GraphNode>();
  readonly #edges = new Map<string, GraphEdge>();

  addEdge(edge: GraphEdge): void {
    this.#edges.set(JSON.stringify([edge.from, edge.to, edge.kind, edge.label]), edge);
  }

  /** The node of what something refers to; one that is not there is shown as missing. */
  target(ref: ObjectRef): string {
    const id = nodeId(ref);
    if (!this.nodes.has(id)) {
      const { namespace, ...rest } = ref;
      const node: GraphNode = {
        id,
        ...rest,
        ...(namespace ? { namespace } : {}),
        origin: 'missing',
        notes: ['not declared here'],
      };
      this.nodes.set(id, node);
    }
    return id;
  }

  addReference(from: string, { to, kind, label, percent, optional, reversed }: Reference): void {
    const target = known(to, this.nodes);
    if (optional && !this.nodes.has(nodeId(target))) return;
    const ends = { from, to: this.target(target) };
    this.addEdge({
      ...(reversed ? { from: ends.to, to: ends.from } : ends),
      kind,
      ...(label ? { label } : {}),
      ...(percent === undefined ? {} : { percent }),
    });
  }

  graph(): Graph {
    return { nodes: [...this.nodes.values()], edges: [...this.#edges.values()] };
  }
}

/** A reference to a Service may mean one of Kubernetes as well as one of Knative. */
function known(ref: ObjectRef, nodes: ReadonlyMap<string, GraphNode>): ObjectRef {
  const twin = { ...ref, apiVersion: 'v1' };
  return ref.kind === 'Service' && !nodes.has(nodeId(ref)) && nodes.has(nodeId(twin)) ? twin : ref;
}

/**
 * What the declared objects are, what controllers make of them, and how all of it hangs together.
 * @param declared objects of the input, with their namespaces
 * @param after every object once the controllers have come to rest; none to leave children out
 */
export function buildGraph(declared: readonly KubeObject[], after: readonly Stored<KubeObject>[], children: Children): Graph {
  const builder = new Builder();
  const { nodes } = builder;
  for (const object of declared) nodes.set(nodeId(refOf(object)), nodeOf(object, 'declared', children));
  const made = after.filter((object) => !nodes.has(nodeId(refOf(object))) && isShown(object, children));
  for (const object of made) nodes.set(nodeId(refOf(object)), nodeOf(object, 'created', children));

  const shown = new Set(nodes.keys());
  const byUid = new Map(after.map((object) => [object.metadata.uid, object]));
  for (const object of after) {
    const id = nodeId(refOf(object));
    if (!shown.has(id)) continue;
    for (const owner of owners(object, byUid, shown)) builder.addEdge({ from: owner, to: id, kind: 'owns' });
    if (object.kind !== 'Route' || children === 'none') continue;
    for (const reference of routeTargets(object as unknown as Route, after)) builder.addReference(id, reference);
  }
  // What a Route leads to is shown by the Route, also that of a Service.
  const isShownByRoute = ({ kind }: Reference, object: KubeObject) =>
    kind === 'routes' && children !== 'none' && ROUTED.has(object.kind);
  for (const object of declared) {
    const references = referencesOf(object).filter((reference) => !isShownByRoute(reference, object));
    for (const reference of references) builder.addReference(nodeId(refOf(object)), reference);
  }
  const objects = [...declared, ...made];
  const deployments = objects.filter(({ kind }) => kind === 'Deployment') as Deployment[];
  for (const object of objects) {
    if (object.kind !== 'Service' || object.apiVersion !== 'v1') continue;
    for (const to of selectedBy(object, deployments))
      builder.addEdge({ from: nodeId(refOf(object)), to: nodeId(to), kind: 'selects' });
  }
  return builder.graph();
}
