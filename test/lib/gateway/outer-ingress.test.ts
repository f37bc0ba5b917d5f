import { type IncomingHttpHeaders, request } from 'node:http';
import { connect } from 'node:http2';
import { type Pod, PodType } from '../../../lib/api';
import { noLog } from '../../../lib/base';
import { OuterIngress, type OuterIngressPods } from '../../../lib/gateway';
import { HOST, SocketWorld } from './sockets';
import { World } from './world';

/** Where the ingress in front is, and some other pod. */
const [OUTER, OTHER] = ['127.0.0.1', '127.0.0.2'];
const KOURIER = 'kourier-system';

const named = (name: string, more: Record<string, string> = {}) => ({
  'knative-serving-namespace': 'default',
  'knative-serving-revision': name,
  ...more,
});

async function podAt(
  world: World,
  name: string,
  ip: string,
  more: { namespace?: string; spec?: object; phase?: 'Running' | 'Succeeded'; labels?: object } = {},
) {
  const { namespace = KOURIER, spec = {}, phase = 'Running', labels = {} } = more;
  const pod = await world.cluster.create<Pod>(PodType, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, labels: { ...labels } },
    spec: { containers: [{ name: 'proxy', image: 'x' }], ...spec } as Pod['spec'],
  });
  await world.cluster.updateStatus<Pod>(PodType, { ...pod, status: { phase, podIP: ip } });
  await world.executor.idle();
}

const outerOf = ({ cluster, clock }: World, pods: readonly OuterIngressPods[]) =>
  new OuterIngress({ cluster, clock, log: noLog, pods });

describe('an ingress in front of the gateway', () => {
  let at: SocketWorld;
  let seen: { readonly url: string; readonly headers: IncomingHttpHeaders }[];
  let secret: string[];

  /** The internal listener before revisions `r`, which has a host, and `secret`, which has none. */
  async function start(spec: Parameters<World['revision']>[1] = {}, { ready = true } = {}): Promise<void> {
    at = new SocketWorld();
    seen = [];
    secret = [];
    const { world } = at;
    const outer = outerOf(world, [{ namespace: KOURIER }]);
    await outer.start();
    at.closers.push(() => outer.stop());
    await podAt(world, 'gateway', OUTER);
    await world.revision('secret');
    await at.start(spec, { visibility: 'internal', outer: (address) => outer.has(address) });
    if (ready) await serving();
    await world.pod('secret', (incoming) => {
      secret.push(incoming.url);
      return new Response('secret');
    });
    await at.settle();
  }

  const serving = () =>
    at.pod(({ url = '', headers }, res) => {
      seen.push({ url, headers });
      res.end('r');
    });

  function send(
    from: string,
    headers: Record<string, string | string[]>,
    path = '/',
  ): Promise<{ status: number; body: string; headers: IncomingHttpHeaders }> {
    return new Promise((resolve, reject) => {
      const outgoing = request({ port: at.port, host: OUTER, localAddress: from, path, headers, agent: false });
      outgoing.on('error', reject);
      outgoing.on('response', (response) => {
        let body = '';
        response.on('data', (chunk) => {
          body += chunk;
        });
        response.on('end', () => resolve({ status: response.statusCode!, body: body.trim(), headers: response.headers }));
      });
      outgoing.end();
    });
  }

  afterEach(() => at.stop());

  test('names a revision by headers: the request goes there, whatever its host is', async () => {
    await start();
    const answer = await send(OUTER, { host: 'shop.example.org', 'x-forwarded-for': '203.0.113.9', ...named('r') }, '/a?b=c');
    expect(answer).toMatchObject({ status: 200, body: 'r' });
    expect(seen).toMatchObject([{ url: '/a?b=c', headers: { host: 'shop.example.org' } }]);
    expect(seen[0]!.headers['x-forwarded-for']).toBe(`203.0.113.9, ${OUTER}`);
    expect(Object.keys(seen[0]!.headers).filter((name) => /^(knative|k-)/.test(name))).toEqual([]);
    expect(await send(OUTER, { host: HOST, ...named('secret') })).toMatchObject({ status: 200, body: 'secret' });
  });

  test('wakes a revision that has no pod: the request waits for it', async () => {
    await start({}, { ready: false });
    const answer = send(OUTER, { host: 'shop.example.org', ...named('r') });
    while ((await at.world.replicas('r')) === 0) await new Promise(setImmediate);
    expect(seen).toEqual([]);
    await serving();
    expect(await answer).toMatchObject({ status: 200, body: 'r' });
    expect(seen).toHaveLength(1);
  });

  test('shares a hard limit with requests that come by host', async () => {
    await start({ containerConcurrency: 1 }, { ready: false });
    let inside = 0;
    let most = 0;
    await at.pod((_, res) => {
      most = Math.max(most, ++inside);
      setImmediate(() => {
        inside--;
        res.end('r');
      });
    });
    const requests = Array.from({ length: 12 }, (_, i) =>
      i % 2 ? send(OTHER, { host: HOST }) : send(OUTER, { host: 'x', ...named('r') }),
    );
    expect((await Promise.all(requests)).every(({ status }) => status === 200)).toBe(true);
    expect(most).toBe(1);
  });

  test('tells the pod the domain that was asked for where it has made a cluster-local name of it', async () => {
    await start();
    await send(OUTER, { host: 'r.default.svc.cluster.local', 'k-original-host': 'shop.example.org', ...named('r') });
    await send(OUTER, { host: 'r.example.com', 'k-original-host': 'bank.example.org', ...named('r') });
    expect(seen.map(({ headers }) => [headers.host, headers['k-original-host']])).toEqual([
      ['shop.example.org', undefined],
      ['r.example.com', undefined],
    ]);
  });

  test('is answered when it probes whether its routes lead here', async () => {
    await start();
    const probe = { host: 'shop.example.org', 'k-network-probe': 'probe', 'k-network-hash': 'abc', ...named('r') };
    const answer = await send(OUTER, probe);
    expect([answer.status, answer.headers['k-network-hash'], seen]).toEqual([200, 'abc', []]);
  });

  test('goes by host where it names no revision', async () => {
    await start();
    expect(await send(OUTER, { host: HOST })).toMatchObject({ status: 200, body: 'r' });
    expect(await send(OUTER, { host: 'secret.default.svc.cluster.local' })).toMatchObject({ status: 200, body: 'secret' });
  });

  test.each([
    ['one header alone', { 'knative-serving-revision': 'r' }, 400],
    ['an empty name', { 'knative-serving-namespace': 'default', 'knative-serving-revision': '' }, 400],
    ['two names', { 'knative-serving-namespace': 'default', 'knative-serving-revision': ['secret', 'r'] }, 400],
    ['a revision that there is not', named('nobody'), 404],
    ['a revision of another namespace', { ...named('r'), 'knative-serving-namespace': 'elsewhere' }, 404],
  ])('that says %s is refused', async (_, headers, status) => {
    await start();
    expect((await send(OUTER, { host: HOST, ...headers })).status).toBe(status);
    expect([seen, secret]).toEqual([[], []]);
  });

  test('is believed as soon as its pod is known, on connections that it has already, and no more once the pod is gone', async () => {
    await start();
    const { world } = at;
    const session = connect(`http://${OUTER}:${at.port}`, { localAddress: OTHER } as object);
    at.closers.push(() => session.destroy());
    const status = () =>
      new Promise<unknown>((resolve, reject) => {
        const stream = session.request({ ':path': '/', ':authority': 'shop.example.org', ...named('secret') });
        stream.on('error', reject);
        stream.on('response', (headers) => resolve(headers[':status']));
        stream.resume().end();
      });
    expect(await status()).toBe(403);
    await podAt(world, 'late', OTHER);
    expect(await status()).toBe(200);
    await world.cluster.delete(PodType, KOURIER, 'late', { gracePeriodSeconds: 0 });
    await at.settle();
    expect((await send(OTHER, { host: 'shop.example.org', ...named('secret') })).status).toBe(403);
  });
});

describe('revision headers of anybody else', () => {
  let at: SocketWorld;
  const reached: string[] = [];
  const headersSeen: string[] = [];
  afterEach(() => at.stop());

  async function start(visibility: 'external' | 'internal'): Promise<void> {
    at = new SocketWorld();
    reached.length = 0;
    headersSeen.length = 0;
    await at.world.revision('secret');
    await at.start({}, { visibility, outer: () => false });
    for (const revision of ['r', 'secret']) {
      await at.world.pod(revision, (incoming) => {
        reached.push(revision);
        headersSeen.push(...incoming.headers.keys());
        return new Response(revision);
      });
    }
    await at.settle();
  }

  test.each(['external', 'internal'] as const)(
    'lead nowhere but where the host does, and no pod sees them: %s',
    async (visibility) => {
      await start(visibility);
      expect(await at.send({ headers: named('secret') })).toMatchObject({ status: 200, body: 'r' });
      expect(reached).toEqual(['r']);
      expect(headersSeen.filter((name) => name.startsWith('knative-serving-'))).toEqual([]);
    },
  );

  test.each(['external', 'internal'] as const)(
    'lead nowhere but where the host does when a connection is upgraded: %s',
    async (visibility) => {
      await start(visibility);
      const lines = [`GET / HTTP/1.1`, 'Host: nobody.example.com', 'Connection: Upgrade', 'Upgrade: websocket'];
      const forged = Object.entries(named('secret')).map(([name, value]) => `${name}: ${value}`);
      const answer = await at.raw([...lines, ...forged, '', ''].join('\r\n'));
      expect(answer).toMatch(visibility === 'internal' ? /^HTTP\/1\.1 403 / : /^HTTP\/1\.1 404 /);
      expect(reached).toEqual([]);
    },
  );

  test('without a host that is served: the answer inside the cluster says why, the one outside says nothing', async () => {
    await start('internal');
    const inside = await at.send({ headers: { host: 'shop.example.org', ...named('secret') } });
    expect(inside).toMatchObject({ status: 403, body: expect.stringContaining('--outer-ingress') });
    await at.stop();
    await start('external');
    const outside = await at.send({ headers: { host: 'shop.example.org', ...named('secret') } });
    expect(outside).toMatchObject({ status: 404, body: 'not found\n' });
    expect(reached).toEqual([]);
  });
});

describe('the addresses of an ingress in front', () => {
  test('are those of running pods of its namespace that have the label, and an address of their own', async () => {
    const world = new World();
    const outer = outerOf(world, [{ namespace: KOURIER, label: 'app=envoy' }, { namespace: 'istio-system' }]);
    await podAt(world, 'before', '10.1.0.1', { labels: { app: 'envoy' } });
    await outer.start();
    await podAt(world, 'after', '10.1.0.2', { labels: { app: 'envoy' } });
    await podAt(world, 'other-app', '10.1.0.3', { labels: { app: 'shell' } });
    await podAt(world, 'istio', '10.1.0.4', { namespace: 'istio-system' });
    await podAt(world, 'elsewhere', '10.1.0.5', { namespace: 'default', labels: { app: 'envoy' } });
    await podAt(world, 'on-node', '10.1.0.6', { labels: { app: 'envoy' }, spec: { hostNetwork: true } });
    await podAt(world, 'ended', '10.1.0.7', { labels: { app: 'envoy' }, phase: 'Succeeded' });
    await podAt(world, 'service', '10.1.0.8', { namespace: 'istio-system', labels: { 'serving.knative.dev/revisionUID': 'u' } });
    const last = Array.from({ length: 9 }, (_, i) => i + 1).filter((i) => outer.has(`10.1.0.${i}`));
    expect(last).toEqual([1, 2, 4]);
    await world.cluster.delete(PodType, KOURIER, 'before', { gracePeriodSeconds: 0 });
    await world.executor.idle();
    expect([outer.has('10.1.0.1'), outer.has('10.1.0.2')]).toEqual([false, true]);
    outer.stop();
  });
});
