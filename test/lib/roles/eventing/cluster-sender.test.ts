import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import type { Inbound } from '../../../../lib/gateway';
import { ClusterSender } from '../../../../lib/roles/eventing/cluster-sender';

const MESSAGE = { headers: { 'ce-id': '1' }, body: Buffer.from('hi') };
const NAMES: Readonly<Record<string, string>> = {
  'default/metadata': '169.254.169.254',
  'default/local': 'localhost',
  'default/shop': 'shop.example.com',
  'default/alias': 'hello.other.svc.cluster.local',
  'default/bad': 'a b',
};

class World {
  readonly inside: string[] = [];
  readonly outside: string[] = [];
  readonly #clock = new VirtualClock(
    new CountingExecutor((error) => {
      throw error;
    }),
  );
  readonly sender = new ClusterSender({
    clock: this.#clock,
    gateway: {
      handle: async ({ host, target }: Inbound) => {
        this.inside.push(host + target);
        return { status: 202, headers: [], body: null };
      },
    },
    outside: {
      send: async ({ url }) => {
        this.outside.push(url);
        return { status: 202, headers: {}, body: Buffer.alloc(0) };
      },
    },
    externalName: (namespace, name) => NAMES[`${namespace}/${name}`],
  });

  send(url: string) {
    return this.sender.send({ url }, MESSAGE, {});
  }
}

describe('an event to a host of the cluster', () => {
  test.each([
    ['http://hello.default.svc/in?x=1', 'hello.default.svc/in?x=1'],
    ['http://hello.default.svc.cluster.local:8080/', 'hello.default.svc.cluster.local:8080/'],
    ['http://alias.default.svc/', 'alias.default.svc/'],
  ])('%s goes through the gateway', async (url, inside) => {
    const world = new World();
    await world.send(url);
    expect([world.inside, world.outside]).toEqual([[inside], []]);
  });

  test.each([
    ['http://metadata.default.svc/latest', 'http://169.254.169.254/latest'],
    ['http://local.default.svc.cluster.local:9000/', 'http://localhost:9000/'],
    ['http://shop.default.svc/a?b=c', 'http://shop.example.com/a?b=c'],
  ])('%s, a Service for a name, goes where addresses are checked', async (url, outside) => {
    const world = new World();
    await world.send(url);
    expect([world.inside, world.outside]).toEqual([[], [outside]]);
  });

  test.each(['http://kubernetes.default.svc/api', 'http://bad.default.svc/'])('%s is refused', async (url) => {
    const world = new World();
    await expect(world.send(url)).rejects.toThrow(/is the API server|which is no host/);
    expect([world.inside, world.outside]).toEqual([[], []]);
  });

  test.each(['https://kubernetes.default.svc/api', 'http://example.com/', 'http://hello.default.svc.evil.com/', 'nonsense'])(
    '%s is no host of the cluster',
    async (url) => {
      const world = new World();
      await world.send(url);
      expect([world.inside, world.outside]).toEqual([[], [url]]);
    },
  );
});
