import { type Pod, PodType, type ReplicaSet, ReplicaSetType, type Stored } from '../../../../lib/api';
import { timestamp } from '../../../../lib/base';
import { ClusterError } from '../../../../lib/kube';
import { deletionOrder } from '../../../../lib/local/kubernetes/pod-ranking';
import { World } from './world';

const replicaSet = (replicas: number, more: Partial<ReplicaSet['spec']> = {}): ReplicaSet => ({
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: { namespace: 'default', name: 'set' },
  spec: {
    replicas,
    selector: { matchLabels: { app: 'a' } },
    template: {
      metadata: { labels: { app: 'a' }, annotations: { kept: 'yes' } },
      spec: { containers: [{ name: 'main', image: 'example.com/app' }] },
    },
    ...more,
  },
});

describe('A ReplicaSet', () => {
  let world: World;
  const open = async (options: ConstructorParameters<typeof World>[0] = {}) => {
    world = await new World(options).start();
  };
  afterEach(() => world.kubernetes.stop());

  const set = async () => (await world.cluster.get(ReplicaSetType, 'default', 'set'))!;
  const create = async (object: ReplicaSet) => {
    await world.cluster.create(ReplicaSetType, object);
    await world.settle();
  };
  const scale = async (replicas: number) => {
    await world.cluster.patch(ReplicaSetType, 'default', 'set', 'merge', { spec: { replicas } }, { subresource: 'scale' });
    await world.settle();
  };

  test('counts its pods in its status', async () => {
    await open();
    await create(replicaSet(3));
    const [first] = await world.pods();
    await world.ready(first!);
    await world.settle();
    expect((await set()).status).toEqual({
      observedGeneration: 1,
      replicas: 3,
      fullyLabeledReplicas: 3,
      readyReplicas: 1,
      availableReplicas: 1,
    });
  });

  test('makes exactly as many pods as asked for, however the numbers change meanwhile', async () => {
    await open();
    await world.cluster.create(ReplicaSetType, replicaSet(5));
    for (const replicas of [7, 2, 6]) {
      await world.cluster.patch(ReplicaSetType, 'default', 'set', 'merge', {
        spec: { replicas },
        metadata: { labels: { n: `${replicas}` } },
      });
    }
    await world.settle();
    const active = (await world.pods()).filter((pod) => !pod.metadata.deletionTimestamp);
    expect(active).toHaveLength(6);
    await scale(6);
    expect((await world.pods()).filter((pod) => !pod.metadata.deletionTimestamp)).toEqual(active);
  });

  test('makes another pod for one that is deleted, has failed or is going away', async () => {
    await open();
    await create(replicaSet(3));
    const [a, b, c] = await world.pods();
    await world.end(a!);
    await world.cluster.updateStatus(PodType, { ...b!, status: { phase: 'Failed' } });
    await world.cluster.delete(PodType, 'default', c!.metadata.name);
    await world.settle();
    const pods = await world.pods();
    expect(pods).toHaveLength(5);
    expect((await set()).status?.replicas).toBe(3);
  });

  test('gives up pods that are not ready first, then cheap ones, then the youngest', async () => {
    await open();
    await create(replicaSet(2));
    for (const pod of await world.pods()) await world.ready(pod);
    await world.clock.advance(5000);
    await scale(4);
    const old = (await world.pods()).filter((pod) => pod.status?.podIP);
    const [young, waiting] = (await world.pods()).filter((pod) => !pod.status?.podIP);
    await world.ready(young!);
    const cost = { metadata: { annotations: { 'controller.kubernetes.io/pod-deletion-cost': '-5' } } };
    await world.cluster.patch(PodType, 'default', old[1]!.metadata.name, 'merge', cost);
    await world.settle();
    const going = async () =>
      (await world.pods()).filter((pod) => pod.metadata.deletionTimestamp).map((pod) => pod.metadata.name);
    await scale(3);
    expect(await going()).toEqual([waiting!.metadata.name]);
    await scale(2);
    expect((await going()).sort()).toEqual([waiting!.metadata.name, old[1]!.metadata.name].sort());
    await scale(1);
    expect((await going()).sort()).toEqual([waiting!.metadata.name, old[1]!.metadata.name, young!.metadata.name].sort());
  });

  test('counts a pod as available only after minReadySeconds', async () => {
    await open();
    await create(replicaSet(1, { minReadySeconds: 10 }));
    await world.ready((await world.pods())[0]!);
    await world.clock.advance(9000);
    expect((await set()).status).toMatchObject({ readyReplicas: 1 });
    expect((await set()).status?.availableReplicas).toBeUndefined();
    await world.clock.advance(1000);
    expect((await set()).status).toMatchObject({ readyReplicas: 1, availableReplicas: 1 });
  });

  test('says why it cannot make a pod, and makes it once it can', async () => {
    let refuse = true;
    await open({
      admission: (object) => {
        if (refuse && object.kind === 'Pod') throw new ClusterError('Forbidden', 'pods "x" is forbidden: exceeded quota');
        return object;
      },
    });
    await create(replicaSet(1));
    expect((await set()).status?.conditions).toMatchObject([
      { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: 'pods "x" is forbidden: exceeded quota' },
    ]);
    refuse = false;
    await world.clock.advance(1000);
    expect(await world.pods()).toHaveLength(1);
    expect((await set()).status?.conditions).toBeUndefined();
  });
});

describe('The order in which pods are given up', () => {
  const pod = (
    name: string,
    more: { phase?: string; ready?: number; cost?: string; restarts?: number; created?: number } = {},
  ): Stored<Pod> => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      uid: name,
      resourceVersion: '1',
      creationTimestamp: timestamp((more.created ?? 0) * 1000),
      annotations: more.cost === undefined ? {} : { 'controller.kubernetes.io/pod-deletion-cost': more.cost },
    },
    spec: { containers: [] },
    status: {
      phase: (more.phase ?? 'Running') as 'Running',
      conditions:
        more.ready === undefined ? [] : [{ type: 'Ready', status: 'True', lastTransitionTime: timestamp(more.ready * 1000) }],
      containerStatuses: [{ name: 'main', ready: more.ready !== undefined, restartCount: more.restarts ?? 0 }],
    },
  });

  test.each<[string, Stored<Pod>[], string[]]>([
    ['pending before running', [pod('running', { ready: 1 }), pod('pending', { phase: 'Pending' })], ['pending', 'running']],
    ['not ready before ready', [pod('ready', { ready: 1 }), pod('not', {})], ['not', 'ready']],
    [
      'cheap before dear',
      [pod('dear', { ready: 1, cost: '5' }), pod('plain', { ready: 1 }), pod('cheap', { ready: 1, cost: '-5' })],
      ['cheap', 'plain', 'dear'],
    ],
    ['ready lately before ready long', [pod('long', { ready: 1 }), pod('lately', { ready: 9 })], ['lately', 'long']],
    [
      'restarted before steady',
      [pod('steady', { ready: 1 }), pod('restarted', { ready: 1, restarts: 3 })],
      ['restarted', 'steady'],
    ],
    ['young before old', [pod('old', { ready: 9, created: 1 }), pod('young', { ready: 9, created: 5 })], ['young', 'old']],
    ['the last of equals', [pod('a', { ready: 1 }), pod('b', { ready: 1 })], ['b', 'a']],
  ])('is %s', (_why, pods, expected) => {
    expect(deletionOrder(pods).map((p) => p.metadata.name)).toEqual(expected);
  });
});
