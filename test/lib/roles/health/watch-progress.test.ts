import { BrokerType, type KubeObject, PodType } from '../../../../lib/api';
import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { type Cluster, ClusterError, type Watch, type WatchEvent } from '../../../../lib/kube';
import { WatchProgress } from '../../../../lib/roles/health';

const MINUTE = 60_000;

/** A cluster whose lists and watches a test works by hand. */
function setUp() {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const watches: { say(): void; end(): void; stopped: boolean }[] = [];
  let refusal: ClusterError | undefined;
  const never = () => Promise.reject(new Error('not asked for'));
  const cluster: Cluster = {
    ...{ get: never, create: never, update: never, updateStatus: never, patch: never, delete: never },
    list: async () => {
      if (refusal) throw refusal;
      return { items: [], resourceVersion: '1' };
    },
    watch: <T extends KubeObject>(_type: unknown, _options: unknown, onEvent: (event: WatchEvent<T>) => void): Watch => {
      let end: () => void = () => {};
      const closed = new Promise<undefined>((resolve) => {
        end = () => resolve(undefined);
      });
      const one = {
        say: () => onEvent({ type: 'BOOKMARK', resourceVersion: '2' }),
        end,
        stopped: false,
      };
      watches.push(one);
      const stop = () => {
        one.stopped = true;
      };
      return { closed, stop };
    },
  };
  const progress = new WatchProgress(clock);
  const refuse = (error: ClusterError | undefined) => {
    refusal = error;
  };
  return { clock, progress, observed: progress.observed(cluster), watches, refuse };
}

test('a list that fails is told with kind and reason until it succeeds', async () => {
  const { progress, observed, refuse } = setUp();
  refuse(new ClusterError('Forbidden', 'brokers is forbidden'));
  await expect(observed.list(BrokerType)).rejects.toThrow('forbidden');
  expect(progress.failing).toEqual(['Broker of eventing.knative.dev/v1: brokers is forbidden']);
  refuse(undefined);
  await observed.list(BrokerType);
  expect(progress.failing).toEqual([]);
});

test('a watch that hears nothing, not even a bookmark, for a quarter of an hour is silent', async () => {
  const { clock, progress, observed, watches } = setUp();
  const heard: unknown[] = [];
  observed.watch(PodType, { resourceVersion: '1' }, (event) => heard.push(event));
  observed.watch(BrokerType, { resourceVersion: '1' }, () => {});
  await clock.advance(10 * MINUTE);
  watches[0]!.say();
  expect(heard).toHaveLength(1);
  await clock.advance(6 * MINUTE);
  expect(progress.silent).toEqual(['Broker']);
  await clock.advance(10 * MINUTE);
  expect(progress.silent).toEqual(['Pod', 'Broker']);
});

test('one that was stopped is not missed, and one that ended only until the next has begun', async () => {
  const { clock, progress, observed, watches } = setUp();
  const stopped = observed.watch(PodType, { resourceVersion: '1' }, () => {});
  observed.watch(BrokerType, { resourceVersion: '1' }, () => {});
  stopped.stop();
  expect(watches[0]!.stopped).toBe(true);
  watches[1]!.end();
  await clock.advance(16 * MINUTE);
  expect(progress.silent).toEqual(['Broker']);
  observed.watch(BrokerType, { resourceVersion: '2' }, () => {});
  expect(progress.silent).toEqual([]);
});
