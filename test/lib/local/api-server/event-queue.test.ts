import { CountingExecutor, VirtualClock } from '../../../../lib/base';
import { EventQueue } from '../../../../lib/local/api-server/event-queue';

function queue() {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  const written: string[] = [];
  const state = { flowing: true, givenUp: 0, drain: () => {} };
  const sink = {
    write: (text: string) => {
      written.push(text);
      return state.flowing;
    },
    onDrain: (fn: () => void) => {
      state.drain = fn;
    },
  };
  const events = new EventQueue(sink, clock, () => state.givenUp++);
  events.open();
  return { clock, written, state, events };
}

test('events go out at once while the reader takes them, and wait unwritten while it does not', () => {
  const { written, state, events } = queue();
  events.push(() => 1);
  state.flowing = false;
  events.push(() => 2);
  events.push(() => 3);
  expect(written).toEqual(['1\n', '2\n']);
  state.flowing = true;
  state.drain();
  expect(written).toEqual(['1\n', '2\n', '3\n']);
});

test('a reader that is too far behind is given up, and gets nothing more', () => {
  const { written, state, events } = queue();
  state.flowing = false;
  for (let i = 0; i < 30_000; i++) events.push(() => i);
  state.drain();
  expect([written.length, state.givenUp]).toEqual([1, 1]);
});

test('a reader that reads nothing for a minute is given up, one that reads is not', async () => {
  const { clock, state, events } = queue();
  state.flowing = false;
  events.push(() => 1);
  await clock.advance(40_000);
  state.drain();
  events.push(() => 2);
  await clock.advance(40_000);
  expect(state.givenUp).toBe(0);
  await clock.advance(30_000);
  expect(state.givenUp).toBe(1);
});
