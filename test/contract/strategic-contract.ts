import { ConfigMapType, type Deployment, DeploymentType, type Stored } from '../../lib/api';
import { BAD, type ContractContext, refused } from './contract-context';
import { deployment } from './objects';

/** Strategic merge, for Kubernetes' own kinds. */
export function strategicContract(context: ContractContext): void {
  const podSpec = ({ spec }: Stored<Deployment>) => spec.template.spec;
  const patch = (change: unknown) => context.cluster.patch(DeploymentType, context.namespace, 'a', 'strategic', change);
  const patchPod = async (spec: object) => podSpec(await patch({ spec: { template: { spec } } }));
  const env = (...names: string[]) => names.map((name) => ({ name, value: name }));
  const containerNames = (spec: { readonly containers: readonly { readonly name?: string }[] }) =>
    spec.containers.map(({ name }) => name);

  describe('strategic patch', () => {
    beforeEach(async () => {
      await context.cluster.create(DeploymentType, deployment(context.namespace, 'a'));
    });

    test('merges containers by name and their environment too', async () => {
      await patchPod({ containers: [{ name: 'main', env: env('a', 'b') }] });
      const spec = await patchPod({
        containers: [{ name: 'main', image: 'example.com/app:2', env: [{ name: 'b', value: 'new' }] }],
      });
      expect(spec.containers).toEqual([
        expect.objectContaining({
          name: 'main',
          image: 'example.com/app:2',
          env: [
            { name: 'a', value: 'a' },
            { name: 'b', value: 'new' },
          ],
        }),
      ]);
    });

    test('adds what is new, orders by $setElementOrder, deletes by $patch and by null', async () => {
      const added = await patchPod({
        '$setElementOrder/containers': [{ name: 'side' }, { name: 'main' }],
        containers: [{ name: 'side', image: 'example.com/side:1' }],
      });
      expect(containerNames(added)).toEqual(['side', 'main']);
      const removed = await patchPod({ containers: [{ name: 'side', $patch: 'delete' }] });
      expect(containerNames(removed)).toEqual(['main']);
      const plain = await patch({ metadata: { labels: { x: 'y' } } });
      expect(plain.metadata.labels).toEqual({ x: 'y' });
      expect((await patch({ metadata: { labels: { x: null } } })).metadata.labels ?? {}).toEqual({});
    });

    test('replaces lists and maps with $patch: replace, and lists without a strategy always', async () => {
      await patchPod({ containers: [{ name: 'main', args: ['a', 'b'] }] });
      expect((await patchPod({ containers: [{ name: 'main', args: ['c'] }] })).containers[0]?.args).toEqual(['c']);
      const replaced = await patchPod({ containers: [{ name: 'only', image: 'example.com/only:1' }, { $patch: 'replace' }] });
      expect(containerNames(replaced)).toEqual(['only']);
      await patch({ metadata: { annotations: { a: '1', b: '2' } } });
      const annotated = await patch({ metadata: { annotations: { $patch: 'replace', c: '3' } } });
      expect(annotated.metadata.annotations).toEqual({ c: '3' });
    });

    test('keeps of a union what $retainKeys names', async () => {
      const recreate = { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } };
      expect((await patch(recreate)).spec.strategy).toEqual({ type: 'Recreate' });
      await refused('BadRequest', patch({ spec: { strategy: { $retainKeys: ['type'], rollingUpdate: {} } } }), /retainKeys/);
    });

    test('merges sets of values, and takes from them with $deleteFromPrimitiveList', async () => {
      await patch({ metadata: { finalizers: ['example.com/a'] } });
      const both = await patch({ metadata: { finalizers: ['example.com/b'] } });
      expect([...both.metadata.finalizers!].sort()).toEqual(['example.com/a', 'example.com/b']);
      const one = await patch({ metadata: { '$deleteFromPrimitiveList/finalizers': ['example.com/a'] } });
      expect(one.metadata.finalizers).toEqual(['example.com/b']);
      await patch({ metadata: { finalizers: null } });
    });

    test('drops fields that the kind does not have', async () => {
      const stored = await patch({ spec: { unknown: 1, replicas: 3 } });
      expect(stored.spec.replicas).toBe(3);
      expect(stored.spec).not.toHaveProperty('unknown');
    });

    test('of an item without its key is refused', async () => {
      await refused(BAD, patch({ spec: { template: { spec: { containers: [{ image: 'x' }] } } } }), /declared merge key: name/);
    });

    test('of a ConfigMap merges its data', async () => {
      await context.add('a', { data: { x: '1', y: '1' } });
      const stored = await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'strategic', {
        data: { x: null, z: '2' },
      });
      expect(stored.data).toEqual({ y: '1', z: '2' });
    });
  });
}
