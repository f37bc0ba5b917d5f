import { graphlib, layout as runLayout } from '@dagrejs/dagre';
import type { Graph, GraphEdge, GraphNode } from '../graph';
import { cutText, textWidth } from './text-width';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A node with its place: `x` and `y` are its upper left corner. */
export interface PlacedNode extends Point {
  readonly node: GraphNode;
  readonly width: number;
  readonly height: number;
  /** Name and notes, cut to fit. */
  readonly title: string;
  readonly notes: readonly string[];
}

export interface PlacedEdge {
  readonly edge: GraphEdge;
  readonly points: readonly Point[];
  /** Middle of the label, where there is one. */
  readonly label: Point | undefined;
}

export interface Layout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
}

/** Sizes of text, in pixels. */
export const FONT = { kind: 10.5, name: 14, note: 11.5, label: 11 } as const;
/** Room inside a node and between lines. */
export const BOX = { padX: 16, top: 12, kindLine: 15, nameLine: 20, noteLine: 16, bottom: 11 } as const;
const [MIN_WIDTH, MAX_WIDTH, MARGIN] = [128, 250, 24];

/** The kind in capitals; the Services of Kubernetes are told from those of Knative. */
export function kindText({ apiVersion, kind }: GraphNode): string {
  return (apiVersion === 'v1' && kind === 'Service' ? 'K8s Service' : kind).toUpperCase();
}

function measured(node: GraphNode): Omit<PlacedNode, 'x' | 'y'> {
  const title = cutText(node.name, FONT.name, MAX_WIDTH);
  const kind = kindText(node);
  const notes = node.notes.map((note) => cutText(note, FONT.note, MAX_WIDTH));
  const texts = [
    textWidth(title, FONT.name, true),
    textWidth(kind, FONT.kind, true) + kind.length * 0.8,
    ...notes.map((note) => textWidth(note, FONT.note)),
  ];
  const width = Math.max(MIN_WIDTH, ...texts) + 2 * BOX.padX;
  return { node, title, notes, width, height: BOX.top + BOX.kindLine + BOX.nameLine + notes.length * BOX.noteLine + BOX.bottom };
}

/** Settings stand beside what uses them, so their edges may be short and weigh little. */
const weightOf = ({ kind }: GraphEdge): number => (kind === 'owns' ? 4 : kind === 'routes' || kind === 'sends' ? 3 : 1);

const clamp = (value: number, low: number, high: number): number => Math.min(Math.max(value, low), high);

/** The line leaves a node on its right and arrives at the next on its left, wherever between layers it goes. */
function sideToSide(points: readonly Point[], from: PlacedNode, to: PlacedNode): readonly Point[] {
  const [right, left] = [from.x + from.width, to.x];
  if (left <= right || points.length < 2) return points; // backwards, in a circle: as it is
  const between = points.slice(1, -1).filter(({ x }) => x > right && x < left);
  const [towards, before] = [points[1]!, points.at(-2)!];
  const start = { x: right, y: clamp(towards.y, from.y + 16, from.y + from.height - 16) };
  const end = { x: left, y: clamp(before.y, to.y + 16, to.y + to.height - 16) };
  return [start, ...between, end];
}

/** Layers from left to right, by dagre. */
export function layoutGraph({ nodes, edges }: Graph): Layout {
  const graph = new graphlib.Graph({ multigraph: true });
  graph.setGraph({
    rankdir: 'LR',
    nodesep: 22,
    ranksep: 56,
    edgesep: 14,
    marginx: MARGIN,
    marginy: MARGIN,
    ranker: 'network-simplex',
  });
  graph.setDefaultEdgeLabel(() => ({}));
  const boxes = new Map(nodes.map((node) => [node.id, measured(node)]));
  for (const [id, { width, height }] of boxes) graph.setNode(id, { width, height });
  edges.forEach((edge, i) => {
    const label = edge.label ? { width: textWidth(edge.label, FONT.label, true) + 18, height: 20, labelpos: 'c' } : {};
    graph.setEdge(edge.from, edge.to, { ...label, weight: weightOf(edge), minlen: 1 }, String(i));
  });
  runLayout(graph);
  const size = graph.graph() as { readonly width?: number; readonly height?: number };
  const placed = new Map(
    [...boxes].map(([id, box]): [string, PlacedNode] => {
      const { x, y } = graph.node(id) as Point;
      return [id, { ...box, x: x - box.width / 2, y: y - box.height / 2 }];
    }),
  );
  return {
    width: Math.ceil(size.width ?? 2 * MARGIN),
    height: Math.ceil(size.height ?? 2 * MARGIN),
    nodes: [...placed.values()],
    edges: edges.map((edge, i) => {
      const { points, x, y } = graph.edge(edge.from, edge.to, String(i)) as { points: Point[]; x?: number; y?: number };
      const label = edge.label && x !== undefined && y !== undefined ? { x, y } : undefined;
      return { edge, points: sideToSide(points, placed.get(edge.from)!, placed.get(edge.to)!), label };
    }),
  };
}
