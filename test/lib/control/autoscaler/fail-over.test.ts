import { CountingExecutor, noLog, noMetrics, VirtualClock } from '../../../../lib/base';
import { Autoscaler, type ScaleAnswer, type Stat } from '../../../../lib/control/autoscaler';
import { spec } from './support';

const KEY = 'default/hello-00001';

function leader(clock: VirtualClock, executor: CountingExecutor) {
  const autoscaler = new Autoscaler({ clock, executor, log: noLog, metrics: noMetrics });
  const answers: number[] = [];
  const ask = (readyPods: number) =>
    autoscaler.ask({ topic: 'scale', key: KEY, input: spec({ readyPods }) }, (_, value) =>
      answers.push((value as ScaleAnswer).desired),
    );
  return { autoscaler, answers, ask };
}

function setup() {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const stat = (averageConcurrency: number): Stat => ({
    ...{ namespace: 'default', revision: 'hello-00001', time: clock.now(), reporter: 'g' },
    ...{ averageConcurrency, requestCount: averageConcurrency },
  });
  return { clock, stat, next: () => leader(clock, executor) };
}

test('a leader that is told what gateways have reported of late decides as the one before it', async () => {
  const { clock, stat, next } = setup();
  const first = next();
  const told: Stat[] = [];
  first.ask(1);
  for (let i = 0; i < 60; i++) {
    told.push(stat(i < 50 ? 7 : 0));
    first.autoscaler.record([told.at(-1)!]);
    await clock.advance(1000);
  }
  first.autoscaler.stop();
  const second = next();
  const third = next();
  // Gateways are heard before plans ask.
  second.autoscaler.record(told);
  second.ask(1);
  third.ask(1);
  await clock.advance(2000);
  expect(second.answers).toEqual([first.answers.at(-1)]);
  // Without that it would be judged by the silence of the last seconds alone.
  expect([first.answers.at(-1), third.answers.at(-1)]).toEqual([1, 0]);
});

test('while a gateway is not heard no pods are taken away, and some may be added', async () => {
  const { clock, stat, next } = setup();
  const { autoscaler, answers, ask } = next();
  autoscaler.setHearing(false);
  ask(4);
  await clock.advance(60_000);
  expect(answers).toEqual([]);
  autoscaler.record([stat(1)]);
  await clock.advance(2000);
  expect(answers).toEqual([4]);
  for (let i = 0; i < 10; i++) {
    autoscaler.record([stat(100)]);
    await clock.advance(1000);
  }
  expect(answers.at(-1)).toBeGreaterThan(4);
  const most = answers.at(-1)!;
  await clock.advance(120_000);
  expect(answers.at(-1)).toBe(most);
  autoscaler.setHearing(true);
  await clock.advance(180_000);
  expect(answers.at(-1)).toBe(0);
});
