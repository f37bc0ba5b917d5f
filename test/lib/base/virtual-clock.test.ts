import fc from 'fast-check';
import { CountingExecutor, VirtualClock } from '../../../lib/base';

function harness() {
  const errors: unknown[] = [];
  const executor = new CountingExecutor((error) => errors.push(error));
  return { executor, clock: new VirtualClock(executor, 0), errors };
}

test('time stands still until it is advanced', async () => {
  const { clock } = harness();
  let fired = false;
  clock.after(1, () => {
    fired = true;
  });
  await clock.settle();
  expect([clock.now(), fired]).toEqual([0, false]);
  await clock.advance(1);
  expect([clock.now(), fired]).toEqual([1, true]);
});

test('timers fire in order of time, then of making, whatever the order they were set in', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(50), { maxLength: 20 }), async (delays) => {
      const { clock } = harness();
      const fired: [number, number][] = [];
      delays.forEach((delay, index) => {
        clock.after(delay, () => fired.push([clock.now(), index]));
      });
      await clock.advance(50);
      const expected = delays.map((delay, index): [number, number] => [delay, index]).sort((a, b) => a[0] - b[0] || a[1] - b[1]);
      expect(fired).toEqual(expected);
    }),
    { numRuns: 25 },
  );
});

test('a timer set by what another timer started fires at its own instant', async () => {
  const { clock } = harness();
  const seen: number[] = [];
  clock.after(10, async () => {
    await Promise.resolve();
    clock.after(5, () => seen.push(clock.now()));
  });
  await clock.advance(100);
  expect(seen).toEqual([15]);
});

test('a period keeps its beat and stops when cancelled', async () => {
  const { clock } = harness();
  const seen: number[] = [];
  const timer = clock.every(10, () => seen.push(clock.now()));
  await clock.advance(35);
  timer.cancel();
  await clock.advance(35);
  expect(seen).toEqual([10, 20, 30]);
});

test('time does not pass work that is under way outside the clock', async () => {
  const { clock, executor } = harness();
  const order: string[] = [];
  clock.after(5, () => order.push('timer'));
  executor.run('io', async () => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    order.push('io');
  });
  await clock.advance(10);
  expect(order).toEqual(['io', 'timer']);
});

test('work that sleeps on the clock does not hold the clock up', async () => {
  const { clock, executor } = harness();
  const seen: number[] = [];
  executor.run('sleeper', async () => {
    await clock.sleep(1000);
    seen.push(clock.now());
    await clock.sleep(1000);
    seen.push(clock.now());
  });
  await clock.advance(5000);
  expect(seen).toEqual([1000, 2000]);
  expect(executor.pending()).toEqual([]);
});

test('a sleep ends with the reason of its signal, and its timer is gone', async () => {
  const { clock } = harness();
  const stop = new AbortController();
  const sleeping = clock.sleep(1000, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(sleeping).rejects.toThrow('stopped');
});

test('background work that throws is reported with its label and does not stop the clock', async () => {
  const { clock, executor, errors } = harness();
  executor.run('bad', () => {
    throw new Error('no');
  });
  await clock.advance(1);
  expect(errors).toEqual([new Error('no')]);
});
