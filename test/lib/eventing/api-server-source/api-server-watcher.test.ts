import { allTypes, ConfigMapType, NamespaceType } from '../../../../lib/api';
import { CountingExecutor, RealClock, seededRandom, VirtualClock } from '../../../../lib/base';
import { ClusterError } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local';
import { LocalServer } from '../../kube/http/local-server';
import { configMap, NAME, source, WatcherWorld } from './world';

function memoryWorld() {
  const errors: unknown[] = [];
  const executor = new CountingExecutor((error) => errors.push(error));
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  return Object.assign(new WatcherWorld(cluster, clock, executor), { clock, memory: cluster });
}

const labels = (color: string) => ({ labels: { color } });

describe('an ApiServerWatcher', () => {
  test('tells what is made, changed and deleted, in order, from the moment that it watches', async () => {
    const world = memoryWorld();
    await world.create('old');
    await world.watch();
    await world.create('one');
    await world.cluster.patch(ConfigMapType, 'default', 'one', 'merge', { data: { a: '2' } });
    await world.cluster.delete(ConfigMapType, 'default', 'old');
    await world.clock.settle();
    expect(world.told).toEqual(['add one', 'update one', 'delete old']);
    expect(world.sent[0]!.headers).toMatchObject({
      ...{ 'ce-specversion': '1.0', 'ce-type': 'dev.knative.apiserver.ref.add', 'ce-source': 'https://host' },
      ...{ 'ce-subject': '/apis/v1/namespaces/default/configmaps/one', 'content-type': 'application/json' },
      ...{ 'ce-apiversion': 'v1', 'ce-kind': 'ConfigMap', 'ce-name': 'one', 'ce-namespace': 'default' },
      'kn-namespace': 'default',
    });
    expect(JSON.parse(world.sent[0]!.body.toString())).toEqual({
      ...{ kind: 'ConfigMap', namespace: 'default', name: 'one', apiVersion: 'v1' },
    });
    const id = world.sent[0]!.headers['ce-id']!;
    expect(world.journal.entries({ log: `source/apiserver/${NAME}`, event: id }).map(({ kind }) => kind)).toEqual([
      'arrived',
      'attempt',
      'delivered',
    ]);
    expect(world.errors).toEqual([]);
  });

  test('tells the whole object in mode Resource, as it was last when it is deleted, with extensions that are added', async () => {
    const world = memoryWorld();
    await world.watch({ mode: 'Resource', ceOverrides: { extensions: { Team: 'red', type: 'mine', name: 'other' } } });
    await world.create('one');
    await world.cluster.delete(ConfigMapType, 'default', 'one');
    await world.clock.settle();
    expect(world.sent.map(({ headers }) => headers)).toMatchObject([
      { 'ce-type': 'dev.knative.apiserver.resource.add', 'ce-team': 'red', 'ce-name': 'other' },
      { 'ce-type': 'dev.knative.apiserver.resource.delete' },
    ]);
    expect(world.sent.map(({ body }) => JSON.parse(body.toString()))).toMatchObject([
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one' }, data: { a: '1' } },
      { metadata: { name: 'one' }, data: { a: '1' } },
    ]);
  });

  test('an object that begins to match is added, and one that no longer does is deleted', async () => {
    const world = memoryWorld();
    const selector = { matchLabels: { color: 'red' }, matchExpressions: [{ key: 'off', operator: 'DoesNotExist' as const }] };
    await world.watch({ resources: [{ apiVersion: 'v1', kind: 'ConfigMap', selector }] });
    await world.create('one', labels('blue'));
    await world.cluster.patch(ConfigMapType, 'default', 'one', 'merge', { metadata: labels('red') });
    await world.cluster.patch(ConfigMapType, 'default', 'one', 'merge', { metadata: { labels: { off: '' } } });
    await world.clock.settle();
    expect(world.told).toEqual(['add one', 'delete one']);
  });

  test('looks into the namespaces that it is given, or into all', async () => {
    const told = async (namespaces: readonly string[] | 'all') => {
      const world = memoryWorld();
      await world.watch({}, namespaces);
      for (const namespace of ['a', 'b', 'c']) await world.create(`in-${namespace}`, { namespace });
      await world.clock.settle();
      return world.told;
    };
    expect(await told(['a', 'c'])).toEqual(['add in-a', 'add in-c']);
    expect(await told('all')).toEqual(['add in-a', 'add in-b', 'add in-c']);
    expect(await told([])).toEqual([]);
  });

  test('tells of objects without a namespace, whichever it is to look into', async () => {
    const world = memoryWorld();
    await world.watch({ resources: [{ apiVersion: 'v1', kind: 'Namespace' }] });
    await world.cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'new' } });
    await world.clock.settle();
    expect(world.sent[0]!.headers['ce-subject']).toBe('/apis/v1/namespaces//namespaces/new');
    expect(world.sent[0]!.headers['ce-namespace']).toBeUndefined();
  });

  test('tells of what objects of a kind control, where it is to', async () => {
    const world = memoryWorld();
    await world.watch({ owner: { apiVersion: 'apps/v1', kind: 'Deployment' } });
    const owned = (apiVersion: string, controller: boolean) => ({
      ownerReferences: [{ apiVersion, kind: 'Deployment', name: 'd', uid: '1', controller }],
    });
    await world.create('one', owned('apps/v1', true));
    await world.create('two', owned('apps/v2', true));
    await world.create('three', owned('apps/v1', false));
    await world.create('four');
    await world.clock.settle();
    // There is no such owner, so that what it had is collected.
    expect(world.told).toEqual(['add one', 'delete one']);
  });

  test('tells what passes all filters, as it is before extensions are added', async () => {
    const world = memoryWorld();
    const filters = [{ suffix: { type: '.add' } }, { cesql: "name LIKE 'o%'" }, { not: { exact: { team: 'red' } } }];
    await world.watch({ filters, ceOverrides: { extensions: { team: 'red' } } });
    await world.create('one');
    await world.create('two');
    await world.cluster.delete(ConfigMapType, 'default', 'one');
    await world.clock.settle();
    expect(world.told).toEqual(['add one']);
  });

  test('goes on without a gap when where or what it tells changes, and ends when it is removed', async () => {
    const world = memoryWorld();
    await world.watch();
    await world.create('one');
    world.set(source({ mode: 'Resource' }), ['default', 'other']);
    await world.create('two');
    await world.clock.settle();
    await world.create('three', { namespace: 'other' });
    await world.clock.settle();
    world.watcher.remove(NAME);
    await world.create('four');
    await world.clock.settle();
    expect(world.told).toEqual(['add one', 'add two', 'add three']);
  });

  test('says which kind is not served, and which it may not watch, and tries that again', async () => {
    const world = memoryWorld();
    world.set(source({ resources: [{ apiVersion: 'x/v1', kind: 'Y' }] }), []);
    expect(world.states.at(-1)).toEqual({ watching: false, problem: 'no kind Y in version x/v1 is served here' });
    const list = world.memory.list.bind(world.memory);
    let allowed = false;
    world.memory.list = (async (...args: Parameters<typeof list>) => {
      if (allowed) return list(...args);
      throw new ClusterError('Forbidden', 'configmaps is forbidden: no');
    }) as typeof list;
    world.set(source(), ['default']);
    await world.clock.settle();
    const problem = 'cannot watch configmaps in namespace default: configmaps is forbidden: no';
    expect(world.states.at(-1)).toEqual({ watching: false, problem, forbidden: true });
    allowed = true;
    await world.clock.advance(10_000);
    expect(world.states.at(-1)).toEqual({ watching: true });
    expect(world.errors).toEqual([]);
  });

  test('watches anew as another service account, and hears nothing as the one before', async () => {
    const world = memoryWorld();
    await world.watch();
    const other = new MemoryCluster({ clock: world.clock, random: seededRandom(2), types: allTypes });
    world.set(source(), ['default'], { account: 'default/other', cluster: other });
    await world.clock.settle();
    await world.create('unheard');
    await other.create(ConfigMapType, configMap('heard'));
    await world.clock.settle();
    expect(world.told).toEqual(['add heard']);
    expect(world.states.at(-1)).toEqual({ watching: true });
  });

  test('says when a right is taken away from it later, and when it has it again', async () => {
    const world = memoryWorld();
    const ended = new Set<(reason: ClusterError) => void>();
    let forbidden = false;
    const watch = world.memory.watch.bind(world.memory);
    world.memory.watch = ((...args: Parameters<typeof watch>) => {
      const refusal = new ClusterError('Forbidden', 'configmaps is forbidden: not any more');
      if (forbidden) return { stop() {}, closed: Promise.resolve(refusal) };
      const inner = watch(...args);
      const closed = new Promise<ClusterError | undefined>((resolve) => {
        ended.add((reason) => {
          inner.stop();
          resolve(reason);
        });
      });
      return { stop: () => inner.stop(), closed };
    }) as typeof watch;
    await world.watch();
    forbidden = true;
    for (const end of ended) end(new ClusterError('Forbidden', 'configmaps is forbidden: not any more'));
    await world.clock.settle();
    const problem = 'cannot watch configmaps in namespace default: configmaps is forbidden: not any more';
    expect(world.states.at(-1)).toEqual({ watching: false, problem, forbidden: true });
    forbidden = false;
    await world.clock.advance(2000);
    await world.create('one');
    await world.clock.settle();
    expect(world.states.at(-1)).toEqual({ watching: true });
    expect(world.told).toEqual(['add one']);
  });

  test('watches an API server over HTTP as it does a cluster in memory', async () => {
    const server = await LocalServer.start();
    const world = new WatcherWorld(server.client(), new RealClock());
    try {
      await server.memory.create(ConfigMapType, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'old', namespace: 'default' },
      });
      const selector = { matchExpressions: [{ key: 'color', operator: 'NotIn' as const, values: ['blue', 'green'] }] };
      await world.watch({ resources: [{ apiVersion: 'v1', kind: 'ConfigMap', selector }], mode: 'Resource' });
      await world.create('blue', labels('blue'));
      await world.create('red', labels('red'));
      await world.cluster.delete(ConfigMapType, 'default', 'old');
      await world.until(() => world.sent.length >= 2);
      expect(world.told).toEqual(['add red', 'delete old']);
      expect(JSON.parse(world.sent[1]!.body.toString())).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
    } finally {
      world.stop();
      await server.close();
    }
  });
});
