import { NamespaceType, type PingSource, PingSourceType, type ResourceType } from '../../../../lib/api';
import { CountingExecutor, seededRandom, VirtualClock } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local';
import { OtherVersion } from '../../../../lib/local/api-server/other-version';

const Beta: ResourceType<PingSource> = { ...PingSourceType, version: 'v1beta2' };
const V1 = 'sources.knative.dev/v1';
const V1BETA2 = 'sources.knative.dev/v1beta2';
const tick = {
  apiVersion: V1BETA2,
  kind: 'PingSource',
  metadata: { name: 'tick', namespace: 'default' },
  spec: { schedule: '@daily', sink: { uri: 'http://example.com' } },
} as unknown as PingSource;

test('an object of another version is stored in the one of the cluster, and read, changed and watched in both', async () => {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: [NamespaceType, PingSourceType] });
  await cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'default' } });
  const other = new OtherVersion(cluster, PingSourceType, Beta);
  const watched: string[] = [];
  const watch = other.watch(Beta, {}, (event) => event.type !== 'BOOKMARK' && watched.push(event.object.apiVersion));

  const made = await other.create(Beta, tick);
  expect(made.apiVersion).toBe(V1BETA2);
  expect((await cluster.get(PingSourceType, 'default', 'tick'))!.apiVersion).toBe(V1);
  const changed = await other.update(Beta, { ...made, spec: { ...made.spec, schedule: '@hourly' } });
  expect([changed.apiVersion, changed.spec.schedule]).toEqual([V1BETA2, '@hourly']);
  await other.updateStatus(Beta, { ...changed, status: { sinkUri: 'http://x' } });
  const patch = { apiVersion: V1BETA2, spec: { schedule: '@weekly' } };
  expect((await other.patch(Beta, 'default', 'tick', 'merge', patch)).apiVersion).toBe(V1BETA2);
  const { items } = await other.list(Beta);
  expect(items.map(({ apiVersion, spec, status }) => [apiVersion, spec.schedule, status?.sinkUri])).toEqual([
    [V1BETA2, '@weekly', 'http://x'],
  ]);
  expect((await other.get(NamespaceType, undefined, 'default'))!.apiVersion).toBe('v1');
  await other.delete(Beta, 'default', 'tick');
  expect(await other.get(Beta, 'default', 'tick')).toBeUndefined();
  await clock.settle();
  watch.stop();
  expect(new Set(watched)).toEqual(new Set([V1BETA2]));
});
