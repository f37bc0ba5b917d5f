import { CountingExecutor, type Log, type Metrics, noLog, noMetrics, VirtualClock } from '../../../../lib/base';
import { Autoscaler, type DeciderSpec, type ScaleAnswer, type ScaleChange } from '../../../../lib/control/autoscaler';
import { spec } from './support';

const KEY = 'default/hello-00001';

function started(more: { log?: Log; metrics?: Metrics; firstDecisionDelayMs?: number } = {}) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  let timers = 0;
  const counting = Object.assign(Object.create(clock) as VirtualClock, {
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
    after: (ms: number, fn: () => void) => clock.after(ms, fn),
    now: () => clock.now(),
  });
  const autoscaler = new Autoscaler({ clock: counting, executor, log: noLog, metrics: noMetrics, ...more });
  const answers: ScaleAnswer[] = [];
  const ask = (input: DeciderSpec, key = KEY) =>
    autoscaler.ask({ topic: 'scale', key, input }, (_, value) => answers.push(value as ScaleAnswer));
  const stat = (averageConcurrency: number, more: { requestCount?: number; reporter?: string; time?: number } = {}) =>
    autoscaler.record([
      {
        namespace: 'default',
        revision: 'hello-00001',
        time: clock.now(),
        averageConcurrency,
        requestCount: averageConcurrency,
        ...more,
      },
    ]);
  return { clock, autoscaler, answers, ask, stat, timers: () => timers };
}

test('decides every two seconds while there are pods, and answers only what is new', async () => {
  const { clock, answers, ask, stat } = started();
  ask(spec({ readyPods: 1 }));
  for (let i = 0; i < 10; i++) {
    stat(35);
    await clock.advance(1000);
  }
  expect(answers).toEqual([{ desired: 4, excessBurstCapacity: -122 }]);
});

test('answers at once to the first request of a revision at zero', async () => {
  const { clock, answers, ask, stat } = started();
  ask(spec({ readyPods: 1 }));
  await clock.advance(2000);
  ask(spec({ readyPods: 0 }));
  expect(answers.at(-1)?.desired).toBe(0);
  await clock.advance(120_000);
  stat(1);
  expect(answers.at(-1)?.desired).toBe(1);
});

test('gives a gateway time to raise the scale by itself, and decides once on all that came meanwhile', async () => {
  const { clock, autoscaler, answers, ask, stat } = started({ firstDecisionDelayMs: 100 });
  const changes: number[] = [];
  autoscaler.onDecision(({ to }) => changes.push(to));
  ask(spec({ readyPods: 0 }));
  stat(1);
  await clock.advance(50);
  stat(35, { reporter: 'other' });
  await clock.advance(49);
  expect(answers).toEqual([]);
  await clock.advance(1);
  expect(changes).toEqual([4]);
});

test('a revision that is gone and made anew is not decided on by what was asked of the first', async () => {
  const { clock, autoscaler, answers, ask, stat } = started({ firstDecisionDelayMs: 100 });
  ask(spec({ readyPods: 0 }));
  stat(1);
  autoscaler.forget(KEY);
  await clock.advance(50);
  ask(spec({ readyPods: 0 }));
  stat(1);
  await clock.advance(99);
  expect(answers).toEqual([]);
  await clock.advance(1);
  expect(answers.map(({ desired }) => desired)).toEqual([1]);
});

test('one who stops decides nothing any more', async () => {
  const { clock, autoscaler, answers, ask, stat } = started({ firstDecisionDelayMs: 100 });
  ask(spec({ readyPods: 0 }));
  stat(1);
  autoscaler.stop();
  await clock.advance(10_000);
  expect(answers).toEqual([]);
});

test('answers at once where nothing was known yet', () => {
  const { answers, ask, stat } = started();
  ask(spec({ readyPods: 0 }));
  stat(1);
  expect(answers.map(({ desired }) => desired)).toEqual([1]);
});

test('a stat without load wakes nobody', async () => {
  const { clock, answers, ask, stat, timers } = started();
  ask(spec({ readyPods: 0 }));
  await clock.advance(4000);
  stat(0);
  expect(timers()).toBe(0);
  expect(answers).toEqual([]);
});

test('adds up the reports of several gateways', async () => {
  const { clock, answers, ask, stat } = started();
  ask(spec({ readyPods: 4, panicThreshold: 100 }));
  for (let i = 0; i < 70; i++) {
    stat(20, { reporter: 'a' });
    stat(30, { reporter: 'b' });
    await clock.advance(1000);
  }
  expect(answers.at(-1)?.desired).toBe(5);
});

test('a second without a report is a second without requests while there are pods', async () => {
  const { clock, answers, ask, stat } = started();
  ask(spec({ readyPods: 1 }));
  stat(10);
  await clock.advance(2000);
  expect(answers.at(-1)?.desired).toBe(1);
  await clock.advance(59_000);
  expect(answers.at(-1)?.desired).toBe(0);
});

test('a load that ends while no pod has come up ends the wish for pods', async () => {
  const { clock, answers, ask, stat, timers } = started();
  ask(spec({ readyPods: 0 }));
  for (let i = 0; i < 5; i++) {
    stat(50);
    await clock.advance(1000);
  }
  expect(answers.at(-1)?.desired).toBe(5);
  await clock.advance(140_000);
  expect(answers.at(-1)?.desired).toBe(0);
  expect(timers()).toBe(0);
});

test('a thousand idle revisions have no timer between them', async () => {
  const { clock, ask, timers } = started();
  for (let i = 0; i < 1000; i++) ask(spec({ readyPods: 1 }), `default/rev-${i}`);
  expect(timers()).toBe(1);
  await clock.advance(4000);
  for (let i = 0; i < 1000; i++) ask(spec({ readyPods: 0 }), `default/rev-${i}`);
  await clock.advance(4000);
  expect(timers()).toBe(0);
});

test('a changed question keeps the history, a forgotten one does not', async () => {
  const { clock, autoscaler, answers, ask, stat } = started();
  ask(spec({ readyPods: 1, panicThreshold: 100 }));
  for (let i = 0; i < 30; i++) {
    stat(35);
    await clock.advance(1000);
  }
  ask(spec({ readyPods: 4, panicThreshold: 100 }));
  expect(answers.at(-1)?.desired).toBe(4);
  stat(5);
  await clock.advance(2000);
  const { stableValue } = autoscaler.explain('default', 'hello-00001')!;
  expect(stableValue).toBeCloseTo((30 * 35 + 5) / 31, 5);
  autoscaler.forget(KEY);
  expect(autoscaler.explain('default', 'hello-00001')).toBeUndefined();
  ask(spec({ readyPods: 1, panicThreshold: 100 }));
  stat(5);
  expect(autoscaler.explain('default', 'hello-00001')?.stableValue).toBe(5);
});

test('stats of a revision that nobody asked about, or from the future, do no harm', async () => {
  const { clock, autoscaler, answers, ask, stat } = started();
  stat(5);
  expect(autoscaler.explain('default', 'hello-00001')).toBeUndefined();
  ask(spec({ readyPods: 1 }));
  stat(5, { time: clock.now() + 3_600_000 });
  await clock.advance(2000);
  expect(answers.at(-1)?.desired).toBe(1);
  await clock.advance(70_000);
  expect(answers.at(-1)?.desired).toBe(0);
});

test('tells every change of scale, with its reasons, until nobody listens', async () => {
  const { clock, autoscaler, ask, stat } = started();
  const changes: ScaleChange[] = [];
  const end = autoscaler.onDecision((change) => changes.push(change));
  ask(spec({ readyPods: 1 }));
  stat(35);
  await clock.advance(90_000);
  expect(changes.map(({ from, to }) => [from, to])).toEqual([
    [undefined, 4],
    [4, 0],
  ]);
  expect(changes[0]).toMatchObject({
    namespace: 'default',
    revision: 'hello-00001',
    explanation: { stableValue: 35, desired: 4 },
  });
  end();
  stat(35);
  expect(changes).toHaveLength(2);
});

test('logs and measures every decision', async () => {
  const logged: unknown[] = [];
  const gauges: Record<string, number> = {};
  const log: Log = { ...noLog, debug: (message, fields) => logged.push([message, fields]) };
  const gauge: Metrics['gauge'] = (name) => ({
    set: (_, value) => Object.assign(gauges, { [name]: value }),
    remove: ({ revision }) => revision === 'hello-00001' && delete gauges[name],
  });
  const { clock, autoscaler, ask, stat } = started({ log, metrics: { ...noMetrics, gauge } });
  ask(spec({ readyPods: 1 }));
  stat(35);
  await clock.advance(2000);
  const decision = expect.objectContaining({ namespace: 'default', revision: 'hello-00001', desired: 4, stableValue: 35 });
  expect(logged).toEqual([
    ['scale decision', decision], // the first request
    ['scale decision', decision], // the tick
  ]);
  expect(gauges).toEqual({
    kn_revision_pods_desired: 4,
    kn_revision_capacity_excess: -122,
    kn_revision_panic_mode: 1,
    kn_revision_concurrency_stable: 35,
    kn_revision_concurrency_panic: 35,
    kn_revision_concurrency_target: 10,
  });
  autoscaler.forget(KEY);
  expect(gauges).toEqual({});
});

test('stops', async () => {
  const { autoscaler, ask, timers } = started();
  ask(spec({ readyPods: 1 }));
  expect(timers()).toBe(1);
  autoscaler.stop();
  expect(timers()).toBe(0);
});
