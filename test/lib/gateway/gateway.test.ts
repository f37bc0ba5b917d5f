import { PodType } from '../../../lib/api';
import { gate, World } from './world';

const HOST = 'hello.default.example.com';

describe('a request to a revision', () => {
  let world: World;

  beforeEach(async () => {
    world = new World({ explain: false });
    await world.revision('hello-00001');
    await world.ingress('hello', HOST, { 'hello-00001': 100 });
    await world.gateway.start();
  });

  afterEach(async () => {
    await world.gateway.stop();
    expect(world.errors).toEqual([]);
  });

  test('is answered by a ready pod', async () => {
    await world.pod('hello-00001', (request) => new Response(`${request.method} ${new URL(request.url).pathname}`));
    const response = await world.fetch(HOST, '/a/b', { method: 'POST', body: 'x' });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('POST /a/b');
  });

  test('reaches the pod with its body and answers with the body of the pod', async () => {
    await world.pod('hello-00001', async (request) => new Response(request.body));
    const response = await world.fetch(HOST, '/', { method: 'POST', body: 'a body' });
    expect(await response.text()).toBe('a body');
  });

  test('raises the Deployment from zero and goes to the first pod that comes', async () => {
    const answer = world.fetch(HOST);
    await world.virtual.settle();
    expect(await world.replicas('hello-00001')).toBe(1);
    await world.pod('hello-00001', () => new Response('late'), { ready: false });
    expect(await (await answer).text()).toBe('late');
  });

  test('finds the host whatever its case and port, and by its name under localhost', async () => {
    await world.pod('hello-00001', () => new Response('ok'));
    for (const host of ['HELLO.default.example.com:8080', 'hello.default.localhost', 'hello.default.localhost:80'])
      expect((await world.fetch('ignored', '/', { headers: { host } })).status).toBe(200);
    expect((await world.fetch('hello.other.localhost')).status).toBe(404);
  });

  test('that waits longer than the revision allows gets 504 in the words of the activator', async () => {
    const answer = world.fetch(HOST);
    await world.virtual.advance(299_000);
    await world.virtual.advance(1_001);
    const response = await answer;
    expect(response.status).toBe(504);
    expect(await response.text()).toBe('activator request timeout\n');
  });

  test('that no pod answers in time gets 504 in the words of the queue-proxy', async () => {
    const door = gate();
    await world.pod('hello-00001', async () => {
      await world.executor.suspended(door.opened);
      return new Response('too late');
    });
    const answer = world.fetch(HOST);
    await world.virtual.advance(300_001);
    const response = await answer;
    expect([response.status, await response.text()]).toEqual([504, 'request timeout\n']);
    door.open();
  });

  test('is not sent to a pod that is being deleted, while one inside it goes on', async () => {
    const door = gate();
    const first = await world.pod('hello-00001', async () => {
      await world.executor.suspended(door.opened);
      return new Response('first');
    });
    const inside = world.fetch(HOST);
    await world.virtual.settle();
    await world.deletePod(first);
    await world.pod('hello-00001', () => new Response('second'));
    for (let i = 0; i < 5; i++) expect(await (await world.fetch(HOST)).text()).toBe('second');
    door.open();
    expect(await (await inside).text()).toBe('first');
  });

  test('whose client goes away gives its place to the next', async () => {
    const world1 = new World();
    await world1.revision('one', { containerConcurrency: 1 });
    await world1.ingress('one', HOST, { one: 100 });
    await world1.gateway.start();
    const door = gate();
    let calls = 0;
    await world1.pod('one', async () => {
      if (calls++ === 0) await world1.executor.suspended(door.opened);
      return new Response('ok');
    });
    const controller = new AbortController();
    const impatient = world1.fetch(HOST, '/', { signal: controller.signal });
    await world1.virtual.settle();
    const next = world1.fetch(HOST);
    await world1.virtual.settle();
    controller.abort();
    await expect(impatient).rejects.toThrow();
    expect((await next).status).toBe(200);
    door.open();
    await world1.gateway.stop();
  });
});

describe('a pod that is given up', () => {
  test('gets no request although what is heard of it lags behind, and is waited for until it is empty', async () => {
    const world = new World();
    await world.revision('r');
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    const door = gate();
    const name = await world.pod('r', async () => {
      await world.executor.suspended(door.opened);
      return new Response('first');
    });
    const inside = world.fetch(HOST);
    await world.virtual.settle();
    const pod = (await world.cluster.get(PodType, 'default', name))!;
    let empty = false;
    const drained = world.gateway.drained(pod, new AbortController().signal).then(() => {
      empty = true;
    });
    await world.cluster.patch(PodType, 'default', name, 'merge', { metadata: { labels: { late: 'news' } } });
    await world.pod('r', () => new Response('second'));
    expect(await (await world.fetch(HOST)).text()).toBe('second');
    expect(empty).toBe(false);
    door.open();
    expect(await (await inside).text()).toBe('first');
    await drained;
    await world.gateway.stop();
  });

  test('that refuses requests although it answers probes is asked ever less often, and the request goes to another', async () => {
    const world = new World();
    await world.revision('r');
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    const name = await world.pod('r', () => new Response('never'));
    world.functions.clear();
    const answer = world.fetch(HOST);
    await world.virtual.advance(100);
    await world.deletePod(name);
    await world.pod('r', () => new Response('well'));
    expect(await (await answer).text()).toBe('well');
    await world.gateway.stop();
  });

  test('and that nobody replaces costs 502 after some seconds, not at once', async () => {
    const world = new World({ explain: true });
    await world.revision('r');
    await world.ingress('r', HOST, { r: 100 });
    await world.gateway.start();
    await world.pod('r', () => new Response('never'));
    world.functions.clear();
    const begin = world.virtual.monotonic();
    let answer: Response | undefined;
    void world.fetch(HOST).then((response) => {
      answer = response;
    });
    while (!answer) await world.virtual.advance(100);
    expect(answer.status).toBe(502);
    expect(await answer.text()).toMatch(/^bad gateway: revision default\/r, pod at 10\.0\.0\.1:1, could not be reached: /);
    expect(world.virtual.monotonic() - begin).toBeGreaterThan(1000);
    await world.gateway.stop();
  });
});

describe('what upstream asks of an ingress', () => {
  test('a probe with an overridden hash gets the hash of the Ingress, and the state says the same', async () => {
    const world = new World();
    const told: string[] = [];
    world.gateway.onProgrammed((namespace, name) => told.push(`${namespace}/${name}`));
    await world.gateway.start();
    await world.ingress('hello', HOST, { 'hello-00001': 100 });
    await world.virtual.settle();
    const response = await world.fetch(HOST, '/healthz', {
      headers: { 'K-Network-Probe': 'probe', 'K-Network-Hash': 'override' },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('k-network-hash')).toBe(world.gateway.programmed('default', 'hello')?.hash);
    expect(world.gateway.programmed('default', 'hello')).toMatchObject({ generation: 1, conflicts: [] });
    expect(told).toEqual(['default/hello']);
    await world.gateway.stop();
  });

  test.each([
    [{ 'K-Network-Probe': 'activator' }, 200, 'activator'],
    [{ 'K-Network-Probe': 'other' }, 400, 'unexpected probe header value: "other"\n'],
    [{ 'K-Network-Probe': 'probe' }, 400, 'a probe request must contain a non-empty "K-Network-Hash" header\n'],
    [{ 'K-Network-Probe': 'probe', 'K-Network-Hash': 'abc' }, 200, ''],
    [{ 'User-Agent': 'kube-probe/1.30' }, 200, 'ok\n'],
    [{}, 404, 'not found\n'],
  ] as [Record<string, string>, number, string][])('the health path with %j is answered %i', async (headers, status, body) => {
    const world = new World();
    await world.gateway.start();
    const response = await world.fetch('anything', '/healthz', { headers });
    expect([response.status, await response.text()]).toEqual([status, body]);
    await world.gateway.stop();
  });

  test('a draining gateway fails its health check', async () => {
    const world = new World();
    await world.gateway.start();
    world.gateway.drain();
    const response = await world.fetch('anything', '/healthz', { headers: { 'User-Agent': 'kube-probe/1.30' } });
    expect(response.status).toBe(503);
    await world.gateway.stop();
  });

  test('a cluster-local name is served on the internal listener alone', async () => {
    const world = new World();
    await world.revision('hello-00001');
    await world.pod('hello-00001', () => new Response('ok'));
    const splits = [{ serviceNamespace: 'default', serviceName: 'hello-00001', servicePort: 80 }];
    const local = 'hello.default.svc.cluster.local';
    await world.rules('hello', [{ hosts: [local], visibility: 'ClusterLocal', http: { paths: [{ splits }] } }]);
    await world.gateway.start();
    expect((await world.fetch(local)).status).toBe(404);
    const inside = await world.gateway.fetch(new Request(`http://${local}/`), { visibility: 'internal' });
    expect(inside.status).toBe(200);
    await world.gateway.stop();
  });

  test('plain HTTP is sent to https where the Ingress wants that', async () => {
    const world = new World();
    const splits = [{ serviceNamespace: 'default', serviceName: 'hello-00001', servicePort: 80 }];
    await world.rules('hello', [{ hosts: [HOST], http: { paths: [{ splits }] } }], {}, { httpOption: 'Redirected' });
    await world.gateway.start();
    const response = await world.fetch(HOST, '/a?b');
    expect([response.status, response.headers.get('location')]).toEqual([301, `https://${HOST}/a?b`]);
    await world.gateway.stop();
  });

  test.each([
    ['https', true, 503],
    ['HTTPS', true, 503],
    ['http, https', true, 503],
    ['https, http', true, 301],
    ['http', true, 301],
    ['', true, 301],
    ['https', false, 301],
  ])('where that is wanted, a peer that says %p (trusted: %p) gets %d', async (proto, trusted, status) => {
    const world = new World();
    await world.rules('hello', [{ hosts: [HOST], http: { paths: [{ splits: [] }] } }], {}, { httpOption: 'Redirected' });
    await world.gateway.start();
    const answer = await world.gateway.handle({
      ...{ method: 'GET', target: '/', host: HOST, body: null, visibility: 'external', signal: new AbortController().signal },
      headers: ['X-Forwarded-Proto', proto],
      peer: { address: '10.0.0.9', trusted },
    });
    expect(answer.status).toBe(status);
    await world.gateway.stop();
  });

  test('an Ingress of another class is left to others', async () => {
    const world = new World();
    const rules = [{ hosts: [HOST], http: { paths: [{ splits: [] }] } }];
    const metadata = { annotations: { 'networking.knative.dev/ingress.class': 'other.ingress.networking.knative.dev' } };
    await world.rules('hello', rules, metadata);
    await world.gateway.start();
    expect(world.gateway.programmed('default', 'hello')).toBeUndefined();
    expect((await world.fetch(HOST)).status).toBe(404);
    await world.gateway.stop();
  });

  test('a host rewritten to a service of ours leads to its revision, which sees the host that was asked for', async () => {
    const world = new World();
    await world.revision('hello-00001');
    await world.pod('hello-00001', (request) => new Response(request.headers.get('host')));
    const local = 'hello.default.svc.cluster.local';
    const backend = { serviceNamespace: 'default', servicePort: 80 };
    await world.rules('hello', [
      { hosts: [local], visibility: 'ClusterLocal', http: { paths: [{ splits: [{ ...backend, serviceName: 'hello-00001' }] }] } },
    ]);
    await world.rules('www.example.org', [
      { hosts: ['www.example.org'], http: { paths: [{ rewriteHost: local, splits: [{ ...backend, serviceName: 'hello' }] }] } },
    ]);
    await world.gateway.start();
    expect(await (await world.fetch('www.example.org')).text()).toBe('www.example.org');
    await world.gateway.stop();
  });
});

describe('explained failures', () => {
  test('an unknown host is told which are known', async () => {
    const world = new World({ explain: true });
    await world.ingress('hello', HOST, { 'hello-00001': 100 });
    await world.gateway.start();
    const response = await world.fetch('hallo.default.localhost');
    expect(response.status).toBe(404);
    expect(await response.text()).toBe(
      `not found: nothing is served as hallo.default.localhost.\nKnown hosts:\n  ${HOST}\n  hello.default.localhost\n`,
    );
    await world.gateway.stop();
  });

  test('a timeout names the revision and why it has no pod', async () => {
    const world = new World({ explain: true });
    await world.revision('hello-00001', { timeoutSeconds: 10 });
    await world.ingress('hello', HOST, { 'hello-00001': 100 });
    await world.gateway.start();
    const answer = world.fetch(HOST);
    await world.virtual.advance(10_001);
    expect(await (await answer).text()).toBe(
      'activator request timeout: revision default/hello-00001 had no place for the request in time; it has no pod\n',
    );
    await world.gateway.stop();
  });
});
