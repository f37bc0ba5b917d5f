import {
  EndpointSliceType,
  EndpointsType,
  K8sServiceType,
  type KubeObject,
  LOCAL_PORTS_ANNOTATION,
  PodType,
} from '../../../lib/api';
import { World } from './world';

const HOST = 'plain.default.example.com';

async function setup() {
  const world = new World({ explain: true });
  await world.cluster.create(K8sServiceType, {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'plain', namespace: 'default' },
    spec: { ports: [{ name: 'http', port: 80, targetPort: 8080 }] },
  });
  await world.ingress('plain', HOST, { plain: 100 });
  await world.gateway.start();
  return world;
}

/** Something at 10.0.0.1:`port`. */
const slice = (name: string, port: number, conditions: object = { ready: true }): KubeObject & { [key: string]: unknown } => ({
  apiVersion: 'discovery.k8s.io/v1',
  kind: 'EndpointSlice',
  metadata: { name, namespace: 'default', labels: { 'kubernetes.io/service-name': 'plain' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.0.0.1'], conditions }],
  ports: [{ name: 'http', port }],
});

describe('a split to a plain Service', () => {
  test('goes to its ready endpoints, as they come and go', async () => {
    const world = await setup();
    world.functions.set(1, () => new Response('one'));
    world.functions.set(2, () => new Response('two'));
    world.functions.set(3, () => new Response('three'));
    await world.cluster.create(EndpointSliceType, slice('a', 1) as never);
    await world.cluster.create(EndpointSliceType, slice('b', 2) as never);
    await world.cluster.create(EndpointSliceType, slice('c', 3, { ready: false }) as never);
    await world.virtual.settle();
    const seen = new Set<string>();
    for (let i = 0; i < 40; i++) seen.add(await (await world.fetch(HOST)).text());
    expect(seen).toEqual(new Set(['one', 'two']));
    await world.cluster.delete(EndpointSliceType, 'default', 'a');
    await world.virtual.settle();
    for (let i = 0; i < 5; i++) expect(await (await world.fetch(HOST)).text()).toBe('two');
    await world.gateway.stop();
  });

  test('goes by Endpoints where there is no slice', async () => {
    const world = await setup();
    world.functions.set(4, () => new Response('four'));
    await world.cluster.create(EndpointsType, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'plain', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'http', port: 4 }] }],
    });
    await world.virtual.settle();
    expect(await (await world.fetch(HOST)).text()).toBe('four');
    await world.gateway.stop();
  });

  test('goes by Endpoints while its slices lag behind them, but for pods that end', async () => {
    const world = await setup();
    world.functions.set(4, () => new Response('four'));
    await world.cluster.create(EndpointSliceType, { ...slice('a', 4), endpoints: null } as never);
    await world.cluster.create(EndpointSliceType, slice('b', 4, { ready: false }) as never);
    await world.cluster.create(EndpointsType, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name: 'plain', namespace: 'default' },
      subsets: [{ addresses: [{ ip: '10.0.0.1' }], ports: [{ name: 'http', port: 4 }] }],
    });
    await world.virtual.settle();
    expect(await (await world.fetch(HOST)).text()).toBe('four');
    await world.cluster.update(EndpointSliceType, slice('b', 4, { ready: false, terminating: true }) as never);
    await world.virtual.settle();
    expect((await world.fetch(HOST)).status).toBe(503);
    await world.gateway.stop();
  });

  test('finds the real port of pods that share a loopback address', async () => {
    const world = await setup();
    await world.cluster.create(PodType, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', namespace: 'default', annotations: { [LOCAL_PORTS_ANNOTATION]: '{"8080":5}' } },
      spec: { containers: [] },
    });
    await world.cluster.patch(PodType, 'default', 'p', 'merge', { status: { podIP: '10.0.0.1' } }, { subresource: 'status' });
    world.functions.set(5, () => new Response('five'));
    const shared = slice('a', 8080);
    const endpoints = [{ addresses: ['127.0.0.1'], targetRef: { kind: 'Pod', name: 'p' } }];
    await world.cluster.create(EndpointSliceType, { ...shared, endpoints } as never);
    await world.virtual.settle();
    expect(await (await world.fetch(HOST)).text()).toBe('five');
    await world.gateway.stop();
  });

  test('without an endpoint is answered 503 at once', async () => {
    const world = await setup();
    const response = await world.fetch(HOST);
    expect([response.status, await response.text()]).toEqual([
      503,
      'no healthy upstream: service default/plain took no request; it has no ready endpoint\n',
    ]);
    await world.gateway.stop();
  });

  test('leaves an endpoint alone that refused, while there are others', async () => {
    const world = await setup();
    world.functions.set(7, () => new Response('seven'));
    await world.cluster.create(EndpointSliceType, slice('a', 6) as never);
    await world.cluster.create(EndpointSliceType, slice('b', 7) as never);
    await world.virtual.settle();
    for (let i = 0; i < 20; i++) expect((await world.fetch(HOST)).status).toBe(200);
    await world.gateway.stop();
  });

  test('sees the rewritten host and, beside it, the one that was asked for', async () => {
    const world = await setup();
    world.functions.set(8, ({ headers }) => new Response(`${headers.get('host')} ${headers.get('k-original-host')}`));
    await world.cluster.create(EndpointSliceType, slice('a', 8) as never);
    await world.rules('rewritten', [
      {
        hosts: ['www.example.org'],
        http: {
          paths: [
            {
              rewriteHost: 'inside.example.com',
              splits: [{ serviceNamespace: 'default', serviceName: 'plain', servicePort: 'http' }],
            },
          ],
        },
      },
    ]);
    await world.virtual.settle();
    expect(await (await world.fetch('www.example.org')).text()).toBe('inside.example.com www.example.org');
    await world.gateway.stop();
  });

  test('to a Service that does not exist says so', async () => {
    const world = new World({ explain: true });
    await world.ingress('plain', HOST, { nothing: 100 });
    await world.gateway.start();
    expect(await (await world.fetch(HOST)).text()).toBe('no healthy upstream: there is no service default/nothing\n');
    await world.gateway.stop();
  });

  test('that leads from host to host for ever is found out', async () => {
    const world = new World();
    const to = (rewriteHost: string) => ({
      http: { paths: [{ rewriteHost, splits: [{ serviceNamespace: 'default', serviceName: 'x', servicePort: 80 }] }] },
    });
    await world.rules('loop', [
      { hosts: ['a.example.com'], ...to('b.example.com') },
      { hosts: ['b.example.com'], ...to('a.example.com') },
    ]);
    await world.gateway.start();
    expect((await world.fetch('a.example.com')).status).toBe(508);
    await world.gateway.stop();
  });
});
