import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { connect, type IncomingHttpHeaders } from 'node:http2';
import { addressOf, fromOutside, install, NODE } from './platform';
import { nodeProcesses } from './pod-process';
import { describeCluster } from './support';
import { type Answer, ask, kubectl, until } from './tools';

/** Answers after as many milliseconds as it is asked for, with how many requests were inside at once since it was last asked. */
const PROGRAM = `
let inside = 0, most = 0;
require('node:http').createServer((request, response) => {
  const { searchParams } = new URL(request.url, 'http://x');
  most = Math.max(most, ++inside);
  setTimeout(() => { response.end(String(most)); if (--inside === 0) most = 0; }, Number(searchParams.get('ms') ?? 0));
}).listen(process.env.PORT);
process.on('SIGTERM', () => process.exit());`;
/** The same in few words, for HTTP/2. */
const STREAMS = `
require('node:http2').createServer((request, response) => {
  response.addTrailers({ 'x-version': request.httpVersion });
  response.end('streamed');
}).listen(process.env.PORT);
process.on('SIGTERM', () => process.exit());`;
const SIDECAR = 'queue.sidecar.serving.knative.dev/enabled';
const QUEUE_PORT = 8012;

function service(name: string, annotations: Record<string, string>, version = '1', more: object = {}): string {
  const container = {
    image: 'registry.local/hello:1',
    command: ['/usr/bin/node', '-e', PROGRAM],
    env: [{ name: 'V', value: version }],
  };
  return JSON.stringify({
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name, namespace: 'default' },
    spec: {
      template: {
        metadata: { annotations: { 'autoscaling.knative.dev/window': '6s', ...annotations } },
        spec: { containerConcurrency: 1, timeoutSeconds: 30, containers: [{ ...container, ...more }] },
      },
    },
  });
}

async function apply(input: string, name: string): Promise<void> {
  await kubectl('apply -f -', { input });
  await kubectl(`wait ksvc/${name} --for=condition=Ready --timeout=90s`);
}

interface SeenPod {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly labels: Record<string, string>;
    readonly deletionTimestamp?: string;
  };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
  readonly status: {
    readonly podIP?: string;
    readonly conditions?: readonly { readonly type: string; readonly status: string }[];
  };
}

const podsOf = async (name: string): Promise<readonly SeenPod[]> =>
  (JSON.parse(await kubectl(`get pods -l serving.knative.dev/service=${name} -o json`)) as { items: readonly SeenPod[] }).items;
const isReady = ({ metadata, status }: SeenPod): boolean =>
  !metadata.deletionTimestamp && !!status.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True');
const readyPod = (name: string): Promise<SeenPod> =>
  until(`ready pod of ${name}`, async () => (await podsOf(name)).find(isReady));
const running = async (name: string): Promise<string> => (await readyPod(name)).status.podIP!;
const slowly = (address: string, port: number, ms = 300): Promise<Answer> => ask(address, port, 'queued', { path: `/?ms=${ms}` });
const said = (answers: readonly Answer[]) => answers.map(({ status, body }) => [status, body]);

/** Requests one after another by several clients, until it is told to stop; resolves with those that failed. */
function load(send: () => Promise<Answer>, clients = 2): () => Promise<readonly Answer[]> {
  let stopped = false;
  const failed: Answer[] = [];
  const all = Array.from({ length: clients }, async () => {
    while (!stopped) {
      const answer = await send();
      if (answer.status !== 200) failed.push(answer);
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(all);
    return failed;
  };
}

/** One request over HTTP/2 from the first byte. */
async function stream(origin: string, authority: string) {
  const session = connect(origin);
  const request = session.request({ ':authority': authority, te: 'trailers' });
  let body = '';
  let version: unknown;
  request.on('data', (chunk) => (body += chunk));
  request.on('trailers', (fields) => {
    version = fields['x-version'];
  });
  const [headers] = (await once(request, 'response')) as [IncomingHttpHeaders];
  await once(request, 'close');
  session.close();
  return { status: headers[':status'], body, version };
}

describeCluster('the sidecar of pods', () => {
  beforeAll(async () => {
    await install('small');
    await apply(service('queued', { [SIDECAR]: 'true', 'autoscaling.knative.dev/min-scale': '1' }), 'queued');
  }, 240_000);

  test('holds the limit for requests that go to the pod, by its address and by its Service', async () => {
    const [ip, address] = [
      await running('queued'),
      await addressOf('default', `${await kubectl('get ksvc/queued -o jsonpath={.status.latestReadyRevisionName}')}-private`),
    ];
    expect(said(await Promise.all([slowly(ip, QUEUE_PORT), slowly(address, 80)]))).toEqual([
      [200, '1'],
      [200, '1'],
    ]);
    // Past it the container takes what comes: this is what the limit is worth without it.
    expect(said(await Promise.all([slowly(ip, 8080), slowly(ip, 8080)]))).toEqual([
      [200, '2'],
      [200, '2'],
    ]);
  }, 60_000);

  test('lets ten times as many wait, and refuses the next', async () => {
    const ip = await running('queued');
    const answers = await Promise.all(Array.from({ length: 12 }, () => slowly(ip, QUEUE_PORT)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(11);
    expect(answers.find(({ status }) => status === 503)?.body).toBe('pending request queue full\n');
  }, 60_000);

  test('holds it for them together with requests through the gateway', async () => {
    const ip = await running('queued');
    const through = () => fromOutside('queued', '/?ms=300');
    const answers = await Promise.all([slowly(ip, QUEUE_PORT), through(), slowly(ip, QUEUE_PORT), through()]);
    expect(said(answers)).toEqual(answers.map(() => [200, '1']));
  }, 60_000);

  test('asks nothing of the cluster, and tells what it does', async () => {
    const { metadata, status } = await readyPod('queued');
    const ip = status.podIP!;
    await slowly(ip, QUEUE_PORT, 0); // there may be several pods by now
    const metrics = await ask(ip, 9091, ip, { path: '/metrics' });
    expect(metrics.body).toMatch(/^kn_serving_invocation_duration_seconds_count\{http_response_status_code="200"\} \d+$/m);
    const pid = nodeProcesses(metadata.uid).find((one) => readFileSync(`/proc/${one}/cmdline`, 'utf8').includes('--role\0queue'));
    const rss = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1000;
    console.log(`sidecar: RSS ${Math.round(rss)} MB`);
    expect(rss).toBeLessThan(100);
    // Of the connections that the pod has, none goes to the API server.
    const to = readFileSync(`/proc/${pid}/net/tcp`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/)[2] ?? '');
    expect(to.filter((remote) => /:(192B|01BB)$/.test(remote))).toEqual([]);
  }, 60_000);

  test('loses nothing of what is inside when a pod ends, nor through the gateway meanwhile', async () => {
    const { metadata, status } = await readyPod('queued');
    const [ip, pod] = [status.podIP!, metadata.name];
    const stop = load(() => fromOutside('queued', '/?ms=20'));
    const inside = [slowly(ip, QUEUE_PORT, 2000), slowly(ip, QUEUE_PORT, 2000)];
    await until('requests inside', async () =>
      /kn_serving_queue_depth [2-9]/.test((await ask(ip, 9091, ip, { path: '/metrics' })).body),
    );
    await kubectl(`delete pod ${pod} --wait=false`);
    expect((await Promise.all(inside)).map((answer) => answer.status)).toEqual([200, 200]);
    await kubectl(`wait pod/${pod} --for=delete --timeout=60s`);
    expect(await stop()).toEqual([]);
  }, 120_000);

  test('loses nothing when one revision follows another', async () => {
    const stop = load(() => fromOutside('queued', '/?ms=20'));
    await apply(service('queued', { [SIDECAR]: 'true', 'autoscaling.knative.dev/min-scale': '1' }, '2'), 'queued');
    const second = await kubectl('get ksvc/queued -o jsonpath={.status.latestReadyRevisionName}');
    await until('second revision alone', async () => {
      const left = await podsOf('queued');
      return left.every(({ metadata }) => metadata.labels['serving.knative.dev/revision'] === second);
    });
    expect(await stop()).toEqual([]);
  }, 180_000);

  test('comes from zero with its pod', async () => {
    await apply(service('queued', { [SIDECAR]: 'true' }, '3'), 'queued');
    await until('end of its pods', async () => (await podsOf('queued')).length === 0, 120);
    const cold = await fromOutside('queued');
    expect(cold).toMatchObject({ status: 200, body: '1' });
    console.log(`from zero with the sidecar: ${Math.round(cold.ms)} ms`);
  }, 240_000);

  test('carries HTTP/2 to its end, with trailers, past the gateway and through it', async () => {
    const more = { command: ['/usr/bin/node', '-e', STREAMS], ports: [{ name: 'h2c', containerPort: 8080 }] };
    await apply(service('streams', { [SIDECAR]: 'true', 'autoscaling.knative.dev/min-scale': '1' }, '1', more), 'streams');
    const ip = await running('streams');
    const expected = { status: 200, body: 'streamed', version: '2.0' };
    expect(await stream(`http://${ip}:8013`, 'streams.default.example.com')).toEqual(expected);
    expect(await stream(`http://${NODE}:31080`, 'streams.default.example.com')).toEqual(expected);
  }, 120_000);

  test('is in all pods where the platform says so, of the same revisions, but for services that say otherwise', async () => {
    const enable = (value: string) =>
      kubectl(`patch configmap config-deployment -n knative-serving --type merge -p {"data":{"queue-sidecar-enabled":${value}}}`);
    await enable('null');
    await apply(service('plain', { 'autoscaling.knative.dev/min-scale': '1' }), 'plain');
    await apply(service('without', { [SIDECAR]: 'false', 'autoscaling.knative.dev/min-scale': '1' }), 'without');
    const names = async (name: string) => {
      const live = (await podsOf(name)).filter(({ metadata }) => !metadata.deletionTimestamp);
      return [...new Set(live.map(({ spec }) => spec.containers.map((container) => container.name).join(' ')))].join('; ');
    };
    expect(await names('plain')).toBe('user-container');
    const stop = load(() => fromOutside('plain', '/?ms=20'));
    await enable('"true"');
    await until('sidecar', async () => (await names('plain')) === 'user-container queue-proxy', 90);
    await until(
      'way through it',
      async () => (await kubectl('get service plain-00001-private -o jsonpath={.spec.ports[0].targetPort}')) === 'queue-port',
    );
    expect(await names('without')).toBe('user-container');
    await enable('null');
    await until('end of the sidecar', async () => (await names('plain')) === 'user-container', 90);
    expect(await stop()).toEqual([]);
    expect(await kubectl('get revisions -l serving.knative.dev/service=plain -o name')).toBe(
      'revision.serving.knative.dev/plain-00001\n',
    );
  }, 300_000);

  test('is refused where nobody says whether there is to be one', async () => {
    const odd = service('odd', { [SIDECAR]: 'maybe' });
    await expect(kubectl('apply --dry-run=server -f -', { input: odd })).rejects.toThrow(
      `invalid value: maybe: spec.template.metadata.annotations.${SIDECAR}`,
    );
  }, 30_000);

  afterAll(() => kubectl('delete ksvc queued streams plain without --ignore-not-found --wait=false'), 60_000);
});
