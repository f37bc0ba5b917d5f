import { ConfigMapType, DeploymentType, PodType } from '../../lib/api';
import { type ContractContext, names, refused } from './contract-context';
import { configMap, pod } from './objects';

/** Writes that are answered as if they were made, and are not. */
export function dryRunContract(context: ContractContext): void {
  describe('a dry run', () => {
    const dryRun = true;
    const stored = () => context.cluster.get(ConfigMapType, context.namespace, 'a');

    test('of create gives what would be stored, and stores nothing', async () => {
      const answer = await context.cluster.create(ConfigMapType, configMap(context.namespace, 'a', { data: { x: '1' } }), {
        dryRun,
      });
      expect(answer).toMatchObject({ metadata: { name: 'a', uid: expect.stringMatching(/^[0-9a-f-]{36}$/) }, data: { x: '1' } });
      expect(await stored()).toBeUndefined();
      const made = await context.add('a');
      expect(made.metadata.uid).not.toBe(answer.metadata.uid);
    });

    test('of update, status and patch gives what would be stored, and leaves the object and its version alone', async () => {
      const before = await context.deployed('a');
      const updated = await context.cluster.update(
        DeploymentType,
        { ...before, spec: { ...before.spec, replicas: 4 } },
        { dryRun },
      );
      expect([updated.spec.replicas, updated.metadata.generation]).toEqual([4, 2]);
      const reported = await context.cluster.updateStatus(DeploymentType, { ...before, status: { replicas: 1 } }, { dryRun });
      expect(reported.status?.replicas).toBe(1);
      const patch = { metadata: { labels: { x: 'y' } } };
      const patched = await context.cluster.patch(DeploymentType, context.namespace, 'a', 'merge', patch, { dryRun });
      expect(patched.metadata.labels).toEqual({ x: 'y' });
      expect(await context.cluster.get(DeploymentType, context.namespace, 'a')).toEqual(before);
    });

    test('of delete deletes nothing', async () => {
      const before = await context.add('a');
      await context.cluster.delete(ConfigMapType, context.namespace, 'a', { dryRun });
      expect(await stored()).toEqual(before);
    });

    test('is refused as the write itself would be', async () => {
      const before = await context.add('a');
      await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { data: { x: '1' } });
      await refused('AlreadyExists', context.cluster.create(ConfigMapType, configMap(context.namespace, 'a'), { dryRun }));
      await refused('Conflict', context.cluster.update(ConfigMapType, { ...before, data: { x: '2' } }, { dryRun }));
      await refused('NotFound', context.cluster.delete(ConfigMapType, context.namespace, 'none', { dryRun }));
    });

    test('is seen by no watch', async () => {
      const observer = await context.observe(ConfigMapType);
      await context.cluster.create(ConfigMapType, configMap(context.namespace, 'never'), { dryRun });
      await context.add('a');
      await observer.see('ADDED', 'a');
      observer.watch.stop();
      expect(observer.seen).not.toContain('ADDED never');
    });
  });

  describe('the answer to a delete', () => {
    test('is the object as long as something holds it, and nothing once it is gone', async () => {
      await context.add('held', { metadata: { finalizers: ['example.com/a'] } });
      await context.add('free');
      const held = await context.cluster.delete(ConfigMapType, context.namespace, 'held');
      expect(held?.metadata).toMatchObject({
        name: 'held',
        deletionTimestamp: expect.any(String),
        finalizers: ['example.com/a'],
      });
      expect(await context.cluster.delete(ConfigMapType, context.namespace, 'free')).toBeUndefined();
      await context.cluster.patch(ConfigMapType, context.namespace, 'held', 'merge', { metadata: { finalizers: null } });
    });

    test('is the pod whose grace has begun', async () => {
      await context.cluster.create(PodType, pod(context.namespace, 'a', { nodeName: 'node' }));
      const ending = await context.cluster.delete(PodType, context.namespace, 'a', { gracePeriodSeconds: 20 });
      expect(ending?.metadata.deletionGracePeriodSeconds).toBe(20);
      expect(await context.cluster.delete(PodType, context.namespace, 'a', { gracePeriodSeconds: 0 })).toBeUndefined();
    });

    test('is a Conflict for a version that has passed', async () => {
      const before = await context.add('a');
      const { metadata } = await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { data: { x: '1' } });
      const late = context.cluster.delete(ConfigMapType, context.namespace, 'a', {
        resourceVersion: before.metadata.resourceVersion,
      });
      await refused(
        'Conflict',
        late,
        /the ResourceVersion in the precondition \(.*\) does not match the ResourceVersion in record \(.*modified$/,
      );
      const { resourceVersion } = metadata;
      expect(await context.cluster.delete(ConfigMapType, context.namespace, 'a', { resourceVersion })).toBeUndefined();
      expect(names((await context.cluster.list(ConfigMapType, { namespace: context.namespace })).items)).not.toContain('a');
    });
  });
}
