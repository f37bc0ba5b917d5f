import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { Debounce } from '../../../../lib/cli/dev/debounce';

function setup() {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const calls: number[] = [];
  const debounce = new Debounce(clock, 80, () => calls.push(clock.monotonic()));
  return { clock, calls, debounce };
}

test('many changes in a row are one, told when it has been quiet for the whole time', async () => {
  const { clock, calls, debounce } = setup();
  for (let i = 0; i < 5; i++) {
    debounce.poke();
    await clock.advance(50);
  }
  expect(calls).toEqual([]);
  await clock.advance(1000);
  expect(calls).toEqual([280]);
});

test('a change after the quiet is another one', async () => {
  const { clock, calls, debounce } = setup();
  debounce.poke();
  await clock.advance(100);
  debounce.poke();
  await clock.advance(100);
  expect(calls).toEqual([80, 180]);
});

test('cancelled is forgotten', async () => {
  const { clock, calls, debounce } = setup();
  debounce.poke();
  debounce.cancel();
  await clock.advance(1000);
  expect(calls).toEqual([]);
});
