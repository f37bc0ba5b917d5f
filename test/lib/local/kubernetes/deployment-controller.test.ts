import { type Deployment, DeploymentType, PodType, ReplicaSetType } from '../../../../lib/api';
import { deployment } from '../../../contract/objects';
import { World } from './world';

describe('A Deployment', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().start();
  });
  afterEach(() => world.kubernetes.stop());

  const create = async (replicas: number, spec: Partial<Deployment['spec']> = {}) => {
    const object = deployment('default', 'hello', replicas);
    await world.cluster.create(DeploymentType, { ...object, spec: { ...object.spec, ...spec } });
    await world.settle();
  };
  const sizes = async () => (await world.replicaSets()).map((set) => set.spec.replicas);

  test('makes a ReplicaSet named after its template, which makes Pods named after it', async () => {
    await create(2);
    const [set] = await world.replicaSets();
    expect(set?.metadata.name).toMatch(/^hello-[bcdfghjklmnpqrstvwxz2456789]{1,10}$/);
    const hash = set!.metadata.name.slice('hello-'.length);
    expect(set).toMatchObject({
      metadata: {
        labels: { app: 'hello', 'pod-template-hash': hash },
        annotations: {
          'deployment.kubernetes.io/revision': '1',
          'deployment.kubernetes.io/desired-replicas': '2',
          'deployment.kubernetes.io/max-replicas': '3',
        },
        ownerReferences: [{ kind: 'Deployment', name: 'hello', controller: true, blockOwnerDeletion: true }],
      },
      spec: { replicas: 2, selector: { matchLabels: { app: 'hello', 'pod-template-hash': hash } } },
    });
    const pods = await world.pods();
    expect(pods).toHaveLength(2);
    for (const pod of pods) {
      expect(pod.metadata.name).toMatch(new RegExp(`^${set!.metadata.name}-[bcdfghjklmnpqrstvwxz2456789]{5}$`));
      expect(pod.metadata).toMatchObject({
        labels: { app: 'hello', 'pod-template-hash': hash },
        ownerReferences: [{ kind: 'ReplicaSet' }],
      });
    }
  });

  test('says how it progresses, and that it is available, in Kubernetes’ words', async () => {
    await create(1);
    const name = (await world.replicaSets())[0]!.metadata.name;
    expect(await world.conditions()).toEqual({
      Progressing: ['True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`],
      Available: ['False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'],
    });
    expect((await world.deployment()).status).toMatchObject({
      observedGeneration: 1,
      replicas: 1,
      updatedReplicas: 1,
      unavailableReplicas: 1,
    });
    await world.ready((await world.pods())[0]!);
    await world.settle();
    expect(await world.conditions()).toEqual({
      Progressing: ['True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`],
      Available: ['True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'],
    });
    const { status, metadata } = await world.deployment();
    expect(status).toMatchObject({ replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 });
    expect(status?.unavailableReplicas).toBeUndefined();
    expect(metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('1');
  });

  test('of no replicas is complete at once, and nothing is left to do', async () => {
    await create(0);
    expect(await world.conditions()).toMatchObject({
      Progressing: ['True', 'NewReplicaSetAvailable', expect.any(String)],
      Available: ['True', 'MinimumReplicasAvailable', expect.any(String)],
    });
    const before = (await world.cluster.list(DeploymentType)).resourceVersion;
    await world.clock.advance(3_600_000);
    expect((await world.cluster.list(DeploymentType)).resourceVersion).toBe(before);
  });

  test('misses its deadline after progressDeadlineSeconds without progress, and recovers', async () => {
    await create(1, { progressDeadlineSeconds: 60 });
    await world.clock.advance(60_000);
    expect((await world.conditions()).Progressing?.[1]).toBe('ReplicaSetUpdated');
    await world.clock.advance(2_000);
    const name = (await world.replicaSets())[0]!.metadata.name;
    expect((await world.conditions()).Progressing).toEqual([
      'False',
      'ProgressDeadlineExceeded',
      `ReplicaSet "${name}" has timed out progressing.`,
    ]);
    await world.ready((await world.pods())[0]!);
    await world.settle();
    expect((await world.conditions()).Progressing).toEqual([
      'True',
      'NewReplicaSetAvailable',
      `ReplicaSet "${name}" has successfully progressed.`,
    ]);
  });

  test('that was complete at zero does not miss a deadline when it is scaled and its pod never becomes ready', async () => {
    await create(0, { progressDeadlineSeconds: 10 });
    await world.scale(1);
    await world.clock.advance(60_000);
    expect((await world.conditions()).Progressing?.[1]).toBe('NewReplicaSetAvailable');
    expect((await world.conditions()).Available?.[1]).toBe('MinimumReplicasUnavailable');
  });

  test('scales up, down and to zero with its one ReplicaSet', async () => {
    world.autoRun();
    await create(0);
    for (const replicas of [1, 5, 2, 0, 3]) {
      await world.scale(replicas);
      await world.settle();
      expect([await sizes(), (await world.pods()).length]).toEqual([[replicas], replicas]);
    }
    expect((await world.deployment()).status).toMatchObject({ replicas: 3, availableReplicas: 3 });
  });

  test('reaches the Pod within a millisecond of being scaled from zero', async () => {
    await create(0);
    const took: number[] = [];
    for (let i = 0; i < 20; i++) {
      const start = performance.now();
      const appeared = new Promise<number>((resolve) => {
        const watch = world.cluster.watch(PodType, {}, (event) => {
          if (event.type !== 'ADDED') return;
          watch.stop();
          resolve(performance.now() - start);
        });
      });
      await world.scale(1);
      took.push(await appeared);
      await world.scale(0);
      await world.settle();
      for (const pod of await world.pods()) await world.end(pod);
      await world.settle();
    }
    // The median is far below; the bound leaves room for a busy machine.
    expect(took.sort((a, b) => a - b)[10]).toBeLessThan(5);
  });

  describe('with a new template', () => {
    test('rolls over without falling below what must be available or above what may be there', async () => {
      await create(4, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 1 } } });
      for (const pod of await world.pods()) await world.ready(pod);
      await world.settle();
      await world.setImage('example.com/app:2');
      const seen: string[] = [];
      for (let i = 0; i < 40; i++) {
        await world.settle();
        const pods = (await world.pods()).filter((pod) => !pod.metadata.deletionTimestamp);
        const ready = pods.filter((pod) => pod.status?.conditions?.[0]?.status === 'True');
        expect(pods.length).toBeLessThanOrEqual(5);
        expect(ready.length).toBeGreaterThanOrEqual(3);
        seen.push((await sizes()).join('/'));
        const waiting = pods.find((pod) => !ready.includes(pod));
        const ending = (await world.pods()).find((pod) => pod.metadata.deletionTimestamp);
        if (ending) await world.end(ending);
        else if (waiting) await world.ready(waiting);
        else break;
      }
      expect([...new Set(seen)]).toEqual(['3/2', '2/3', '1/4', '0/4']);
      expect((await world.conditions()).Progressing?.[1]).toBe('NewReplicaSetAvailable');
      expect((await world.deployment()).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');
    });

    test('that never becomes ready keeps the old pods', async () => {
      await create(2);
      for (const pod of await world.pods()) await world.ready(pod);
      await world.settle();
      await world.setImage('example.com/broken:2');
      await world.clock.advance(700_000);
      expect(await sizes()).toEqual([2, 1]);
      expect((await world.conditions()).Progressing?.slice(0, 2)).toEqual(['False', 'ProgressDeadlineExceeded']);
      expect((await world.conditions()).Available?.[0]).toBe('True');
    });

    test('goes back to the ReplicaSet of an earlier template', async () => {
      world.autoRun();
      await create(1);
      const [first] = await world.replicaSets();
      await world.setImage('example.com/app:2');
      await world.settle();
      await world.setImage('example.com/app:1');
      await world.settle();
      const sets = await world.replicaSets();
      expect(sets).toHaveLength(2);
      expect(sets.map((set) => [set.metadata.uid === first!.metadata.uid, set.spec.replicas])).toEqual([
        [false, 0],
        [true, 1],
      ]);
    });

    test('keeps as many old ReplicaSets as revisionHistoryLimit says', async () => {
      world.autoRun();
      await create(1, { revisionHistoryLimit: 2 });
      for (const tag of [2, 3, 4, 5, 6]) {
        await world.setImage(`example.com/app:${tag}`);
        await world.settle();
      }
      expect((await world.replicaSets()).map((set) => set.spec.template.spec.containers[0]?.image)).toEqual([
        'example.com/app:4',
        'example.com/app:5',
        'example.com/app:6',
      ]);
    });

    test('and Recreate waits until every old pod is gone', async () => {
      await create(2, { strategy: { type: 'Recreate' } });
      for (const pod of await world.pods()) await world.ready(pod);
      await world.settle();
      await world.setImage('example.com/app:2');
      await world.settle();
      expect(await sizes()).toEqual([0]);
      const [one, two] = await world.pods();
      await world.end(one!);
      await world.settle();
      expect(await sizes()).toEqual([0]);
      await world.end(two!);
      await world.settle();
      expect(await sizes()).toEqual([0, 2]);
    });

    test('and a new number shares the change among the ReplicaSets', async () => {
      await create(10, { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } } });
      for (const pod of await world.pods()) await world.ready(pod);
      await world.settle();
      await world.setImage('example.com/app:2');
      await world.settle();
      expect(await sizes()).toEqual([8, 5]);
      await world.scale(15);
      await world.settle();
      // 18 pods may be there; the 5 more are shared 3 to 2.
      expect(await sizes()).toEqual([11, 7]);
    });

    test('does nothing while it is paused', async () => {
      world.autoRun();
      await create(1, { paused: false });
      await world.cluster.patch(DeploymentType, 'default', 'hello', 'merge', { spec: { paused: true } });
      await world.setImage('example.com/app:2');
      await world.scale(3);
      await world.settle();
      expect(await sizes()).toEqual([3]);
      expect((await world.conditions()).Progressing).toEqual(['Unknown', 'DeploymentPaused', 'Deployment is paused']);
      await world.cluster.patch(DeploymentType, 'default', 'hello', 'merge', { spec: { paused: false } });
      await world.settle();
      expect(await sizes()).toEqual([0, 3]);
    });
  });

  test('takes its ReplicaSets and Pods along when it is deleted', async () => {
    world.autoRun();
    await create(3);
    await world.cluster.delete(DeploymentType, 'default', 'hello');
    await world.settle();
    expect(await world.pods()).toEqual([]);
    expect((await world.cluster.list(ReplicaSetType)).items).toEqual([]);
  });

  test('1,000 of them at rest have no timer and write nothing', async () => {
    world.autoRun();
    for (let i = 0; i < 1000; i++) await world.cluster.create(DeploymentType, deployment('default', `d-${i}`, 0));
    await world.settle();
    const { items, resourceVersion } = await world.cluster.list(DeploymentType);
    expect(items.every((item) => item.status?.conditions?.some((c) => c.reason === 'NewReplicaSetAvailable'))).toBe(true);
    const start = performance.now();
    await world.clock.advance(24 * 3_600_000);
    expect(performance.now() - start).toBeLessThan(1000);
    expect((await world.cluster.list(DeploymentType)).resourceVersion).toBe(resourceVersion);
  });
});
