import type { EdgeKind, Graph } from '../graph';
import { ROLES, roleOf } from '../roles';
import { BOX, FONT, kindText, type Layout, layoutGraph, type PlacedEdge, type PlacedNode, type Point } from './layout';
import { textWidth } from './text-width';

const LEGEND: Readonly<Record<EdgeKind, string>> = {
  owns: 'creates',
  routes: 'requests',
  calls: 'calls',
  uses: 'uses',
  selects: 'selects',
  sends: 'events',
};
/** Room for the legend below the picture. */
const FOOT = 34;

const escaped = (text: string): string =>
  text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
const round = (value: number): string => String(Math.round(value * 10) / 10);

/** A line through the points that is level wherever it meets one of them. */
function curve(points: readonly Point[]): string {
  const [first, ...rest] = points as [Point, ...Point[]];
  let before = first;
  const parts = rest.map((point) => {
    const x = round((before.x + point.x) / 2);
    const part = `C${x} ${round(before.y)} ${x} ${round(point.y)} ${round(point.x)} ${round(point.y)}`;
    before = point;
    return part;
  });
  return `M${round(first.x)} ${round(first.y)}${parts.join('')}`;
}

function edgePath({ edge, points }: PlacedEdge): string {
  const { kind, percent } = edge;
  const width = kind === 'routes' ? ` style="stroke-width:${round(1.4 + (percent ?? 0) / 40)}"` : '';
  const title = `${edge.from} ${LEGEND[kind]} ${edge.to}${edge.label ? ` (${edge.label})` : ''}`;
  return `<path class="edge ${kind}" d="${curve(points)}" marker-end="url(#tip-${kind})"${width}><title>${escaped(title)}</title></path>`;
}

function edgeLabel({ edge, label }: PlacedEdge): string {
  if (!label || !edge.label) return '';
  const width = textWidth(edge.label, FONT.label, true) + 12;
  const box = `x="${round(label.x - width / 2)}" y="${round(label.y - 9)}" width="${round(width)}" height="18" rx="9"`;
  return `<g class="label ${edge.kind}"><rect ${box}/><text x="${round(label.x)}" y="${round(label.y + 3.8)}">${escaped(edge.label)}</text></g>`;
}

function nodeGroup({ node, x, y, width, height, title, notes }: PlacedNode): string {
  const left = x + BOX.padX;
  const kindAt = y + BOX.top + FONT.kind - 1;
  const nameAt = kindAt + BOX.nameLine - 1;
  const lines = notes.map(
    (note, i) => `<text class="note" x="${round(left)}" y="${round(nameAt + BOX.noteLine * (i + 1))}">${escaped(note)}</text>`,
  );
  const full = `${node.kind} ${node.namespace ? `${node.namespace}/` : ''}${node.name} (${node.apiVersion}), ${node.origin}`;
  return [
    `<g class="node ${roleOf(node)} ${node.origin}"><title>${escaped(full)}</title>`,
    `<rect class="card" x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="9"/>`,
    `<rect class="bar" x="${round(x)}" y="${round(y + 9)}" width="3" height="${round(height - 18)}" rx="1.5"/>`,
    `<text class="kind" x="${round(left)}" y="${round(kindAt)}">${escaped(kindText(node))}</text>`,
    `<text class="name" x="${round(left)}" y="${round(nameAt)}">${escaped(title)}</text>`,
    ...lines,
    '</g>',
  ].join('');
}

const KINDS = Object.keys(LEGEND) as EdgeKind[];

const ORIGINS = { declared: 'declared', created: 'created by controllers', missing: 'not declared here' } as const;

function legend({ nodes, edges }: Layout, y: number): { readonly text: string; readonly width: number } {
  let x = 24;
  const parts: string[] = [];
  for (const kind of KINDS.filter((one) => edges.some(({ edge }) => edge.kind === one))) {
    parts.push(`<path class="edge ${kind}" d="M${x} ${y}h26" marker-end="url(#tip-${kind})"/>`);
    parts.push(`<text class="note" x="${x + 34}" y="${y + 4}">${LEGEND[kind]}</text>`);
    x += 34 + textWidth(LEGEND[kind], FONT.note) + 22;
  }
  for (const [origin, text] of Object.entries(ORIGINS)) {
    if (!nodes.some(({ node }) => node.origin === origin)) continue;
    parts.push(
      `<g class="node ${origin === 'missing' ? origin : `other ${origin}`}"><rect class="card" x="${x}" y="${y - 7}" width="24" height="14" rx="4"/></g>`,
    );
    parts.push(`<text class="note" x="${x + 32}" y="${y + 4}">${text}</text>`);
    x += 32 + textWidth(text, FONT.note) + 22;
  }
  return { text: parts.join(''), width: x };
}

/** One set of colours. */
function palette(scheme: 'light' | 'dark'): string {
  const base =
    scheme === 'light'
      ? '--page:#ffffff;--ink:#0f172a;--soft:#5b6778;--line:#a3aebd;--chip:#ffffff;--route:#7c3aed;--event:#db2777;--gone:#b91c1c;'
      : '--page:#0d1117;--ink:#e6edf3;--soft:#9aa7b6;--line:#55606f;--chip:#161b22;--route:#b894ff;--event:#f57fb3;--gone:#ff8f88;';
  const roles = Object.entries(ROLES).map(
    ([role, colours]) => `--${role}:${colours[scheme].line};--${role}-fill:${colours[scheme].fill};`,
  );
  return base + roles.join('');
}

function styles(): string {
  const roles = Object.keys(ROLES).map(
    (role) =>
      `.${role} .card{fill:var(--${role}-fill);stroke:var(--${role})}.${role} .bar{fill:var(--${role})}.${role} .kind{fill:var(--${role})}`,
  );
  return [
    `svg{${palette('light')}background:var(--page)}`,
    `@media (prefers-color-scheme:dark){svg{${palette('dark')}}}`,
    `text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans','DejaVu Sans',sans-serif;fill:var(--ink)}`,
    `.page{fill:var(--page)}.kind{font-size:${FONT.kind}px;font-weight:700;letter-spacing:.8px}`,
    `.name{font-size:${FONT.name}px;font-weight:650}.note{font-size:${FONT.note}px;fill:var(--soft)}`,
    '.card{stroke-width:1.2;stroke-opacity:.55}.created .card{stroke-dasharray:5 4}.created .name{font-weight:500}',
    '.missing .card{fill:none;stroke:var(--gone);stroke-dasharray:3 4;stroke-opacity:.9}.missing .bar{fill:none}.missing .kind,.missing .note{fill:var(--gone)}',
    '.edge{fill:none;stroke:var(--line);stroke-width:1.3}.owns{stroke-opacity:.9}.edge.routes{stroke:var(--route)}.edge.sends{stroke:var(--event);stroke-width:1.8}',
    '.edge.uses{stroke:var(--settings);stroke-dasharray:2 4;stroke-linecap:round}.edge.calls{stroke:var(--service);stroke-dasharray:7 4}.edge.selects{stroke-dasharray:1 4;stroke-linecap:round}',
    '.label rect{fill:var(--chip);stroke:var(--line);stroke-opacity:.6}.label text{font-size:11px;font-weight:600;text-anchor:middle;fill:var(--soft)}',
    '.label.routes rect{stroke:var(--route)}.label.routes text{fill:var(--route)}.label.sends text{fill:var(--event)}.label.uses text{fill:var(--settings)}.label.calls text{fill:var(--service)}',
    '.tip-owns,.tip-selects{fill:var(--line)}.tip-routes{fill:var(--route)}.tip-sends{fill:var(--event)}.tip-uses{fill:var(--settings)}.tip-calls{fill:var(--service)}',
    ...roles,
  ].join('\n');
}

const tip = (kind: EdgeKind): string => {
  const size = kind === 'routes' ? 10 : 7;
  return `<marker id="tip-${kind}" viewBox="0 0 8 8" refX="7.4" refY="4" markerWidth="${size}" markerHeight="${size}" markerUnits="userSpaceOnUse" orient="auto"><path class="tip-${kind}" d="M0 .6 7.4 4 0 7.4Z"/></marker>`;
};

/** The graph as a picture that stands alone: it follows the light or dark setting of whoever looks at it. */
export function svg(graph: Graph, title: string): string {
  const layout: Layout = layoutGraph(graph);
  const foot = legend(layout, layout.height + 6);
  const [width, height] = [Math.max(layout.width, foot.width), layout.height + FOOT];
  const count = `${graph.nodes.length} objects, ${graph.edges.length} relations`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<desc>${count}</desc>
<style>${styles()}</style>
<defs>${KINDS.map(tip).join('')}</defs>
<rect class="page" width="100%" height="100%"/>
<g>${layout.edges.map(edgePath).join('\n')}</g>
<g>${layout.edges.map(edgeLabel).filter(Boolean).join('\n')}</g>
<g>${layout.nodes.map(nodeGroup).join('\n')}</g>
<g>${foot.text}</g>
</svg>
`;
}
