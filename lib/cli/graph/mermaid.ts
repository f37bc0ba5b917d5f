import type { EdgeKind, Graph, GraphEdge, GraphNode } from './graph';
import { ROLES, type Role, roleOf } from './roles';

const ARROWS: Readonly<Record<EdgeKind, string>> = {
  owns: '---',
  routes: '==>',
  calls: '-->',
  uses: '-.->',
  selects: '-->',
  sends: '-->',
};

/** Text inside quotes of a Mermaid label. */
const escaped = (text: string): string =>
  text.replace(/#/g, '#35;').replace(/"/g, '#quot;').replace(/</g, '#lt;').replace(/>/g, '#gt;');

function nodeLine({ kind, name, notes, origin }: GraphNode, id: string, role: Role): string {
  const lines = [`<b>${escaped(name)}</b>`, escaped(kind), ...notes.map((note) => `<i>${escaped(note)}</i>`)];
  const text = `"${lines.join('<br/>')}"`;
  const shape = role === 'settings' ? `[(${text})]` : origin === 'missing' ? `[${text}]` : `(${text})`;
  return `  ${id}${shape}:::${origin === 'missing' ? 'missing' : role}`;
}

function edgeLine({ kind, label }: GraphEdge, from: string, to: string): string {
  const text = label ?? (kind === 'selects' ? 'selects' : undefined);
  return `  ${from} ${ARROWS[kind]}${text ? `|"${escaped(text)}"|` : ''} ${to}`;
}

/** The graph as a Mermaid flowchart, as GitHub and GitLab draw it in Markdown. */
export function mermaid({ nodes, edges }: Graph): string {
  const ids = new Map(nodes.map(({ id }, i) => [id, `n${i + 1}`]));
  const namespaces = [...new Set(nodes.map(({ namespace }) => namespace ?? ''))];
  const lines = (inside: readonly GraphNode[]) => inside.map((node) => nodeLine(node, ids.get(node.id)!, roleOf(node)));
  // One namespace goes without saying.
  const body =
    namespaces.length < 2
      ? lines(nodes)
      : namespaces.flatMap((namespace, i) => {
          const inside = lines(nodes.filter((node) => (node.namespace ?? '') === namespace));
          return namespace === ''
            ? inside
            : [`  subgraph ns${i + 1} ["${escaped(namespace)}"]`, ...inside.map((line) => `  ${line}`), '  end'];
        });
  const used = new Set(nodes.map((node) => (node.origin === 'missing' ? 'missing' : roleOf(node))));
  const classes = Object.entries(ROLES).flatMap(([role, { light }]) =>
    used.has(role as Role) ? [`  classDef ${role} fill:${light.fill},stroke:${light.line},color:#1f2937`] : [],
  );
  const missing = used.has('missing') ? ['  classDef missing fill:none,stroke:#b91c1c,stroke-dasharray:4 3'] : [];
  const arrows = edges.map((edge) => edgeLine(edge, ids.get(edge.from)!, ids.get(edge.to)!));
  return `${['flowchart LR', ...body, ...arrows, ...classes, ...missing].join('\n')}\n`;
}
