import { type ConfigMap, ConfigMapType } from '../../../../lib/api';
import { noLog, seededRandom, type Timer } from '../../../../lib/base';
import { type Change, Informer } from '../../../../lib/kube';
import { configMap } from '../../../contract/objects';
import { FlakyProxy } from './flaky-proxy';
import { LocalServer } from './local-server';
import { HurriedClock } from './scripted-server';

const UPDATES = 10_000;
const OBJECTS = 20;
const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Does not wait before trying again; the watchdog keeps its time. */
class ImpatientClock extends HurriedClock {
  override after(ms: number, fn: () => void): Timer {
    return super.after(ms <= 1000 ? 0 : ms, fn);
  }
}

describe('an informer over a network that breaks', () => {
  const open = async (history: number, bytes: number) => {
    const clock = new ImpatientClock();
    const server = await LocalServer.start({ clock, random: seededRandom(1), history });
    const proxy = await FlakyProxy.start(() => server.url, seededRandom(7), bytes);
    const cluster = server.client({}, proxy.kubeconfig(server.kubeconfig));
    const informer = new Informer(cluster, ConfigMapType, clock, noLog, { namespace: 'default' });
    const changes: Change<ConfigMap>[] = [];
    informer.onChange((change) => changes.push(change));
    for (let i = 0; i < OBJECTS; i++) await server.memory.create(ConfigMapType, configMap('default', `map-${i}`));
    const start = async (): Promise<void> => informer.start().catch(() => start());
    const close = async () => {
      informer.stop();
      await proxy.close();
      await server.close();
    };
    return { server, proxy, informer, changes, start, close };
  };

  /** Every update writes a new version; gives those versions in order. */
  const storm = async (server: LocalServer, everyTurn: number) => {
    const versions: string[] = [];
    for (let i = 0; i < UPDATES; i++) {
      const patch = { data: { count: String(i), padding: 'x'.repeat(200) } };
      const stored = await server.memory.patch(ConfigMapType, 'default', `map-${i % OBJECTS}`, 'merge', patch);
      versions.push(stored.metadata.resourceVersion);
      if (i % everyTurn === 0) await turn();
    }
    return versions;
  };

  const caughtUp = async (server: LocalServer, informer: Informer<ConfigMap>) => {
    const { items } = await server.memory.list(ConfigMapType, { namespace: 'default' });
    const wanted = items.map(({ metadata }) => metadata.resourceVersion).join();
    const sorted = () => informer.list().sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1));
    while (
      sorted()
        .map(({ metadata }) => metadata.resourceVersion)
        .join() !== wanted
    )
      await turn();
    expect(sorted()).toEqual(items);
  };

  test('sees 10,000 updates, each version once and in order, however often it is cut', async () => {
    const { server, proxy, informer, changes, start, close } = await open(100_000, 200_000);
    await start();
    changes.length = 0;
    const versions = await storm(server, 5);
    await caughtUp(server, informer);
    expect(changes.map(({ next }) => next?.metadata.resourceVersion)).toEqual(versions);
    expect(proxy.cuts).toBeGreaterThan(10);
    await close();
  });

  test('ends equal to the cluster when the versions that it missed are forgotten, and never goes back', async () => {
    const { server, proxy, informer, changes, start, close } = await open(40, 100_000);
    await start();
    await storm(server, 50);
    await caughtUp(server, informer);
    const last = new Map<string, number>();
    for (const { next } of changes) {
      const { name, resourceVersion } = next!.metadata;
      expect(Number(resourceVersion)).toBeGreaterThan(last.get(name) ?? 0);
      last.set(name, Number(resourceVersion));
    }
    expect(proxy.cuts).toBeGreaterThan(0);
    await close();
  });

  test('goes on when the server is started anew with another certificate, token and port', async () => {
    const clock = new ImpatientClock();
    const server = await LocalServer.start({ clock });
    const informer = new Informer(server.client(), ConfigMapType, clock, noLog, { namespace: 'default' });
    await informer.start();
    const seen: string[] = [];
    informer.onChange(({ next }) => seen.push(next!.metadata.name));
    await server.memory.create(ConfigMapType, configMap('default', 'a'));
    await server.restart();
    await server.memory.create(ConfigMapType, configMap('default', 'b'));
    while (!seen.includes('b')) await turn();
    expect(seen).toEqual(['a', 'b']);
    informer.stop();
    await server.close();
  });
});
