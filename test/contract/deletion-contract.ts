import { ConfigMapType, type KubeObject, PodType, type Stored } from '../../lib/api';
import type { DeleteOptions } from '../../lib/kube';
import { type ContractContext, names, refused } from './contract-context';
import { pod } from './objects';

/** Deleting, and what becomes of what is owned. */
export function deletionContract(context: ContractContext): void {
  describe('delete', () => {
    test('removes, and what is not there is NotFound', async () => {
      await context.add('a');
      await context.cluster.delete(ConfigMapType, context.namespace, 'a');
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'a')).toBeUndefined();
      await refused('NotFound', context.cluster.delete(ConfigMapType, context.namespace, 'a'), 'configmaps "a" not found');
    });

    test('with the uid of another object is a Conflict', async () => {
      await context.add('a');
      const other = context.cluster.delete(ConfigMapType, context.namespace, 'a', {
        uid: '00000000-0000-4000-8000-000000000000',
      });
      await refused(
        'Conflict',
        other,
        /ConfigMap "a": the UID in the precondition \(00000000-.*\) does not match the UID in record \(.*deleted and then recreated$/,
      );
    });

    test('waits for finalizers; the object goes with the last one, and takes no new ones', async () => {
      await context.add('a', { metadata: { finalizers: ['example.com/a', 'example.com/b'] } });
      await context.cluster.delete(ConfigMapType, context.namespace, 'a');
      const marked = await context.cluster.get(ConfigMapType, context.namespace, 'a');
      expect(marked?.metadata.deletionTimestamp).toBeDefined();
      const extra = { metadata: { finalizers: ['example.com/a', 'example.com/b', 'example.com/c'] } };
      await refused(
        'Invalid',
        context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', extra),
        /no new finalizers can be added if the object is being deleted/,
      );
      await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', {
        metadata: { finalizers: ['example.com/a'] },
      });
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'a')).toBeDefined();
      await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { metadata: { finalizers: null } });
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'a')).toBeUndefined();
    });

    test('gives a pod on a node its grace, which only gets shorter, until it is deleted with grace 0', async () => {
      await context.cluster.create(PodType, pod(context.namespace, 'a', { nodeName: 'node', terminationGracePeriodSeconds: 60 }));
      await context.cluster.delete(PodType, context.namespace, 'a');
      const first = (await context.cluster.get(PodType, context.namespace, 'a'))!.metadata;
      expect(first.deletionGracePeriodSeconds).toBe(60);
      expect(first.deletionTimestamp).toBeDefined();
      await context.cluster.delete(PodType, context.namespace, 'a', { gracePeriodSeconds: 10 });
      const second = (await context.cluster.get(PodType, context.namespace, 'a'))!.metadata;
      expect(second.deletionGracePeriodSeconds).toBe(10);
      // It counts from when the deletion began.
      expect(Date.parse(first.deletionTimestamp!) - Date.parse(second.deletionTimestamp!)).toBe(50_000);
      await context.cluster.delete(PodType, context.namespace, 'a');
      expect((await context.cluster.get(PodType, context.namespace, 'a'))!.metadata.deletionGracePeriodSeconds).toBe(10);
      await context.cluster.delete(PodType, context.namespace, 'a', { gracePeriodSeconds: 0 });
      expect(await context.cluster.get(PodType, context.namespace, 'a')).toBeUndefined();
    });

    test('does not wait for a pod that has ended', async () => {
      const stored = await context.cluster.create(PodType, pod(context.namespace, 'a', { nodeName: 'node' }));
      await context.cluster.updateStatus(PodType, { ...stored, status: { phase: 'Succeeded' } });
      await context.cluster.delete(PodType, context.namespace, 'a');
      expect(await context.cluster.get(PodType, context.namespace, 'a')).toBeUndefined();
    });
  });

  describe('what is owned', () => {
    const owned = async (mapName: string, owners: readonly Stored<KubeObject>[], block = true) =>
      context.add(mapName, {
        metadata: {
          ownerReferences: owners.map(({ apiVersion, kind, metadata }) => ({
            apiVersion,
            kind,
            name: metadata.name,
            uid: metadata.uid,
            blockOwnerDeletion: block,
          })),
        },
      });
    const present = async () =>
      names((await context.cluster.list(ConfigMapType, { namespace: context.namespace })).items).filter(
        (n) => !n.startsWith('kube-'),
      );
    const deleteTop = (propagation: DeleteOptions['propagation']) =>
      context.cluster.delete(ConfigMapType, context.namespace, 'top', { propagation });

    test('goes after its owner in the background', async () => {
      const top = await context.add('top');
      const middle = await owned('middle', [top]);
      await owned('bottom', [middle]);
      const observer = await context.observe(ConfigMapType);
      await deleteTop('Background');
      await observer.see('DELETED', 'bottom');
      observer.watch.stop();
      expect(observer.seen.filter((line) => line.startsWith('DELETED'))).toEqual([
        'DELETED top',
        'DELETED middle',
        'DELETED bottom',
      ]);
      expect(await present()).toEqual([]);
    });

    test('goes before its owner in the foreground', async () => {
      const top = await context.add('top');
      const middle = await owned('middle', [top]);
      await owned('bottom', [middle]);
      const observer = await context.observe(ConfigMapType);
      await deleteTop('Foreground');
      await observer.see('DELETED', 'top');
      observer.watch.stop();
      expect(observer.seen.filter((line) => line.startsWith('DELETED'))).toEqual([
        'DELETED bottom',
        'DELETED middle',
        'DELETED top',
      ]);
    });

    test('holds its owner in the foreground as long as something holds it', async () => {
      const top = await context.add('top');
      const held = await owned('held', [top]);
      await context.cluster.patch(ConfigMapType, context.namespace, 'held', 'merge', {
        metadata: { finalizers: ['example.com/hold'] },
      });
      const observer = await context.observe(ConfigMapType);
      await deleteTop('Foreground');
      const marked = (await context.cluster.get(ConfigMapType, context.namespace, 'top'))!.metadata;
      expect(marked.finalizers).toEqual(['foregroundDeletion']);
      expect(marked.deletionTimestamp).toBeDefined();
      await observer.see('MODIFIED', 'held');
      expect(await context.cluster.get(ConfigMapType, context.namespace, 'top')).toBeDefined();
      expect(held.metadata.name).toBe('held');
      await context.cluster.patch(ConfigMapType, context.namespace, 'held', 'merge', { metadata: { finalizers: null } });
      await observer.see('DELETED', 'top');
      observer.watch.stop();
      expect(await present()).toEqual([]);
    });

    test('stays without its owner when orphaned', async () => {
      const top = await context.add('top');
      await owned('child', [top]);
      const observer = await context.observe(ConfigMapType);
      await deleteTop('Orphan');
      await observer.see('DELETED', 'top');
      observer.watch.stop();
      const child = await context.cluster.get(ConfigMapType, context.namespace, 'child');
      expect(child?.metadata.ownerReferences).toBeUndefined();
    });

    test('stays while it has another owner, and forgets the one that is gone', async () => {
      const [top, other] = [await context.add('top'), await context.add('other')];
      await owned('child', [top, other]);
      const observer = await context.observe(ConfigMapType);
      await deleteTop('Background');
      await observer.see('MODIFIED', 'child');
      observer.watch.stop();
      const child = await context.cluster.get(ConfigMapType, context.namespace, 'child');
      expect(child?.metadata.ownerReferences?.map((owner) => owner.name)).toEqual(['other']);
    });

    test('goes if its owner was gone already when it was made', async () => {
      const top = await context.add('top');
      await deleteTop('Background');
      const observer = await context.observe(ConfigMapType);
      await owned('late', [top]);
      await observer.see('DELETED', 'late');
      observer.watch.stop();
      expect(await present()).toEqual([]);
    });
  });
}
