import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Graph } from '../../../../lib/cli/graph/graph';
import { layoutGraph } from '../../../../lib/cli/graph/svg/layout';
import { svg } from '../../../../lib/cli/graph/svg/svg';
import { main } from '../../../../lib/cli/main';
import { FakeIo } from '../fake-io';
import { tempFolder } from '../temp-folder';

const SHOP = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { THEME: dark }
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: web }
spec:
  template:
    metadata: { annotations: { autoscaling.knative.dev/max-scale: "20" } }
    spec:
      serviceAccountName: robot
      containers:
        - image: ghcr.io/acme/web:1.4.2
          env: [{ name: CART_URL, value: "http://cart.default.svc.cluster.local" }]
          envFrom: [{ configMapRef: { name: settings } }, { secretRef: { name: maybe, optional: true } }]
---
apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: cart, labels: { networking.knative.dev/visibility: cluster-local } }
spec:
  template:
    spec:
      containers:
        - image: ghcr.io/acme/cart:2.0
          volumeMounts: [{ name: tls, mountPath: /tls }]
      volumes: [{ name: tls, secret: { secretName: cart-tls } }]
  traffic:
    - { latestRevision: true, percent: 10, tag: next }
    - { revisionName: cart-00001, percent: 90 }
`;

async function knc(yaml: string, ...args: string[]) {
  const io = new FakeIo({ cwd: tempFolder({ 'shop.yaml': yaml }) });
  const code = await main(['graph', 'shop.yaml', ...args], io);
  return { code, out: io.stdoutText, err: io.stderrText, cwd: io.cwd };
}

const graphOf = async (yaml: string, ...args: string[]): Promise<Graph> => JSON.parse((await knc(yaml, '--json', ...args)).out);
const short = (id: string) => id.replace(/\.\S+ /, ' ').replace('default/', '');
const lines = ({ edges }: Graph) =>
  edges.map(({ from, to, kind, label }) => `${short(from)} ${kind} ${short(to)}${label ? ` (${label})` : ''}`).sort();

test('declared objects, what controllers make of them, and every way in which they hang together', async () => {
  expect(lines(await graphOf(SHOP))).toMatchInlineSnapshot(`
[
  "Configuration cart owns Revision cart-00001",
  "Configuration web owns Revision web-00001",
  "Revision cart-00001 owns Deployment cart-00001-deployment",
  "Revision web-00001 owns Deployment web-00001-deployment",
  "Route cart routes Revision cart-00001 (10% next)",
  "Route cart routes Revision cart-00001 (90%)",
  "Route web routes Revision web-00001 (100%)",
  "Service cart owns Configuration cart",
  "Service cart owns Route cart",
  "Service cart uses Secret cart-tls (volume)",
  "Service web calls Service cart (CART_URL)",
  "Service web owns Configuration web",
  "Service web owns Route web",
  "Service web uses ConfigMap settings (env)",
  "Service web uses ServiceAccount robot (account)",
]
`);
});

test('each node says where it comes from and what is worth knowing', async () => {
  const { nodes } = await graphOf(SHOP);
  const of = (kind: string, name: string) => nodes.find((node) => node.kind === kind && node.name === name);
  expect(of('Service', 'web')).toMatchObject({ origin: 'declared', notes: [] });
  expect(of('Service', 'cart')).toMatchObject({ notes: ['cluster-local'] });
  expect(of('Revision', 'web-00001')).toMatchObject({ origin: 'created', notes: ['web:1.4.2', '0 – 20 pods'] });
  expect(of('Secret', 'cart-tls')).toMatchObject({ origin: 'missing' });
  expect(of('Secret', 'maybe')).toBeUndefined();
});

test('--children none draws the input alone, where services say themselves what runs', async () => {
  const { nodes, edges } = await graphOf(SHOP, '--children', 'none');
  expect(nodes.every(({ origin }) => origin !== 'created')).toBe(true);
  expect(nodes.find(({ name }) => name === 'web')?.notes).toEqual(['web:1.4.2', '0 – 20 pods']);
  expect(edges.some(({ kind, to }) => kind === 'routes' && to.endsWith('cart-00001'))).toBe(true);
});

test('--children all draws what the cluster will hold, but not mere mirrors of it', async () => {
  const { nodes, edges } = await graphOf(SHOP, '--children', 'all');
  const kinds = new Set(nodes.map(({ kind }) => kind));
  for (const kind of ['PodAutoscaler', 'ServerlessService', 'Ingress', 'Metric']) expect(kinds).toContain(kind);
  for (const kind of ['Endpoints', 'Event', 'Pod', 'Namespace']) expect(kinds).not.toContain(kind);
  expect(edges).toContainEqual(expect.objectContaining({ kind: 'selects', to: expect.stringContaining('web-00001-deployment') }));
});

test('a revision that does not exist yet is shown as missing, not left out', async () => {
  const { nodes } = await graphOf(SHOP.replace('cart-00001, percent: 90', 'cart-00007, percent: 90'));
  expect(nodes.find(({ name }) => name === 'cart-00007')).toMatchObject({ kind: 'Revision', origin: 'missing' });
});

test('kinds of others are drawn by the fields that every eventing kind has', async () => {
  const trigger = `---\napiVersion: eventing.knative.dev/v1\nkind: Trigger\nmetadata: { name: orders }\nspec:\n  broker: default\n  subscriber: { ref: { apiVersion: serving.knative.dev/v1, kind: Service, name: web } }\n`;
  expect(lines(await graphOf(SHOP + trigger))).toEqual(
    expect.arrayContaining(['Trigger orders sends Service web', 'Broker default sends Trigger orders']),
  );
});

test('flows, channels and sources are drawn along the way of events', async () => {
  const web = '{ ref: { apiVersion: serving.knative.dev/v1, kind: Service, name: web } }';
  const broker = '{ ref: { apiVersion: eventing.knative.dev/v1, kind: Broker, name: orders } }';
  const of = (apiVersion: string, kind: string, name: string, spec: string) =>
    `---\napiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n`;
  const channel = '{ apiVersion: messaging.knative.dev/v1, kind: Channel, name: tasks }';
  const yaml = [
    of('eventing.knative.dev/v1', 'Broker', 'orders', '{}'),
    of(
      'eventing.knative.dev/v1',
      'Trigger',
      'paid',
      `{ broker: orders, filter: { attributes: { type: paid } }, subscriber: ${web} }`,
    ),
    of('messaging.knative.dev/v1', 'Channel', 'tasks', '{}'),
    of('messaging.knative.dev/v1', 'Subscription', 'all', `{ channel: ${channel}, subscriber: ${web}, reply: ${broker} }`),
    of('flows.knative.dev/v1', 'Sequence', 'seq', `{ steps: [${web}, ${web}], reply: ${broker} }`),
    of('flows.knative.dev/v1', 'Parallel', 'par', `{ branches: [{ filter: ${web}, subscriber: ${web}, reply: ${broker} }] }`),
    of('sources.knative.dev/v1', 'PingSource', 'tick', `{ schedule: "0 9 * * *", sink: ${broker} }`),
    of(
      'sources.knative.dev/v1',
      'SinkBinding',
      'bind',
      `{ subject: { apiVersion: apps/v1, kind: Deployment, name: far }, sink: ${broker} }`,
    ),
  ];
  const graph = await graphOf(SHOP + yaml.join(''));
  expect(lines(graph)).toEqual(
    expect.arrayContaining([
      'Broker orders sends Trigger paid (type=paid)',
      'Channel tasks sends Subscription all',
      'Subscription all sends Broker orders (reply)',
      'Sequence seq sends Service web (step 1)',
      'Sequence seq sends Service web (step 2)',
      'Sequence seq sends Broker orders (reply)',
      'Parallel par sends Service web (branch 1 filter)',
      'Parallel par sends Service web (branch 1)',
      'Parallel par sends Broker orders (branch 1 reply)',
      'PingSource tick sends Broker orders',
      'Deployment far sends SinkBinding bind',
      'SinkBinding bind sends Broker orders',
    ]),
  );
  expect(graph.nodes.find(({ name }) => name === 'tick')?.notes).toEqual(['0 9 * * *']);
});

test('two namespaces are two frames in Mermaid; names cannot break out of their labels', async () => {
  const other = `---\napiVersion: v1\nkind: ConfigMap\nmetadata: { name: far, namespace: other }\ndata: { '"]--><b>': x }\n`;
  const { out } = await knc(SHOP + other, '--children', 'none');
  expect(out).toMatchInlineSnapshot(`
"flowchart LR
  subgraph ns1 ["default"]
    n1[("<b>settings</b><br/>ConfigMap<br/><i>THEME</i>")]:::settings
    n2("<b>web</b><br/>Service<br/><i>web:1.4.2</i><br/><i>0 – 20 pods</i>"):::service
    n3("<b>cart</b><br/>Service<br/><i>cluster-local</i><br/><i>cart:2.0</i>"):::service
    n5["<b>robot</b><br/>ServiceAccount<br/><i>not declared here</i>"]:::missing
    n6["<b>cart-00001</b><br/>Revision<br/><i>not declared here</i>"]:::missing
    n7["<b>cart-tls</b><br/>Secret<br/><i>not declared here</i>"]:::missing
  end
  subgraph ns2 ["other"]
    n4[("<b>far</b><br/>ConfigMap<br/><i>#quot;]--#gt;#lt;b#gt;</i>")]:::settings
  end
  n2 -->|"CART_URL"| n3
  n2 -.->|"env"| n1
  n2 -.->|"account"| n5
  n3 ==>|"90%"| n6
  n3 -.->|"volume"| n7
  classDef service fill:#eef4ff,stroke:#2563eb,color:#1f2937
  classDef settings fill:#fff7e8,stroke:#b45309,color:#1f2937
  classDef missing fill:none,stroke:#b91c1c,stroke-dasharray:4 3
"
`);
});

describe('--output', () => {
  test('to a file says the format by its suffix', async () => {
    const { cwd, err, out } = await knc(SHOP, '-o', 'docs/graph.md');
    expect({ err, out }).toEqual({ err: 'wrote docs/graph.md\n', out: '' });
    expect(readFileSync(path.join(cwd, 'docs/graph.md'), 'utf8')).toMatch(/^```mermaid\nflowchart LR\n[\s\S]*\n```\n$/);
  });

  test.each([
    ['sgv', 'Did you mean svg?'],
    ['graph.png', 'none of mermaid, json, svg or a file'],
  ])('%s is wrong usage', async (format, text) => {
    const { code, err } = await knc(SHOP, '-o', format);
    expect(code).toBe(2);
    expect(err).toContain(text);
  });
});

test('input that is not valid is refused as everywhere', async () => {
  const { code, err } = await knc(SHOP.replace('- image: ghcr.io/acme/web:1.4.2', '- imag: x'));
  expect(code).toBe(1);
  expect(err).toContain('KNC2001');
});

describe('the picture', () => {
  let graph: Graph;
  beforeAll(async () => {
    graph = await graphOf(SHOP, '--children', 'all');
  });

  test('shows every node and every relation, for light and dark pages, with nothing from elsewhere', () => {
    const text = svg(graph, 'a & b');
    expect(text.match(/<g class="node [^"]*"><title>/g)).toHaveLength(graph.nodes.length);
    expect(text.match(/class="edge [a-z]+" d="[^"]*" marker-end="[^"]*"(?: style="[^"]*")?><title>/g)).toHaveLength(
      graph.edges.length,
    );
    expect(text).toContain('prefers-color-scheme:dark');
    expect(text).toContain('<title>a &amp; b</title>');
    expect(text).not.toMatch(/href|<script|url\((?!#)|NaN|undefined/);
  });

  test('lets no two nodes overlap, keeps everything on the page, and reads from left to right', () => {
    const { nodes, edges, width, height } = layoutGraph(graph);
    for (const a of nodes) {
      expect(a.x >= 0 && a.y >= 0 && a.x + a.width <= width && a.y + a.height <= height).toBe(true);
      for (const b of nodes) {
        if (a === b) continue;
        const apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
        expect(apart).toBe(true);
      }
    }
    for (const { points } of edges) expect(points.at(-1)!.x).toBeGreaterThan(points[0]!.x);
  });

  test('of a circle is drawn too', () => {
    const node = (name: string) => ({
      id: name,
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      name,
      origin: 'declared' as const,
      notes: [],
    });
    const call = (from: string, to: string) => ({ from, to, kind: 'calls' as const });
    const text = svg({ nodes: [node('a'), node('b')], edges: [call('a', 'b'), call('b', 'a'), call('a', 'a')] }, 'circle');
    expect(text).not.toContain('NaN');
  });
});
