import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { Drainer } from '../../../../lib/roles/queue/drainer';

const world = () => {
  const clock = new VirtualClock(
    new CountingExecutor((error) => {
      throw error;
    }),
  );
  return { clock, drainer: new Drainer(clock) };
};
const when = (clock: VirtualClock, promise: Promise<void>) => promise.then(() => clock.monotonic());

test('a pod is quiet when nobody has sent anything for a while', async () => {
  const { clock, drainer } = world();
  const begin = clock.monotonic();
  drainer.begin();
  const quiet = when(clock, drainer.quiet(5000));
  await clock.advance(4000);
  drainer.arrived();
  await clock.advance(20_000);
  expect((await quiet) - begin).toBe(9000);
});

test('somebody who does not stop is not waited for', async () => {
  const { clock, drainer } = world();
  const begin = clock.monotonic();
  const often = clock.every(1000, () => drainer.arrived());
  drainer.begin();
  const quiet = when(clock, drainer.quiet(5000));
  await clock.advance(60_000);
  often.cancel();
  expect((await quiet) - begin).toBe(30_000);
});

test('containers wait until nothing is inside a pod that ends', async () => {
  const { clock, drainer } = world();
  const begin = clock.monotonic();
  const waited = when(clock, drainer.waitForDrain(1000));
  await clock.advance(500);
  drainer.begin();
  await clock.advance(10_000);
  drainer.finish();
  expect((await waited) - begin).toBe(10_500);
  await drainer.waitForDrain(1000);
});

test('a container that alone is started anew does not wait for the end of the pod', async () => {
  const { clock, drainer } = world();
  const begin = clock.monotonic();
  const waited = when(clock, drainer.waitForDrain(1000));
  await clock.advance(5000);
  expect((await waited) - begin).toBe(1000);
});
