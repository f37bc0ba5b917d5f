import type { SubscriptionsAPIFilter, TriggerSpec } from '../../../lib/api';
import { filtersOfTrigger, mayPass } from './declared-events';
import type { EventGraph, GraphObject, Link } from './event-graph';

/** A way of events from one addressable object to another. */
interface Edge {
  readonly from: string;
  readonly to: string;
  /** The object that makes it. */
  readonly owner: GraphObject;
  readonly filters: readonly SubscriptionsAPIFilter[];
  /** Whether another event comes out than goes in. */
  readonly changes: boolean;
}

/** Events that go round: through what, and by whose doing. */
export interface EventCycle {
  readonly through: readonly GraphObject[];
  readonly owners: readonly GraphObject[];
}

/** What events pass through without anybody's code deciding what comes of them. */
const PASSING = new Set(['Broker', 'Channel', 'InMemoryChannel', 'Sequence', 'Parallel', 'EventTransform']);
/** Steps after which a search is given up: no app has so many ways that a person could follow one. */
const LIMIT = 20_000;

function edgesOf(graph: EventGraph, identity: (object: GraphObject) => string): readonly Edge[] {
  const passing = (to: string): boolean => PASSING.has(graph.get(to)?.object.kind ?? '');
  const origin = (links: readonly Link[], owner: GraphObject): string | undefined => {
    if (PASSING.has(owner.object.kind)) return identity(owner);
    return links.find(({ role }) => role === 'broker' || role === 'channel')?.to;
  };
  return graph.objects.flatMap((owner) => {
    const links = graph.links.filter(({ from }) => from === owner);
    const from = origin(links, owner);
    if (from === undefined) return [];
    const { kind, spec } = owner.object;
    const filters = kind === 'Trigger' ? filtersOfTrigger((spec ?? {}) as Partial<TriggerSpec>) : [];
    const forwards = kind === 'Trigger' || kind === 'Subscription';
    return links
      .filter(({ role, to }) => (role === 'subscriber' || role === 'reply' || role === 'sink') && passing(to))
      .map(({ role, to }): Edge => ({ from, to, owner, filters, changes: !forwards || role === 'reply' }));
  });
}

/** Whether some event passes all of these filters again and again: two that exclude each other are a way out. */
function passesAll(edges: readonly Edge[]): boolean {
  const wanted = edges.flatMap(({ filters }) => filters.flatMap(({ exact }) => Object.entries(exact ?? {})));
  const event: Record<string, string> = {};
  for (const [name, value] of wanted) {
    if (Object.hasOwn(event, name) && event[name] !== value) return false;
    event[name] = value;
  }
  return edges.every(({ filters }) => mayPass(filters, event));
}

/** An event that is changed on the way may come out as one that no filter lets pass; without filters there is no way out. */
const isEndless = (edges: readonly Edge[]): boolean =>
  edges.some(({ changes }) => changes) ? edges.every(({ filters }) => filters.length === 0) : passesAll(edges);

/** Every way on which events go round for ever, each once. */
export function endlessCycles(graph: EventGraph, identity: (object: GraphObject) => string): readonly EventCycle[] {
  const edges = edgesOf(graph, identity);
  const byStart = new Map<string, Edge[]>();
  for (const edge of edges) byStart.set(edge.from, [...(byStart.get(edge.from) ?? []), edge]);
  const order = [...byStart.keys()].sort();
  const found: EventCycle[] = [];
  let steps = 0;
  const walk = (start: string, at: string, way: readonly Edge[]): void => {
    for (const edge of byStart.get(at) ?? []) {
      if (++steps > LIMIT) return;
      const next = [...way, edge];
      if (edge.to === start) {
        if (!isEndless(next)) continue;
        found.push({ through: next.map(({ from }) => graph.get(from)!), owners: next.map(({ owner }) => owner) });
      } else if (edge.to > start && !way.some(({ from }) => from === edge.to) && edge.to !== at) {
        walk(start, edge.to, next);
      }
    }
  };
  for (const start of order) walk(start, start, []);
  return found.filter(({ through }) => through.every((one) => one !== undefined));
}
