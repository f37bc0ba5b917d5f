import { ConfigMapType } from '../../lib/api';
import type { ContractContext } from './contract-context';

/** Following changes. */
export function watchContract(context: ContractContext): void {
  describe('watch', () => {
    test('from a list sees every later change, in order, and nothing before', async () => {
      await context.add('before');
      const { resourceVersion } = await context.cluster.list(ConfigMapType, { namespace: context.namespace });
      const observer = await context.observe(ConfigMapType, { resourceVersion });
      await context.add('a');
      await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { data: { x: '1' } });
      await context.cluster.delete(ConfigMapType, context.namespace, 'a');
      await context.add('b');
      await observer.see('ADDED', 'b');
      observer.watch.stop();
      expect(observer.seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a', 'ADDED b']);
      const versions = observer.events.map((e) =>
        Number(e.type === 'BOOKMARK' ? e.resourceVersion : e.object.metadata.resourceVersion),
      );
      expect(versions).toEqual([...versions].sort((x, y) => x - y));
    });

    test('from a list sees what changed before the watch began', async () => {
      const { resourceVersion } = await context.cluster.list(ConfigMapType, { namespace: context.namespace });
      await context.add('a');
      await context.cluster.delete(ConfigMapType, context.namespace, 'a');
      const observer = await context.observe(ConfigMapType, { resourceVersion });
      await observer.see('DELETED', 'a');
      observer.watch.stop();
      expect(observer.seen).toEqual(['ADDED a', 'DELETED a']);
    });

    test('without a version begins with the objects that exist', async () => {
      for (const mapName of ['a', 'b']) await context.add(mapName);
      const observer = await context.observe(ConfigMapType, { fieldSelector: 'metadata.name!=kube-root-ca.crt' });
      await observer.see('ADDED', 'b');
      await context.cluster.delete(ConfigMapType, context.namespace, 'a');
      await observer.see('DELETED', 'a');
      observer.watch.stop();
      expect(observer.seen).toEqual(['ADDED a', 'ADDED b', 'DELETED a']);
    });

    test('with a selector sees objects come and go as they begin and cease to match', async () => {
      const observer = await context.observe(ConfigMapType, { labelSelector: 'watched=yes' });
      const label = (watched: string | null) =>
        context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { metadata: { labels: { watched } } });
      await context.add('a');
      await context.add('other');
      await label('yes');
      await context.cluster.patch(ConfigMapType, context.namespace, 'a', 'merge', { data: { x: '1' } });
      const last = await label(null);
      const gone = await observer.see('DELETED', 'a');
      observer.watch.stop();
      expect(observer.seen).toEqual(['ADDED a', 'MODIFIED a', 'DELETED a']);
      // The object as it last matched, with the version at which it ceased to.
      expect(gone).toMatchObject({
        object: { metadata: { labels: { watched: 'yes' }, resourceVersion: last.metadata.resourceVersion }, data: { x: '1' } },
      });
    });

    test('closes without a reason when it is stopped, and tells nothing more', async () => {
      const observer = await context.observe(ConfigMapType);
      observer.watch.stop();
      await context.add('a');
      expect(await observer.watch.closed).toBeUndefined();
      expect(observer.seen).toEqual([]);
    });
  });
}
