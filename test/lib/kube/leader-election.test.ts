import fc from 'fast-check';
import { LeaseType } from '../../../lib/api';
import { type Clock, CountingExecutor, type Executor, noLog, seededRandom, VirtualClock } from '../../../lib/base';
import { type Cluster, ClusterError, LeaderElection } from '../../../lib/kube';
import { MemoryCluster } from '../../../lib/local/cluster';

const gone = new ClusterError('Unavailable', 'no answer');

/** A cluster that can become unreachable for one of its clients. */
function link(inner: Cluster, clock: Clock, executor: Executor) {
  let state: 'up' | 'refuses' | 'hangs' = 'up';
  const through = <A extends unknown[], R>(call: (...args: A) => Promise<R>) => {
    return (...args: A): Promise<R> => {
      if (state === 'hangs') return executor.suspended(clock.sleep(60_000)).then(() => Promise.reject(gone));
      if (state === 'refuses') return Promise.reject(gone);
      return call(...args);
    };
  };
  const cluster = {
    get: through(inner.get.bind(inner) as Cluster['get']),
    create: through(inner.create.bind(inner) as Cluster['create']),
    update: through(inner.update.bind(inner) as Cluster['update']),
  } as Cluster;
  const set = (to: typeof state): void => {
    state = to;
  };
  return { cluster, set };
}

function setUp(names: readonly string[]) {
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: [LeaseType] });
  const told: string[] = [];
  const candidates = names.map((identity) => {
    const own = link(cluster, clock, executor);
    const election = new LeaderElection({
      ...{ cluster: own.cluster, clock, executor, log: noLog, identity },
      namespace: 'knative-serving',
      name: 'controller',
      onChange: (leads) => told.push(`${identity} ${leads ? 'leads' : 'stops'}`),
    });
    return { ...own, election };
  });
  const pass = (ms: number) => clock.advance(ms);
  const lease = () => cluster.get(LeaseType, 'knative-serving', 'controller');
  return { clock, executor, cluster, told, candidates, pass, lease };
}

test('a lease waits behind no other write', async () => {
  const { candidates, pass } = setUp(['a']);
  const options: unknown[] = [];
  const { election, cluster: own } = candidates[0]!;
  for (const name of ['create', 'update'] as const) {
    const inner = own[name] as (...args: unknown[]) => Promise<never>;
    Object.assign(own, {
      [name]: (...args: unknown[]) => {
        options.push(args[2]);
        return inner(...args);
      },
    });
  }
  election.start();
  await pass(11_000);
  await election.stop();
  expect(options.length).toBeGreaterThan(3);
  for (const one of options) expect(one).toEqual({ urgent: true });
});

test('the first of two leads, and renews its lease with one write every five seconds', async () => {
  const { told, candidates, pass, lease } = setUp(['a', 'b']);
  for (const { election } of candidates) {
    election.start();
    await pass(500);
  }
  expect(told).toEqual(['a leads']);
  const before = Number((await lease())!.metadata.resourceVersion);
  await pass(60_000);
  expect(told).toEqual(['a leads']);
  expect(Number((await lease())!.metadata.resourceVersion) - before).toBe(12);
  expect((await lease())!.spec).toMatchObject({ holderIdentity: 'a', leaseDurationSeconds: 15, leaseTransitions: 0 });
});

test('whoever stops gives the lease back, and the other takes over the next time that it looks', async () => {
  const { told, candidates, pass, lease } = setUp(['a', 'b']);
  for (const { election } of candidates) {
    election.start();
    await pass(500);
  }
  await candidates[0]!.election.stop();
  await pass(5000);
  expect(told).toEqual(['a leads', 'a stops', 'b leads']);
  expect((await lease())!.spec).toMatchObject({ holderIdentity: 'b', leaseTransitions: 1 });
});

test.each(['hangs', 'refuses'] as const)('a leader whose API server %s stops before another one leads', async (state) => {
  const { clock, told, candidates, pass } = setUp(['a', 'b']);
  for (const { election } of candidates) {
    election.start();
    await pass(500);
  }
  candidates[0]!.set(state);
  const from = clock.now();
  while (!told.includes('a stops')) await pass(500);
  expect(clock.now() - from).toBeLessThanOrEqual(10_000);
  expect(told).toEqual(['a leads', 'a stops']);
  while (!told.includes('b leads')) await pass(500);
  expect(clock.now() - from).toBeLessThanOrEqual(25_000);
});

test('a short failure of the API server changes nothing', async () => {
  const { told, candidates, pass } = setUp(['a']);
  candidates[0]!.election.start();
  await pass(1000);
  candidates[0]!.set('refuses');
  await pass(6000);
  candidates[0]!.set('up');
  await pass(20_000);
  expect(told).toEqual(['a leads']);
});

test('never do two lead at once, whatever fails when', async () => {
  const step = fc.record({
    who: fc.nat(2),
    to: fc.constantFrom('up' as const, 'up' as const, 'refuses' as const),
    wait: fc.integer({ min: 1, max: 40 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
      const { candidates, pass, told } = setUp(['a', 'b', 'c']);
      for (const { election } of candidates) election.start();
      for (const { who, to, wait } of steps) {
        candidates[who]!.set(to);
        await pass(wait * 500);
        expect(candidates.filter(({ election }) => election.leads).length).toBeLessThanOrEqual(1);
      }
      for (const { set } of candidates) set('up');
      await pass(40_000);
      expect(candidates.filter(({ election }) => election.leads)).toHaveLength(1);
      const leading = new Set<string>();
      for (const line of told) {
        const [name = '', verb] = line.split(' ');
        if (verb === 'leads') leading.add(name);
        else leading.delete(name);
        expect(leading.size).toBeLessThanOrEqual(1);
      }
    }),
    { numRuns: 50 },
  );
});

test('the lease is given back once the one that led has ended its work, and not before', async () => {
  const { clock, cluster, executor, candidates, told, pass } = setUp(['b']);
  let ended = (): void => {};
  const working = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const election = new LeaderElection({
    ...{ cluster, clock, executor, log: noLog, identity: 'a', namespace: 'knative-serving', name: 'controller' },
    onChange: (leads) => (leads ? undefined : working),
  });
  election.start();
  await pass(500);
  candidates[0]!.election.start();
  const stopped = election.stop();
  await pass(9000);
  expect(told).toEqual([]);
  ended();
  await stopped;
  await pass(6000);
  expect(told).toEqual(['b leads']);
});

test('a process that was held up knows by the clock that it leads no longer, before any timer has told it', async () => {
  const { clock, candidates, pass } = setUp(['a']);
  const { election } = candidates[0]!;
  election.start();
  await pass(500);
  expect(election.leads).toBe(true);
  const now = clock.monotonic();
  jest.spyOn(clock, 'monotonic').mockReturnValue(now + 10_001);
  expect(election.leads).toBe(false);
});

test('the lease is given back though a renewal is just under way', async () => {
  const { clock, executor, cluster, lease, pass } = setUp([]);
  const update = cluster.update.bind(cluster);
  const errors: string[] = [];
  const slow = link(cluster, clock, executor).cluster;
  (slow as { update: Cluster['update'] }).update = (async (...args: Parameters<Cluster['update']>) => {
    await executor.suspended(clock.sleep(100));
    return update(...args);
  }) as Cluster['update'];
  const election = new LeaderElection({
    ...{ cluster: slow, clock, executor, identity: 'a', namespace: 'knative-serving', name: 'controller', onChange: () => {} },
    log: { ...noLog, warn: (message) => errors.push(message) },
  });
  election.start();
  await pass(5050);
  const stopped = election.stop();
  await pass(500);
  await stopped;
  expect(errors).toEqual([]);
  expect((await lease())!.spec?.holderIdentity).toBe('');
});
