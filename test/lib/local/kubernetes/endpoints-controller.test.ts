import {
  type EndpointSlice,
  EndpointSliceType,
  type Endpoints,
  EndpointsType,
  type K8sService,
  K8sServiceType,
  type Pod,
  PodType,
} from '../../../../lib/api';
import { World } from './world';

describe('Endpoints of a Service', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().start();
  });
  afterEach(() => world.kubernetes.stop());

  const service = async (spec: Partial<K8sService['spec']> = {}) => {
    await world.cluster.create(K8sServiceType, {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { namespace: 'default', name: 'web', labels: { team: 'x' } },
      spec: { selector: { app: 'web', tier: 'front' }, ports: [{ name: 'http', port: 80, targetPort: 'user-port' }], ...spec },
    });
    await world.settle();
  };
  const addPod = (
    name: string,
    labels: Record<string, string> = { app: 'web', tier: 'front' },
    spec: Partial<Pod['spec']> = {},
  ) =>
    world.cluster.create(PodType, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { namespace: 'default', name, labels },
      spec: {
        containers: [{ name: 'user', image: 'example.com/app', ports: [{ name: 'user-port', containerPort: 8080 }] }],
        ...spec,
      },
    });
  const pod = async (name: string) => (await world.cluster.get(PodType, 'default', name))!;
  const endpoints = async (): Promise<Endpoints | undefined> => world.cluster.get(EndpointsType, 'default', 'web');
  const slices = async (): Promise<readonly EndpointSlice[]> =>
    (await world.cluster.list(EndpointSliceType, { labelSelector: 'kubernetes.io/service-name=web' })).items;
  /** `a:40000 ready serving` of each endpoint in the slices. */
  const sliced = async () =>
    (await slices())
      .flatMap(({ ports, endpoints: list }) =>
        list.map(({ targetRef, conditions = {} }) => {
          const states = Object.entries(conditions).filter(([, on]) => on);
          return [`${targetRef?.name}:${ports?.[0]?.port}`, ...states.map(([state]) => state)].join(' ');
        }),
      )
      .sort();

  test('are there from the start, and empty', async () => {
    await service();
    expect((await endpoints())?.subsets).toBeUndefined();
    const [slice, ...more] = await slices();
    expect(more).toEqual([]);
    expect(slice).toMatchObject({
      metadata: {
        labels: { team: 'x', 'endpointslice.kubernetes.io/managed-by': 'endpointslice-controller.k8s.io' },
        ownerReferences: [{ kind: 'Service', name: 'web' }],
      },
      addressType: 'IPv4',
      endpoints: [],
    });
  });

  test('lead to the ports on which the processes really listen, each pod its own', async () => {
    await service();
    for (const name of ['a', 'b']) await world.ready(await addPod(name));
    await world.settle();
    expect((await endpoints())?.subsets).toEqual([
      {
        addresses: [expect.objectContaining({ ip: '127.0.0.1', targetRef: expect.objectContaining({ kind: 'Pod', name: 'a' }) })],
        ports: [{ name: 'http', port: 40_000, protocol: 'TCP' }],
      },
      {
        addresses: [expect.objectContaining({ ip: '127.0.0.1', targetRef: expect.objectContaining({ kind: 'Pod', name: 'b' }) })],
        ports: [{ name: 'http', port: 40_001, protocol: 'TCP' }],
      },
    ]);
    expect(await sliced()).toEqual(['a:40000 ready serving', 'b:40001 ready serving']);
  });

  test('share a subset where pods have addresses of their own', async () => {
    await service({ ports: [{ port: 80, targetPort: 8080 }] });
    for (const [name, podIP] of [
      ['a', '10.0.0.1'],
      ['b', '10.0.0.2'],
    ] as const) {
      await addPod(name);
      const status = { podIP, phase: 'Running', conditions: [{ type: 'Ready', status: name === 'a' ? 'True' : 'False' }] };
      await world.cluster.patch(PodType, 'default', name, 'merge', { status }, { subresource: 'status' });
    }
    await world.settle();
    expect((await endpoints())?.subsets).toMatchObject([
      { addresses: [{ ip: '10.0.0.1' }], notReadyAddresses: [{ ip: '10.0.0.2' }], ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
    expect(await slices()).toHaveLength(1);
  });

  test('follow a pod from not ready to ready to terminating to gone', async () => {
    await service();
    await addPod('a');
    await world.settle();
    expect(await sliced()).toEqual([]);
    await world.ready(await pod('a'), false);
    await world.settle();
    expect(await sliced()).toEqual(['a:40000']);
    expect((await endpoints())?.subsets?.[0]).toMatchObject({ notReadyAddresses: [{ ip: '127.0.0.1' }] });
    await world.ready(await pod('a'));
    await world.settle();
    expect(await sliced()).toEqual(['a:40000 ready serving']);
    await world.cluster.delete(PodType, 'default', 'a');
    await world.settle();
    expect(await sliced()).toEqual(['a:40000 serving terminating']);
    expect((await endpoints())?.subsets).toBeUndefined();
    await world.end(await pod('a'));
    await world.settle();
    expect(await sliced()).toEqual([]);
    expect(await slices()).toHaveLength(1);
  });

  test('leave out pods that lack a label, have ended, or lose the label', async () => {
    await service();
    await world.ready(await addPod('half', { app: 'web' }));
    await world.ready(await addPod('done'));
    await world.cluster.patch(PodType, 'default', 'done', 'merge', { status: { phase: 'Succeeded' } }, { subresource: 'status' });
    await world.ready(await addPod('left'));
    await world.settle();
    expect(await sliced()).toEqual([expect.stringMatching(/^left:/)]);
    await world.cluster.patch(PodType, 'default', 'left', 'merge', { metadata: { labels: { tier: null } } });
    await world.settle();
    expect(await sliced()).toEqual([]);
  });

  test('include pods that are not ready where the service publishes them', async () => {
    await service({ publishNotReadyAddresses: true });
    await world.ready(await addPod('a'), false);
    await world.settle();
    expect(await sliced()).toEqual(['a:40000 ready serving']);
    expect((await endpoints())?.subsets?.[0]?.addresses).toHaveLength(1);
  });

  test('of a headless service are labelled so and carry the hostnames of its pods', async () => {
    await service({ clusterIP: 'None' });
    await world.ready(await addPod('a', undefined, { hostname: 'first', subdomain: 'web' }));
    await world.settle();
    expect((await endpoints())?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
    expect((await endpoints())?.subsets?.[0]?.addresses?.[0]).toMatchObject({ hostname: 'first' });
    expect((await slices())[0]?.metadata.labels).toMatchObject({ 'service.kubernetes.io/headless': '' });
  });

  test('are nobody’s business but their author’s where the service has no selector', async () => {
    await service({ selector: undefined });
    expect(await endpoints()).toBeUndefined();
    expect(await slices()).toEqual([]);
    const own: Endpoints = {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { namespace: 'default', name: 'web' },
      subsets: [{ addresses: [{ ip: '10.0.0.9' }], ports: [{ port: 1 }] }],
    };
    const stored = await world.cluster.create(EndpointsType, own);
    await world.settle();
    expect(await endpoints()).toBe(stored);
  });

  test('come back when somebody deletes them, and go with the service', async () => {
    await service();
    await world.ready(await addPod('a'));
    await world.settle();
    await world.cluster.delete(EndpointsType, 'default', 'web');
    await world.cluster.delete(EndpointSliceType, 'default', (await slices())[0]!.metadata.name!);
    await world.settle();
    expect((await endpoints())?.subsets).toHaveLength(1);
    expect(await sliced()).toEqual(['a:40000 ready serving']);
    await world.cluster.delete(K8sServiceType, 'default', 'web');
    await world.settle();
    expect(await endpoints()).toBeUndefined();
    expect(await slices()).toEqual([]);
  });

  test('of more than a hundred pods fill several slices', async () => {
    await service({ ports: [{ port: 80, targetPort: 8080 }] });
    for (let i = 0; i < 150; i++) {
      await addPod(`p-${i}`);
      const status = { podIP: `10.0.0.${i}`, phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
      await world.cluster.patch(PodType, 'default', `p-${i}`, 'merge', { status }, { subresource: 'status' });
    }
    await world.settle();
    expect((await slices()).map((slice) => slice.endpoints.length).sort()).toEqual([100, 50].sort());
    expect((await endpoints())?.subsets?.[0]?.addresses).toHaveLength(150);
  });
});
