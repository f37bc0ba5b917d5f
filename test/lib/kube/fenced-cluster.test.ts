import { type ConfigMap, ConfigMapType } from '../../../lib/api';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../lib/base';
import { FencedCluster } from '../../../lib/kube';
import { MemoryCluster } from '../../../lib/local/cluster';
import { refused } from '../../contract/contract-context';

const map = (name: string): ConfigMap => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'default', name } });

test('who leads no longer can read and not write', async () => {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const inner = new MemoryCluster({ clock, random: seededRandom(1), types: [ConfigMapType] });
  let leads = true;
  const cluster = new FencedCluster(inner, () => leads);
  const made = await cluster.create(ConfigMapType, map('a'));
  leads = false;
  for (const write of [
    () => cluster.create(ConfigMapType, map('b')),
    () => cluster.update(ConfigMapType, made),
    () => cluster.updateStatus(ConfigMapType, made),
    () => cluster.patch(ConfigMapType, 'default', 'a', 'merge', { data: { a: 'b' } }),
    () => cluster.delete(ConfigMapType, 'default', 'a'),
  ]) {
    await refused('Unavailable', write(), 'this process leads no longer');
  }
  expect((await cluster.list(ConfigMapType)).items).toEqual([made]);
  expect(await cluster.get(ConfigMapType, 'default', 'a')).toEqual(made);
});
