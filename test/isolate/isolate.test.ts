import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { get, Knc } from '../acceptance/support/knc';
import { until } from '../acceptance/support/real-system';
import { tempFolder } from '../lib/cli/temp-folder';

const why = process.env['KNC_NOT_ISOLATED'] ?? 'it was not started by npm run test:isolate';
if (why !== '') process.stderr.write(`pods are not isolated in this run: ${why}\n`);
const describeIsolated = why === '' ? describe : describe.skip;

/** A service that runs in a shell what it is asked, as a pod of that name. */
const SHELL = `
const { execFile } = require('node:child_process');
const env = { ...process.env, PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
require('node:http').createServer((request, response) => {
  const script = decodeURIComponent(request.url.slice(1));
  execFile('/bin/sh', ['-c', script], { env }, (_error, stdout, stderr) => response.end(stdout + stderr));
}).listen(8080);`;
const TELL = `
require('node:http').createServer((request, response) => {
  const { localAddress, remoteAddress } = request.socket;
  response.end(JSON.stringify({ own: localAddress, peer: remoteAddress, host: request.headers.host }));
}).listen(Number(process.env.PORT ?? 7777));`;
const SIDECAR = "require('node:http').createServer((_, response) => response.end('side')).listen(9999)";

/** Tells a GET the events that came, each as id, type and the address that it came to. */
const KEEP = `
const got = [];
require('node:http').createServer((request, response) => {
  const { 'ce-id': id, 'ce-type': type } = request.headers;
  if (request.method === 'POST') got.push([id, type, request.socket.localAddress.replace('::ffff:', '')]);
  response.end(request.method === 'POST' ? '' : JSON.stringify(got));
}).listen(8080);`;

const images = Object.entries({ shell: SHELL, tell: TELL, side: SIDECAR, keep: KEEP }).map(
  ([name, code]) => `  example.com/${name}: { command: [node, -e, ${JSON.stringify(code)}] }`,
);
const knative = (name: string, containers: string, annotations = '') => `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: ${name} }
spec: { template: { metadata: { annotations: { ${annotations} } }, spec: { containers: [${containers}] } } }
---
`;
const TWO_PODS = "autoscaling.knative.dev/min-scale: '2'";
const SHELL_ALONE = knative('shell', '{ image: example.com/shell }');
const YAML = `${SHELL_ALONE}${knative(
  'pair',
  '{ name: app, image: example.com/tell, ports: [{ containerPort: 8080 }] }, { name: side, image: example.com/side }',
  TWO_PODS,
)}apiVersion: apps/v1
kind: Deployment
metadata: { name: plain }
spec:
  replicas: 2
  selector: { matchLabels: { app: plain } }
  template:
    metadata: { labels: { app: plain } }
    spec: { containers: [{ name: tell, image: example.com/tell, ports: [{ containerPort: 7777 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: plain }
spec: { selector: { app: plain }, ports: [{ port: 90, targetPort: 7777 }] }
---
apiVersion: v1
kind: Service
metadata: { name: headless }
spec: { clusterIP: None, selector: { app: plain }, ports: [{ port: 7777 }] }
`;

const refTo = (apiVersion: string, kind: string, name: string) =>
  `{ ref: { apiVersion: ${apiVersion}, kind: ${kind}, name: ${name} } }`;
const eventing = (apiVersion: string, kind: string, name: string, spec = '{}') =>
  `apiVersion: ${apiVersion}\nkind: ${kind}\nmetadata: { name: ${name} }\nspec: ${spec}\n---\n`;
const KEEPER = refTo('serving.knative.dev/v1', 'Service', 'keep');
const EVENTS = [
  ...[SHELL_ALONE, knative('keep', '{ image: example.com/keep }')],
  eventing('eventing.knative.dev/v1', 'Broker', 'orders'),
  eventing('eventing.knative.dev/v1', 'Trigger', 'all', `{ broker: orders, subscriber: ${KEEPER} }`),
  eventing('messaging.knative.dev/v1', 'Channel', 'tasks'),
  eventing(
    'messaging.knative.dev/v1',
    'Subscription',
    'all',
    `{ channel: { apiVersion: messaging.knative.dev/v1, kind: Channel, name: tasks }, subscriber: ${KEEPER} }`,
  ),
].join('');

const folder = () =>
  tempFolder({ 'all.yaml': YAML, 'events.yaml': EVENTS, 'knc.images.yaml': `images:\n${images.join('\n')}\n` });

const links = () => readdirSync('/sys/class/net').filter((name) => name.startsWith('knc-'));
const namespaces = () => readdirSync('/run/netns');
const nothingIsLeft = () => until('everything to be gone', () => links().length === 0 && namespaces().length === 0);

interface Ready {
  readonly gateway: string;
}

describeIsolated('pods with networks of their own', () => {
  let knc: Knc | undefined;
  afterEach(async () => {
    // Killed, its guard would be killed with it.
    knc?.signal('SIGINT');
    await knc?.exit();
    await knc?.end();
    await nothingIsLeft();
  });

  const start = async (input: string, cwd = folder()) => {
    const dev = new Knc(cwd, 'dev', input, '--isolate', '--ephemeral', '--json', '--port', '0');
    knc = dev;
    const { gateway } = await dev.event<Ready>('ready');
    /** What a shell in the pod of service `shell` prints. */
    const shell = async (script: string) =>
      (await get(gateway, 'shell.default.localhost', `/${encodeURIComponent(script)}`)).text;
    return { dev, gateway, shell };
  };

  test('call each other by the names of the cluster, from any program', async () => {
    const { dev, shell } = await start('all.yaml');
    const asked = JSON.parse(await shell('curl -sS http://pair.default.svc.cluster.local'));
    expect(asked).toMatchObject({ host: 'pair.default.svc.cluster.local', own: expect.stringMatching(/10\.201\.0\.\d+$/) });
    expect(JSON.parse(await shell('curl -sS http://pair.default'))).toMatchObject({ host: 'pair.default' });

    const own = await shell("ip -4 -o addr show dev eth0 | awk '{ print $4 }'");
    expect(own).toMatch(/^10\.201\.0\.\d+\/16\n$/);
    expect(await shell('cat /etc/resolv.conf; env | grep -c NODE_OPTIONS')).toBe(
      'nameserver 10.201.0.1\nsearch default.svc.cluster.local svc.cluster.local cluster.local\noptions ndots:5\n0\n',
    );
    const pods = (await shell('getent ahostsv4 headless')).match(/10\.201\.0\.\d+(?=\s+STREAM)/g)!;
    expect(new Set(pods).size).toBe(2);
    const direct = JSON.parse(await shell(`curl -sS http://${pods[0]}:7777`));
    expect(`${direct.peer.replace('::ffff:', '')}/16\n`).toBe(own);
    const answers = await Promise.all([1, 2, 3, 4].map(() => shell('curl -sS http://plain:90')));
    expect(new Set(answers.map((text) => JSON.parse(text).own.replace('::ffff:', '')))).toEqual(new Set(pods));
    expect(await shell('curl -sS http://nobody.default')).toContain('Could not resolve host: nobody.default');

    dev.signal('SIGINT');
    expect(await dev.exit()).toBe(0);
    await nothingIsLeft();
  });

  test('of one revision may all listen on the same port of a container beside', async () => {
    const { shell } = await start('all.yaml');
    expect(namespaces()).toHaveLength(5);
    const both = await shell(
      'for pod in 2 3 4 5 6; do curl -s --max-time 2 http://10.201.0.$pod:9999 && echo " $pod"; done; true',
    );
    expect(both.match(/side \d/g)).toHaveLength(2);
  });

  test('go without a trace when knc is killed', async () => {
    const { dev } = await start('all.yaml');
    expect(links().length).toBeGreaterThan(4);
    dev.signal('SIGKILL');
    await dev.exit();
    await nothingIsLeft();
    await until('every process to end', () => dev.processes().length === 0);
  });

  test('that an earlier run has left behind are removed by the next', async () => {
    const { dev } = await start('all.yaml');
    const guards = readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && commandOf(pid).includes('knc-network-guard'));
    expect(guards).toHaveLength(1);
    const before = links();
    process.kill(Number(guards[0]), 'SIGKILL');
    dev.signal('SIGKILL');
    await dev.exit();
    await until('every process to end', () => dev.processes().length === 0);
    expect(links()).toEqual(expect.arrayContaining([expect.stringMatching(/^knc-\w+$/)]));
    const { dev: next } = await start('all.yaml');
    expect(links().filter((name) => before.includes(name))).toEqual([]);
    next.signal('SIGINT');
    await next.exit();
  });

  test('give their networks back when they end', async () => {
    const cwd = folder();
    await start('all.yaml', cwd);
    expect(namespaces()).toHaveLength(5);
    writeFileSync(path.join(cwd, 'all.yaml'), SHELL_ALONE);
    await until('the others to end', () => namespaces().length === 1 && links().length === 2);
  });

  test('send events to brokers and channels by their names, and get those that they want', async () => {
    const { shell } = await start('events.yaml');
    const send = (url: string, id: string) =>
      shell(
        `curl -sS -o /dev/null -w '%{http_code}' ${url} -H 'ce-specversion: 1.0' -H 'ce-id: ${id}' -H 'ce-type: t' -H 'ce-source: /s' -d x`,
      );
    expect(await send('http://broker-ingress.knative-eventing.svc.cluster.local/default/orders', 'to-broker')).toBe('202');
    expect(await send('http://broker-ingress.knative-eventing/default/orders', 'by-short-name')).toBe('202');
    expect(await send('http://tasks-kn-channel.default.svc.cluster.local', 'to-channel')).toBe('202');
    const got = await until('the events to come', async () => {
      const list = JSON.parse(await shell('curl -sS http://keep.default')) as string[][];
      return list.length === 3 && list;
    });
    const own = expect.stringMatching(/^10\.201\.0\.\d+$/);
    const ids = ['by-short-name', 'to-broker', 'to-channel'];
    expect(got.sort()).toEqual(ids.map((id) => [id, 't', own]));
  });

  test('of the example call each other as its README says', async () => {
    const { gateway } = await start('examples/calls', path.resolve(__dirname, '../..'));
    const { status, text } = await get(gateway, 'front.default.localhost');
    expect(text).toMatch(/^front got: back, asked by .*10\.201\.0\.1 for back\.default\.svc\.cluster\.local\n$/);
    expect(status).toBe(200);
  });
});

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
