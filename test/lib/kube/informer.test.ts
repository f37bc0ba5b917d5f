import { allTypes, type ConfigMap, ConfigMapType, type KubeObject, type ResourceType, type Stored } from '../../../lib/api';
import { CountingExecutor, type Log, noLog, seededRandom, VirtualClock } from '../../../lib/base';
import {
  type Change,
  type Cluster,
  ClusterError,
  Informer,
  type Watch,
  type WatchEvent,
  type WatchOptions,
} from '../../../lib/kube';
import { MemoryCluster } from '../../../lib/local/cluster';
import { configMap } from '../../contract/objects';

/** A cluster whose lists and watches are counted, and whose watches the test can cut. */
class Flaky {
  readonly lists: string[] = [];
  readonly watches: (string | undefined)[] = [];
  listErrors: Error[] = [];
  /** Why the next watches are not accepted. */
  refusals: ClusterError[] = [];
  #cut: ((reason: ClusterError | undefined) => void) | undefined;

  constructor(readonly inner: Cluster) {}

  /** Ends the running watch as a server does. */
  cut(reason?: ClusterError): void {
    this.#cut?.(reason);
  }

  /** This as a Cluster: everything else goes through. */
  cluster(): Cluster {
    const { inner } = this;
    return {
      ...Object.fromEntries(
        (['get', 'create', 'update', 'updateStatus', 'patch', 'delete'] as const).map((m) => [m, inner[m].bind(inner)]),
      ),
      list: async (type: ResourceType, selection: object) => {
        this.lists.push(type.kind);
        const error = this.listErrors.shift();
        if (error) throw error;
        return inner.list(type, selection);
      },
      watch: (type: ResourceType, options: WatchOptions, onEvent: (event: WatchEvent<KubeObject>) => void): Watch => {
        this.watches.push(options.resourceVersion);
        const refusal = this.refusals.shift();
        if (refusal) return { stop: () => {}, closed: Promise.resolve(refusal) };
        const watch = inner.watch(type, options, onEvent);
        return {
          stop: () => watch.stop(),
          closed: new Promise((resolve) => {
            this.#cut = (reason) => {
              watch.stop();
              resolve(reason);
            };
            watch.closed.then(resolve);
          }),
        };
      },
    } as unknown as Cluster;
  }
}

describe('Informer', () => {
  const open = (options: { history?: number; log?: Log; selection?: object } = {}) => {
    const executor = new CountingExecutor((error) => {
      throw error;
    });
    const clock = new VirtualClock(executor);
    const memory = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes, history: options.history });
    const flaky = new Flaky(memory);
    const informer = new Informer<ConfigMap>(flaky.cluster(), ConfigMapType, clock, options.log ?? noLog, options.selection);
    const changes: string[] = [];
    informer.onChange(({ previous, next }: Change<ConfigMap>) => {
      const kind = previous ? (next ? 'changed' : 'gone') : 'new';
      changes.push(`${kind} ${(next ?? previous)!.metadata.name}`);
    });
    const add = (name: string, more: Partial<ConfigMap> = {}) => memory.create(ConfigMapType, configMap('default', name, more));
    return { clock, memory, flaky, informer, changes, add };
  };
  const names = (objects: readonly Stored<ConfigMap>[]) => objects.map((object) => object.metadata.name).sort();

  test('has what exists once it has started, then follows every change in order', async () => {
    const { informer, add, memory, changes, clock } = open();
    await add('a');
    await informer.start();
    expect(names(informer.list())).toEqual(['a']);
    await add('b');
    await memory.patch(ConfigMapType, 'default', 'a', 'merge', { data: { x: '1' } });
    await memory.delete(ConfigMapType, 'default', 'b');
    await clock.settle();
    expect(changes).toEqual(['new a', 'new b', 'changed a', 'gone b']);
    expect(informer.get('default', 'a')?.data).toEqual({ x: '1' });
    expect(informer.get('default', 'b')).toBeUndefined();
  });

  test('misses nothing that happens between list and watch', async () => {
    const { informer, flaky, add, changes, clock } = open();
    const list = flaky.inner.list.bind(flaky.inner);
    flaky.inner.list = async (...args: Parameters<Cluster['list']>) => {
      const result = await list(...args);
      await add('between');
      return result as never;
    };
    await informer.start();
    await clock.settle();
    expect(changes).toEqual(['new between']);
  });

  test('keeps indexes true as objects come, change and go', async () => {
    const { informer, add, memory, clock } = open();
    informer.addIndex('team', (object) => (object.metadata.labels?.team ?? '').split('.').filter((team) => team !== ''));
    await informer.start();
    await add('a', { metadata: { labels: { team: 'red.blue' } } });
    await add('b', { metadata: { labels: { team: 'red' } } });
    await add('c');
    await clock.settle();
    expect([names(informer.byIndex('team', 'red')), names(informer.byIndex('team', 'blue'))]).toEqual([['a', 'b'], ['a']]);
    expect(names(informer.byIndex('namespace', 'default'))).toEqual(['a', 'b', 'c']);
    await memory.patch(ConfigMapType, 'default', 'a', 'merge', { metadata: { labels: { team: 'blue' } } });
    await memory.delete(ConfigMapType, 'default', 'b');
    await clock.settle();
    expect([names(informer.byIndex('team', 'red')), names(informer.byIndex('team', 'blue'))]).toEqual([[], ['a']]);
    expect(informer.byIndex('team', 'none')).toEqual([]);
  });

  test('sees only what its selection selects', async () => {
    const { informer, add, memory, clock, changes } = open({ selection: { labelSelector: 'mine=yes' } });
    await add('other');
    await informer.start();
    await add('a', { metadata: { labels: { mine: 'yes' } } });
    await clock.settle();
    await memory.patch(ConfigMapType, 'default', 'a', 'merge', { metadata: { labels: { mine: 'no' } } });
    await clock.settle();
    expect(changes).toEqual(['new a', 'gone a']);
    expect(informer.list()).toEqual([]);
  });

  test('takes a watch up again where it was cut, without listing', async () => {
    const { informer, flaky, add, changes, clock } = open();
    await informer.start();
    const { metadata } = await add('a');
    await clock.settle();
    flaky.cut(new ClusterError('Unavailable', 'connection reset'));
    await add('b');
    await clock.settle();
    expect(changes).toEqual(['new a', 'new b']);
    expect([flaky.lists.length, flaky.watches[1]]).toEqual([1, metadata.resourceVersion]);
  });

  test('lists again when its version has expired, and tells what changed meanwhile, deletions too', async () => {
    const { informer, flaky, add, memory, changes, clock } = open({ history: 2 });
    for (const name of ['stays', 'changes', 'goes']) await add(name);
    await informer.start();
    changes.length = 0;
    flaky.cut();
    await memory.delete(ConfigMapType, 'default', 'goes');
    await memory.patch(ConfigMapType, 'default', 'changes', 'merge', { data: { x: '1' } });
    for (const name of ['b', 'c', 'd']) await add(name);
    await clock.settle();
    expect(flaky.lists).toHaveLength(2);
    expect(changes).toEqual(['gone goes', 'new b', 'new c', 'changed changes', 'new d']);
    await add('e');
    await clock.settle();
    expect(changes.at(-1)).toBe('new e');
  });

  test('waits a second between attempts that come to nothing, and lists until it works', async () => {
    const warnings: string[] = [];
    const { informer, flaky, add, changes, clock } = open({ log: { ...noLog, warn: (message) => warnings.push(message) } });
    await informer.start();
    flaky.listErrors = [new ClusterError('Unavailable', 'down'), new ClusterError('Unavailable', 'down')];
    flaky.cut(new ClusterError('Expired', 'too old resource version: 1 (2)'));
    await add('a');
    await clock.settle();
    expect([flaky.lists.length, changes]).toEqual([2, []]);
    await clock.advance(1000);
    expect([flaky.lists.length, changes]).toEqual([3, []]);
    await clock.advance(1000);
    expect([flaky.lists.length, changes]).toEqual([4, ['new a']]);
    expect(warnings).toEqual(['list failed', 'list failed']);
  });

  test('rejects when the first list fails, and can be started again', async () => {
    const { informer, flaky, add } = open();
    flaky.listErrors = [new ClusterError('Forbidden', 'no')];
    await expect(informer.start()).rejects.toThrow('no');
    await add('a');
    await informer.start();
    expect(names(informer.list())).toEqual(['a']);
  });

  test('a handler that throws is logged and keeps nobody else from hearing', async () => {
    const errors: unknown[] = [];
    const { informer, add, clock } = open({
      log: { ...noLog, error: (message, fields) => errors.push([message, fields?.error]) },
    });
    const heard: string[] = [];
    informer.onChange(() => {
      throw new Error('oops');
    });
    informer.onChange(({ next }) => void heard.push(next!.metadata.name));
    await informer.start();
    await add('a');
    await add('b');
    await clock.settle();
    expect(heard).toEqual(['a', 'b']);
    expect(errors).toEqual([
      ['change handler failed', 'oops'],
      ['change handler failed', 'oops'],
    ]);
  });

  describe('that cannot follow', () => {
    const FORBIDDEN = new ClusterError('Forbidden', 'not any more');
    const EXPIRED = new ClusterError('Expired', 'too old resource version: 1 (2)');
    const told = (informer: Informer<ConfigMap>) => {
      const troubles: string[] = [];
      informer.onTrouble((cause) => void troubles.push(cause?.message ?? 'well'));
      return troubles;
    };

    test('says that all is well again once it is listed, though nothing has changed', async () => {
      const { informer, flaky, clock, add } = open();
      const troubles = told(informer);
      await add('a');
      await informer.start();
      flaky.listErrors = [FORBIDDEN];
      flaky.cut(EXPIRED);
      await clock.settle();
      expect(troubles).toEqual(['not any more']);
      await clock.advance(1000);
      expect(troubles).toEqual(['not any more', 'well']);
    });

    test('says that all is well again once its watch is accepted, though nothing has changed', async () => {
      const { informer, flaky, clock, add } = open();
      const troubles = told(informer);
      await add('a');
      await informer.start();
      flaky.refusals = [FORBIDDEN];
      flaky.cut(FORBIDDEN);
      await clock.settle();
      expect(troubles).toEqual(['not any more', 'not any more']);
      await clock.advance(1000);
      expect(troubles).toEqual(['not any more', 'not any more', 'well']);
      expect(flaky.lists).toHaveLength(1);
    });

    test.each([
      ['its watch ends', 0, FORBIDDEN],
      ['it cannot be listed', 1, EXPIRED],
    ])('goes on, and tells the others, when who is told that %s throws', async (_, failures, reason) => {
      const errors: unknown[] = [];
      const log = { ...noLog, error: (message: string, fields?: object) => errors.push([message, fields]) };
      const { informer, flaky, clock, add, changes } = open({ log });
      informer.onTrouble(() => {
        throw new Error('oops');
      });
      const troubles = told(informer);
      await informer.start();
      flaky.listErrors = Array.from({ length: failures }, () => FORBIDDEN);
      flaky.cut(reason);
      await clock.advance(1000);
      await add('a');
      await clock.settle();
      expect(changes).toEqual(['new a']);
      expect(troubles).toEqual(['not any more', 'well']);
      const failed = ['trouble handler failed', { kind: 'ConfigMap', error: 'oops' }];
      expect(errors).toEqual([failed, failed]);
    });
  });

  test('hears nothing more once it is stopped, and does not come back', async () => {
    const { informer, flaky, add, changes, clock } = open();
    await informer.start();
    informer.stop();
    await add('a');
    flaky.cut(new ClusterError('Expired', 'late'));
    await clock.advance(60_000);
    expect(changes).toEqual([]);
    expect(flaky.lists).toHaveLength(1);
  });
});
