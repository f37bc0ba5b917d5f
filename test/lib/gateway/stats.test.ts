import { CountingExecutor, VirtualClock } from '../../../lib/base';
import { type Stat, Stats } from '../../../lib/gateway/stats';

function setup() {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  let timers = 0;
  const counted = Object.assign(Object.create(clock) as VirtualClock, {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    every: (ms: number, fn: () => void) => {
      timers++;
      const timer = clock.every(ms, fn);
      return {
        cancel: () => {
          timers--;
          timer.cancel();
        },
      };
    },
  });
  const reports: Stat[] = [];
  const stats = new Stats(counted, 'gw', (batch) => reports.push(...batch));
  const take = () =>
    reports.splice(0).map(({ revision, averageConcurrency, requestCount }) => [revision, averageConcurrency, requestCount]);
  return { clock, stats, reports, take, timers: () => timers };
}

describe('statistics', () => {
  test('tell of the first request of an idle revision at once, and take it off the next report', async () => {
    const { clock, stats, reports, take } = setup();
    const meter = stats.meter('default', 'r');
    meter.arrived();
    expect(reports).toEqual([
      { reporter: 'gw', namespace: 'default', revision: 'r', time: clock.now(), averageConcurrency: 1, requestCount: 1 },
    ]);
    take();
    meter.arrived();
    meter.arrived();
    await clock.advance(1000);
    expect(take()).toEqual([['r', 2, 2]]);
    await clock.advance(1000);
    expect(take()).toEqual([['r', 3, 0]]);
  });

  test('weigh concurrency by time', async () => {
    const { clock, stats, take } = setup();
    const meter = stats.meter('default', 'r');
    meter.arrived();
    await clock.advance(1000);
    take();
    await clock.advance(500);
    meter.arrived();
    await clock.advance(250);
    meter.left();
    await clock.advance(250);
    expect(take()).toEqual([['r', 1.25, 1]]);
  });

  test('tell of silence once, then keep it, with no timer left', async () => {
    const { clock, stats, take, timers } = setup();
    const meter = stats.meter('default', 'r');
    meter.arrived();
    await clock.advance(500);
    meter.left();
    await clock.advance(500);
    expect(timers()).toBe(1);
    take();
    await clock.advance(1000);
    expect(take()).toEqual([['r', 0, 0]]);
    expect(timers()).toBe(0);
    await clock.advance(10_000);
    expect(take()).toEqual([]);
    meter.arrived();
    expect(take()).toEqual([['r', 1, 1]]);
  });

  test('keep reporting a request that lasts', async () => {
    const { clock, stats, take } = setup();
    const meter = stats.meter('default', 'r');
    meter.arrived();
    await clock.advance(5000);
    expect(take().slice(2)).toEqual([1, 2, 3, 4].map(() => ['r', 1, 0]));
  });

  test('keep revisions apart', async () => {
    const { clock, stats, take } = setup();
    stats.meter('default', 'a').arrived();
    stats.meter('default', 'b').arrived();
    take();
    await clock.advance(2000);
    expect(take().slice(2)).toEqual([
      ['a', 1, 0],
      ['b', 1, 0],
    ]);
  });
});
