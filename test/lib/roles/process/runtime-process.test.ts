import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { CountingExecutor, type Log, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { ClusterError } from '../../../../lib/kube';
import { UnreachableError } from '../../../../lib/kube/http';
import { LocalServiceAccounts, MemoryCluster, MemoryStore, TokenIssuer } from '../../../../lib/local';
import { type Role, type RoleContext, RuntimeProcess, type RuntimeProcessOptions } from '../../../../lib/roles/process';

interface Answer {
  readonly status: number;
  readonly text: string;
}

function ask(port: number, path: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = http.get({ host: '127.0.0.1', port, path, agent: false }, async (response) => {
      let text = '';
      for await (const chunk of response) text += chunk;
      resolve({ status: response.statusCode!, text });
    });
    request.on('error', reject);
  });
}

const turn = () => new Promise<void>((resolve) => setImmediate(resolve));

async function until(look: () => boolean): Promise<void> {
  while (!look()) await turn();
}

/** A process whose role a test starts and stops by hand. */
class World {
  readonly clock = new VirtualClock(new CountingExecutor(() => {}));
  readonly events: string[] = [];
  readonly contexts: RoleContext[] = [];
  readonly store = new MemoryStore();
  ports = { health: 0, metrics: 0 };
  answers: () => Promise<void> = async () => {};
  start: (context: RoleContext) => Promise<void> = async () => {};
  stop: () => Promise<void> = async () => {};
  readonly #signals = new Set<() => void>();

  run(more: Partial<RuntimeProcessOptions> = {}): Promise<boolean> {
    const { clock, events } = this;
    const note =
      (level: string) =>
      (message: string): void =>
        void events.push(`${level} ${message}`);
    const log: Log = { ...noLog, info: note('info'), warn: note('warn') };
    const role: Role = {
      keepsEvents: true,
      start: async (context) => {
        this.contexts.push(context);
        await this.start(context);
        return { stop: () => this.stop().then(() => void events.push('stopped')) };
      },
    };
    const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: [] });
    return new RuntimeProcess({
      ...{ role, clock, log, executor: new CountingExecutor(() => {}), random: seededRandom(1) },
      ...{ cluster, accounts: new LocalServiceAccounts(cluster, new TokenIssuer(clock)) },
      reach: () => this.answers(),
      pod: { name: 'runtime-0', namespace: 'knative-serving', ip: '10.0.0.7' },
      ports: { external: 0, internal: 0, health: 0, metrics: 0, link: 0 },
      openStore: async () => this.store,
      ...{ deniedSinks: ['10.96.0.1:443'], drainDelayMs: 5000 },
      onInterrupt: (fn) => {
        this.#signals.add(fn);
        return () => this.#signals.delete(fn);
      },
      onListening: (ports) => {
        this.ports = ports;
      },
      ...more,
    }).run();
  }

  signal(): void {
    for (const fn of [...this.#signals]) fn();
  }

  said(text: string): boolean {
    return this.events.includes(text);
  }

  ready(): Promise<Answer> {
    return ask(this.ports.health, '/readyz');
  }
}

test('a role gets its pod, its store and the addresses that events may not go to; then the process is ready', async () => {
  const world = new World();
  const ended = world.run();
  await until(() => world.said('info ready'));
  expect(world.contexts).toEqual([
    expect.objectContaining({
      pod: { name: 'runtime-0', namespace: 'knative-serving', ip: '10.0.0.7' },
      store: world.store,
      deniedSinks: ['10.96.0.1:443'],
    }),
  ]);
  expect(await world.ready()).toEqual({ status: 200, text: 'ok\n' });
  expect((await ask(world.ports.metrics, '/metrics')).text).toContain('process_cpu_seconds_total');
  world.signal();
  await until(() => world.said('info draining'));
  await world.clock.advance(5000);
  expect(await ended).toBe(true);
});

test('while the store of events is looked through the process lives, is not ready, and says how far it is', async () => {
  const world = new World();
  let opened: () => void = () => {};
  const ended = world.run({
    openStore: async (tell) => {
      tell('5000 of 20000 entries');
      await new Promise<void>((resolve) => {
        opened = resolve;
      });
      return world.store;
    },
  });
  await until(() => world.ports.health > 0);
  await turn();
  expect((await ask(world.ports.health, '/healthz')).status).toBe(200);
  expect(await world.ready()).toEqual({ status: 503, text: 'start: the process has just begun\nstore: 5000 of 20000 entries\n' });
  expect(world.contexts).toEqual([]);
  opened();
  await until(() => world.said('info ready'));
  expect((await world.ready()).status).toBe(200);
  world.signal();
  await until(() => world.said('info draining'));
  await world.clock.advance(5000);
  expect(await ended).toBe(true);
});

test('while the API server cannot be reached it tries again with growing pauses, lives, and is not ready, by name', async () => {
  const world = new World();
  world.start = () => Promise.reject(new UnreachableError('https://10.96.0.1:443', new Error('connect ECONNREFUSED')));
  const ended = world.run();
  const attempts: number[] = [];
  for (const after of [1000, 2000, 4000, 8000, 10_000, 10_000]) {
    await until(() => world.contexts.length > attempts.length && world.clock.nextTimer() !== undefined);
    attempts.push(world.clock.monotonic());
    await world.clock.advance(after - 1);
    await turn();
    expect(world.contexts).toHaveLength(attempts.length);
    await world.clock.advance(1);
  }
  expect(attempts).toEqual([0, 1000, 3000, 7000, 15_000, 25_000]);
  expect(world.events.filter((text) => text === 'warn cannot start yet').length).toBeGreaterThanOrEqual(6);
  const { status, text } = await world.ready();
  expect([status, text]).toEqual([503, 'start: cannot reach https://10.96.0.1:443: connect ECONNREFUSED; it is tried again\n']);
  expect((await ask(world.ports.health, '/healthz')).status).toBe(200);
  world.signal();
  expect(await ended).toBe(true);
});

test('kinds that cannot be listed are named', async () => {
  const world = new World();
  world.start = async ({ cluster, readiness }) => {
    readiness.need('gateway', 'not read yet');
    await cluster.list({ kind: 'Ghost', group: 'x', version: 'v1' } as never).catch(() => {
      throw new ClusterError('NotFound', 'there is no such kind');
    });
  };
  const ended = world.run();
  await until(() => world.said('warn cannot start yet'));
  expect((await world.ready()).text.split('\n')).toEqual([
    'start: there is no such kind; it is tried again',
    'gateway: not read yet',
    expect.stringMatching(/^cannot list Ghost of x\/v1: /),
    '',
  ]);
  world.signal();
  await ended;
});

test('a store that is whole again only after another start is a reason for one', async () => {
  const world = new World();
  const ended = world.run({ openStore: async () => Object.assign(new MemoryStore(), { isBroken: true }) });
  await until(() => world.said('info ready'));
  expect(await ask(world.ports.health, '/healthz')).toEqual({
    status: 503,
    text: 'the database of events failed while it was written: it is repaired when the process starts anew\n',
  });
  world.signal();
  await until(() => world.said('info draining'));
  await world.clock.advance(5000);
  expect(await ended).toBe(true);
});

test('what does not pass by itself ends the process with its error', async () => {
  const world = new World();
  world.start = () => Promise.reject(new Error('no such module'));
  await expect(world.run()).rejects.toThrow('no such module');
});

test('a port that is taken is named, with the options', async () => {
  const taken = http.createServer();
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
  const { port } = taken.address() as AddressInfo;
  const world = new World();
  world.start = () =>
    new Promise((resolve, reject) =>
      http
        .createServer()
        .once('error', reject)
        .listen(port, '127.0.0.1', () => resolve()),
    );
  await expect(world.run()).rejects.toMatchObject({
    code: 'KNC4005',
    message: `port ${port}, for requests, cannot be had: EADDRINUSE`,
    remedy: expect.stringContaining('--external-port'),
  });
  taken.close();
});

test('told to end, it is not ready first, serves on for the delay, then stops its role, and closes the store last', async () => {
  const world = new World();
  world.store.close = async () => void world.events.push('store closed');
  const ended = world.run();
  await until(() => world.said('info ready'));
  world.signal();
  await until(() => world.said('info draining'));
  expect(await world.ready()).toEqual({ status: 503, text: 'draining: the process is to end\n' });
  await world.clock.advance(4999);
  await turn();
  expect(world.said('stopped')).toBe(false);
  await world.clock.advance(1);
  expect(await ended).toBe(true);
  expect(world.events.slice(-4)).toEqual(['info draining', 'stopped', 'store closed', 'info ended']);
});

test('told twice, it does not wait', async () => {
  const world = new World();
  let release = () => {};
  world.stop = () =>
    new Promise((resolve) => {
      release = resolve;
    });
  const ended = world.run({ drainDelayMs: 0 });
  await until(() => world.said('info ready'));
  world.signal();
  await until(() => world.said('info draining'));
  world.signal();
  expect(await ended).toBe(false);
  expect(world.said('stopped')).toBe(false);
  await world.clock.advance(0);
  release();
  await until(() => world.said('info ended'));
});

test('a watch that is silent is a reason to start anew only while the API server answers', async () => {
  const world = new World();
  world.start = async ({ cluster }) => {
    cluster
      .watch({ kind: 'Ghost', group: 'x', version: 'v1' } as never, { resourceVersion: '1' }, () => {})
      .closed.catch(() => {});
  };
  const quiet = { watch: () => ({ stop: () => {}, closed: new Promise<undefined>(() => {}) }) };
  const none = () => Promise.reject(new Error('not asked for'));
  const cluster = { ...quiet, get: none, list: none, create: none, update: none, updateStatus: none, patch: none, delete: none };
  const ended = world.run({ cluster: cluster as never });
  await until(() => world.said('info ready'));
  await world.clock.advance(16 * 60_000);
  const health = () => ask(world.ports.health, '/healthz');
  expect(await health()).toEqual({
    status: 503,
    text: 'nothing was heard of Ghost for a quarter of an hour, though the API server answers\n',
  });
  world.answers = () => Promise.reject(new Error('connect ECONNREFUSED'));
  expect(await health()).toEqual({ status: 200, text: 'ok\n' });
  world.signal();
  await until(() => world.said('info draining'));
  await world.clock.advance(5000);
  await ended;
});
