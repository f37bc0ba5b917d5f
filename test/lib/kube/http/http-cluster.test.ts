import { type ConfigMap, ConfigMapType, DeploymentType, ServiceType } from '../../../../lib/api';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import { FencedCluster, type WatchEvent } from '../../../../lib/kube';
import { HttpCluster, type HttpClusterOptions } from '../../../../lib/kube/http';
import { WriteLimiter } from '../../../../lib/kube/http/write-limiter';
import type { ConnectionSource } from '../../../../lib/kube/kubeconfig';
import { refused } from '../../../contract/contract-context';
import { configMap } from '../../../contract/objects';
import { cut, fixedSource, HurriedClock, json, ScriptedServer, status } from './scripted-server';

const page = (names: readonly string[], next?: string) => ({
  kind: 'ConfigMapList',
  apiVersion: 'v1',
  metadata: { resourceVersion: '7', ...(next ? { continue: next } : {}) },
  items: names.map((name) => ({ metadata: { name } })),
});
const missing = status(404, 'NotFound', 'configmaps "a" not found', { details: { name: 'a', kind: 'configmaps' } });

describe('HttpCluster', () => {
  let server: ScriptedServer;
  let cluster: HttpCluster;
  let clock: HurriedClock;
  const open = async (answers: Parameters<typeof ScriptedServer.start>, more: Partial<HttpClusterOptions> = {}) => {
    server = await ScriptedServer.start(...answers);
    clock = new HurriedClock();
    cluster = new HttpCluster({ source: fixedSource(server.url), clock, random: seededRandom(1), ...more });
  };
  afterEach(async () => {
    await cluster.close();
    await server.close();
  });

  test('get tells an object that is missing from a kind that the server does not have', async () => {
    await open([
      json(404, missing),
      (_request, response) => response.writeHead(404).end('404 page not found\n'),
      json(404, status(404, 'NotFound', 'the server could not find the requested resource', { details: {} })),
    ]);
    expect(await cluster.get(ConfigMapType, 'default', 'a')).toBeUndefined();
    await refused('NotFound', cluster.get(ServiceType, 'default', 'a'), 'the server could not find the requested resource');
    await refused('NotFound', cluster.get(ServiceType, 'default', 'a'), 'the server could not find the requested resource');
    expect(server.requests.map(({ url }) => url.pathname)).toEqual([
      '/api/v1/namespaces/default/configmaps/a',
      '/apis/serving.knative.dev/v1/namespaces/default/services/a',
      '/apis/serving.knative.dev/v1/namespaces/default/services/a',
    ]);
  });

  test('tells the kinds of a version that can be watched, and asks for nothing that is no version', async () => {
    const resources = [
      { name: 'widgets', kind: 'Widget', namespaced: true, verbs: ['get', 'list', 'watch'] },
      { name: 'widgets/status', kind: 'Widget', namespaced: true, verbs: ['get'] },
      { name: 'reviews', kind: 'Review', namespaced: false, verbs: ['create'] },
    ];
    await open([json(200, { kind: 'APIResourceList', resources }), (_request, response) => response.writeHead(404).end('no\n')]);
    expect(await cluster.kinds('shop.example.com/v1')).toMatchObject([
      { group: 'shop.example.com', version: 'v1', kind: 'Widget', plural: 'widgets', namespaced: true },
    ]);
    expect(await cluster.kinds('v7')).toEqual([]);
    expect(await cluster.kinds('../../api/v1/secrets')).toEqual([]);
    expect(server.requests.map(({ url }) => url.pathname)).toEqual(['/apis/shop.example.com/v1', '/api/v7']);
  });

  test('who answers a request with a page of another kind is not asked again, and is quoted', async () => {
    await open([(_request, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>log in</html>')]);
    await refused(
      'InternalError',
      cluster.get(ConfigMapType, 'default', 'a'),
      'the server answered with something that is no JSON: <html>log in</html>',
    );
    expect(server.requests.length).toBe(1);
  });

  test('a refusal carries reason, message and details', async () => {
    const details = {
      name: 'a',
      group: 'serving.knative.dev',
      kind: 'Service',
      causes: [{ reason: 'FieldValueInvalid', field: 'spec.x' }],
    };
    await open([json(422, status(422, 'Invalid', 'Service "a" is invalid', { details }))]);
    const error = await cluster.create(ConfigMapType, configMap('default', 'a')).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      name: 'ClusterError',
      reason: 'Invalid',
      code: 422,
      message: 'Service "a" is invalid',
      details,
    });
  });

  test.each([
    [500, 'etcdserver: no leader', 'InternalError'],
    [502, '<html>Bad gateway</html>', 'Unavailable'],
    [403, '', 'Forbidden'],
  ] as const)('an answer %d that is no Status is told by its code', async (code, body, reason) => {
    await open([(_request, response) => response.writeHead(code).end(body)]);
    await refused(
      reason,
      cluster.create(ConfigMapType, configMap('default', 'a')),
      new RegExp(body.slice(0, 10) || 'the server answered 403'),
    );
  });

  test('list asks page by page and gives all as they were at one version, with the kind that items leave out', async () => {
    await open([json(200, page(['a', 'b'], 'next=')), json(200, page(['c']))], { pageSize: 2 });
    const { items, resourceVersion } = await cluster.list(ConfigMapType, { namespace: 'default' });
    expect(items).toMatchObject(['a', 'b', 'c'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })));
    expect(resourceVersion).toBe('7');
    expect(Object.isFrozen(items[0]?.metadata)).toBe(true);
    expect([server.asked('limit'), server.asked('continue')]).toEqual([
      ['2', '2'],
      [null, 'next='],
    ]);
  });

  test('list begins anew, with everything at once, when its version is forgotten between two pages', async () => {
    const expired = json(410, status(410, 'Expired', 'The provided continue parameter is too old'));
    await open([json(200, page(['a'], 'x')), expired, json(200, page(['b', 'c']))], { pageSize: 1 });
    expect((await cluster.list(ConfigMapType)).items.map(({ metadata }) => metadata.name)).toEqual(['b', 'c']);
    expect(server.asked('limit')).toEqual(['1', '1', null]);
  });

  test('reads are repeated when their connection breaks, writes are not', async () => {
    await open([cut, cut, json(404, missing)]);
    expect(await cluster.get(ConfigMapType, 'default', 'a')).toBeUndefined();
    expect(clock.slept).toHaveLength(2);
    await cluster.close();
    await server.close();
    await open([cut, json(201, {})]);
    await refused('Unavailable', cluster.create(ConfigMapType, configMap('default', 'a')), /^cannot reach http:\/\/127/);
    expect(server.requests).toHaveLength(1);
  });

  test('what the server asks to be tried later is tried later, writes too', async () => {
    const busy = json(429, status(429, 'TooManyRequests', 'later'), { 'retry-after': '1' });
    await open([busy, busy, json(201, configMap('default', 'a'))]);
    await cluster.create(ConfigMapType, configMap('default', 'a'));
    expect(clock.slept).toEqual([1000, 1000]);
    await cluster.close();
    await server.close();
    await open([busy]);
    await refused('TooManyRequests', cluster.get(ConfigMapType, 'default', 'a'), 'later');
    expect(server.requests).toHaveLength(5);
  });

  test('a fence is asked again before each attempt of a write, and after its wait for a turn', async () => {
    const busy = json(429, status(429, 'TooManyRequests', 'later'), { 'retry-after': '1' });
    await open([busy, json(200, configMap('default', 'a'))], { writeLimit: { qps: 1, burst: 1 } });
    let leads = true;
    const fenced = new FencedCluster(cluster, () => leads);
    const writes = [
      () => fenced.create(ConfigMapType, configMap('default', 'a')),
      () => fenced.update(ConfigMapType, configMap('default', 'a')),
      () => fenced.updateStatus(ConfigMapType, configMap('default', 'a')),
      () => fenced.patch(ConfigMapType, 'default', 'a', 'merge', {}),
      () => fenced.delete(ConfigMapType, 'default', 'a'),
    ];
    for (const write of writes) {
      leads = true;
      const begun = write();
      clock.onSleep = () => {
        leads = false;
      };
      await refused('Unavailable', begun, 'this process leads no longer');
    }
    // The first had its turn at once, and was asked to come again.
    expect(server.requests.map(({ method }) => method)).toEqual(['POST']);
  });

  test('a server that does not answer is given up after the timeout', async () => {
    await open([() => {}], { requestTimeoutMs: 30 });
    await refused(
      'Timeout',
      cluster.get(ConfigMapType, 'default', 'a'),
      'no answer to GET /api/v1/namespaces/default/configmaps/a in 0.03 s',
    );
  });

  test('a server that is not there is told at once', async () => {
    await open([cut]);
    await server.close();
    await refused('Unavailable', cluster.get(ConfigMapType, 'default', 'a'), /ECONNREFUSED/);
    expect(clock.slept).toEqual([]);
    server = await ScriptedServer.start(cut);
  });

  test.each([
    ['json', [], 'application/json-patch+json', '[{"op":"replace","path":"/metadata/resourceVersion","value":"5"}]'],
    ['merge', { data: {} }, 'application/merge-patch+json', '{"data":{},"metadata":{"resourceVersion":"5"}}'],
    [
      'strategic',
      { metadata: { labels: {} } },
      'application/strategic-merge-patch+json',
      '{"metadata":{"labels":{},"resourceVersion":"5"}}',
    ],
    ['apply', {}, 'application/apply-patch+yaml', '{"metadata":{"resourceVersion":"5"}}'],
  ] as const)('a patch of type %s says so, with its precondition and manager', async (type, patch, contentType, body) => {
    await open([json(200, configMap('default', 'a'))]);
    const options = { resourceVersion: '5', fieldManager: 'me', dryRun: true, force: true };
    await cluster.patch(ConfigMapType, 'default', 'a', type, patch, options);
    const [request] = server.requests;
    expect([request?.method, request?.headers['content-type'], request?.body]).toEqual(['PATCH', contentType, body]);
    expect(Object.fromEntries(request!.url.searchParams)).toEqual({
      dryRun: 'All',
      fieldManager: 'me',
      ...(type === 'apply' ? { force: 'true' } : {}),
    });
  });

  test('a patch of the scale goes to the scale, and gives what the scale says of the object', async () => {
    const scale = (replicas?: number) => ({
      kind: 'Scale',
      apiVersion: 'autoscaling/v1',
      metadata: { name: 'a', resourceVersion: '8' },
      spec: replicas === undefined ? {} : { replicas },
    });
    await open([json(200, scale(3)), json(200, scale())]);
    const to = (replicas: number) =>
      cluster.patch(DeploymentType, 'default', 'a', 'merge', { spec: { replicas } }, { subresource: 'scale' });
    const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'a', resourceVersion: '8' } };
    expect(await to(3)).toEqual({ ...deployment, spec: { replicas: 3 } });
    expect(await to(0)).toEqual({ ...deployment, spec: { replicas: 0 } });
    expect(server.requests.map(({ url }) => url.pathname.split('/').slice(-2))).toEqual([
      ['a', 'scale'],
      ['a', 'scale'],
    ]);
  });

  test('who keeps copies can do without the owners of fields, wherever objects come from', async () => {
    const object = { ...configMap('default', 'a'), metadata: { name: 'a', resourceVersion: '7', managedFields: [{}] } };
    const list = { ...page([]), items: [object] };
    const stream: Parameters<typeof ScriptedServer.start>[0] = (_request, response) =>
      response.write(`${JSON.stringify({ type: 'ADDED', object })}\n`);
    await open([json(200, object), json(200, list), stream, json(200, object)], {
      forgetManagedFields: true,
    });
    const bare = { name: 'a', resourceVersion: '7' };
    expect((await cluster.get(ConfigMapType, 'default', 'a'))?.metadata).toEqual(bare);
    expect((await cluster.list(ConfigMapType)).items[0]?.metadata).toEqual(bare);
    const event = await new Promise<WatchEvent<ConfigMap>>((resolve) => {
      const watch = cluster.watch(ConfigMapType, { resourceVersion: '7' }, (heard) => {
        watch.stop();
        resolve(heard);
      });
    });
    expect(event).toMatchObject({ object: { metadata: bare } });
    expect((await cluster.update(ConfigMapType, object)).metadata).toEqual(bare);
  });

  test('requests say who makes them', async () => {
    await open([json(404, missing)], { userAgent: 'knative-constructs/1.2.3 (gateway)' });
    await cluster.get(ConfigMapType, 'default', 'a');
    expect(server.requests[0]?.headers['user-agent']).toBe('knative-constructs/1.2.3 (gateway)');
  });

  test('delete gives the object that stays for now, and nothing for one that is gone', async () => {
    const marked = { ...configMap('default', 'a'), metadata: { name: 'a', deletionTimestamp: '2026-01-01T00:00:00Z' } };
    await open([
      json(200, { ...marked, metadata: { ...marked.metadata, finalizers: ['example.com/a'] } }),
      json(200, { ...marked, metadata: { ...marked.metadata, deletionGracePeriodSeconds: 30 } }),
      json(200, { ...marked, metadata: { ...marked.metadata, deletionGracePeriodSeconds: 0 } }),
      json(200, { kind: 'Status', status: 'Success' }),
    ]);
    const held = async () =>
      (await cluster.delete(ConfigMapType, 'default', 'a', { uid: 'u', gracePeriodSeconds: 1 })) !== undefined;
    expect([await held(), await held(), await held(), await held()]).toEqual([true, true, false, false]);
    expect(JSON.parse(server.requests[0]!.body)).toEqual({
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      propagationPolicy: 'Background',
      preconditions: { uid: 'u' },
      gracePeriodSeconds: 1,
    });
  });

  test('credentials that are refused are asked for anew, once', async () => {
    const unauthorized = json(401, status(401, 'Unauthorized', 'Unauthorized'));
    let asked = 0;
    await open([unauthorized, json(200, configMap('default', 'a')), unauthorized]);
    const connections = ['old', 'new'].map((token) => ({ server: server.url, tls: {}, headers: { authorization: token } }));
    const source: ConnectionSource = {
      namespace: 'default',
      get: async () => connections[asked]!,
      invalidate: () => {
        asked = 1;
      },
    };
    cluster = new HttpCluster({ source, clock, random: seededRandom(1) });
    expect(await cluster.get(ConfigMapType, 'default', 'a')).toMatchObject({ kind: 'ConfigMap' });
    await refused('Unauthorized', cluster.get(ConfigMapType, 'default', 'a'));
    expect(server.requests.map(({ headers }) => headers.authorization)).toEqual(['old', 'new', 'new']);
  });

  test('paths lie under the path of the server, and names are escaped', async () => {
    await open([json(404, missing)]);
    const below = new HttpCluster({ source: fixedSource(`${server.url}/k8s/clusters/c-1`), clock, random: seededRandom(1) });
    await below.get(ConfigMapType, 'default', 'a').catch(() => {});
    await below.get(ConfigMapType, 'default', 'a/../b?c').catch(() => {});
    await below.close();
    expect(server.requests.map(({ url }) => url.pathname)).toEqual([
      '/k8s/clusters/c-1/api/v1/namespaces/default/configmaps/a',
      '/k8s/clusters/c-1/api/v1/namespaces/default/configmaps/a%2F..%2Fb%3Fc',
    ]);
  });
});

describe('WriteLimiter', () => {
  test('lets a burst through and then as many a second as it was given', async () => {
    const clock = new VirtualClock(new CountingExecutor(() => {}));
    const limiter = new WriteLimiter(clock, { qps: 10, burst: 3 });
    const start = clock.now();
    const at: number[] = [];
    for (let i = 0; i < 6; i++) void limiter.take().then(() => at.push(clock.now() - start));
    await clock.advance(1000);
    expect(at).toEqual([0, 0, 0, 100, 200, 300]);
    await clock.advance(1000);
    await limiter.take();
    expect(clock.now() - start).toBe(2000);
  });

  test('lets what is urgent go before a backlog, which waits so much longer, up to a burst', async () => {
    const clock = new VirtualClock(new CountingExecutor(() => {}));
    const limiter = new WriteLimiter(clock, { qps: 10, burst: 30 });
    const start = clock.now();
    const at: number[] = [];
    for (let i = 0; i < 1029; i++) void limiter.take().then(() => at.push(clock.now() - start));
    await clock.advance(1000);
    for (let i = 0; i < 20; i++) await limiter.take(true);
    expect(clock.now() - start).toBe(1000);
    void limiter.take().then(() => at.push(clock.now() - start));
    for (let i = 0; i < 5000; i++) await limiter.take(true);
    void limiter.take().then(() => at.push(clock.now() - start));
    await clock.advance(110_000);
    // All but a burst take a hundred seconds, twenty that went before them two, and however many more no more than three in all.
    expect([at[1028], at[1029], at[1030]]).toEqual([99_900, 102_000, 103_100]);
  });

  test('holds nobody up for longer than a burst takes, however many urgent ones come all the time', async () => {
    const clock = new VirtualClock(new CountingExecutor(() => {}));
    const limiter = new WriteLimiter(clock, { qps: 400, burst: 800 });
    let waited = 0;
    for (let tick = 0; tick < 600; tick++) {
      for (let i = 0; i < 200; i++) await limiter.take(true);
      const begin = clock.now();
      void limiter.take().then(() => {
        waited = Math.max(waited, clock.now() - begin);
      });
      await clock.advance(100);
    }
    await clock.advance(600_000);
    expect(waited).toBeLessThanOrEqual(2010);
  });

  test('is not asked by what stores nothing, which is limited apart from writes', async () => {
    const server = await ScriptedServer.start(json(201, { kind: 'TokenReview' }));
    const clock = new VirtualClock(new CountingExecutor(() => {}));
    const cluster = new HttpCluster({
      ...{ source: fixedSource(server.url), clock, random: seededRandom(1), writeLimit: { qps: 1, burst: 2 } },
    });
    const review = () => cluster.post('/apis/authentication.k8s.io/v1/tokenreviews', {}, { question: true });
    await review();
    await review();
    let waiting = true;
    const third = review().then(() => {
      waiting = false;
    });
    await cluster.post('/api/v1/namespaces/default/configmaps', {});
    await cluster.post('/api/v1/namespaces/default/configmaps', {});
    expect([waiting, server.requests.length]).toEqual([true, 4]);
    await clock.advance(1000);
    await third;
    await cluster.close();
    await server.close();
  });

  test.each([
    ['a scale', (cluster: HttpCluster) => cluster.patch(ConfigMapType, 'default', 'a', 'json', [], { urgent: true })],
    ['an object', (cluster: HttpCluster) => cluster.create(ConfigMapType, configMap('default', 'a'), { urgent: true })],
    ['a lease', (cluster: HttpCluster) => cluster.update(ConfigMapType, configMap('default', 'a'), { urgent: true })],
  ])('is asked by a cluster for everything but %s that is urgent', async (_, urgent) => {
    const server = await ScriptedServer.start(json(200, configMap('default', 'a')));
    const clock = new VirtualClock(new CountingExecutor(() => {}));
    const cluster = new HttpCluster({
      ...{ source: fixedSource(server.url), clock, random: seededRandom(1), writeLimit: { qps: 1, burst: 1 } },
    });
    const write = () => cluster.create(ConfigMapType, configMap('default', 'a'));
    await write();
    let waiting = 3;
    const backlog = [write(), write(), write()].map((done) => done.then(() => waiting--));
    await urgent(cluster);
    await cluster.get(ConfigMapType, 'default', 'a');
    expect([waiting, server.requests.length]).toEqual([3, 3]);
    while (waiting > 0) {
      await clock.advance(1000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(backlog);
    expect(clock.monotonic()).toBeGreaterThanOrEqual(3000);
    await cluster.close();
    await server.close();
  });
});
