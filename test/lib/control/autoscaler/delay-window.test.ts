import { type DelayWindow, delayed } from '../../../../lib/control/autoscaler/delay-window';

// Slots of two seconds; a delay of ten seconds is a window of five of them.
const currents = (values: readonly number[], slotOf: (i: number) => number = (i) => i): number[] => {
  let window: DelayWindow = [];
  return values.map((value, i) => {
    window = delayed(window, 10_000, slotOf(i) * 2000, value);
    return window[0]!.value;
  });
};

const cases: readonly { of: string; values: number[]; want: number[]; slotOf?: (i: number) => number }[] = [
  { of: 'a single value', values: [1], want: [1] },
  { of: 'rising values', values: [1, 2], want: [1, 2] },
  { of: 'falling values', values: [2, 1], want: [2, 2] },
  { of: 'up, down, up', values: [1, 2, 1], want: [1, 2, 2] },
  { of: 'a value that leaves the window', values: [5, 6, 5, 5, 5, 5, 5], want: [5, 6, 6, 6, 6, 6, 5] },
  { of: 'gaps', values: [6, 5, 2, 1], want: [6, 6, 6, 2], slotOf: (i) => (i >= 3 ? i + 3 : i) },
  {
    of: 'a long run',
    values: [5, 8, 5, 7, 5, 5, 1, 4, 4, 4, 4, 9, 3, 4, 2, 1, 0],
    want: [5, 8, 8, 8, 8, 8, 7, 7, 5, 5, 4, 9, 9, 9, 9, 9, 4],
  },
  { of: 'rising values in one slot', values: [1, 2, 3, 4], want: [1, 2, 3, 4], slotOf: () => 1 },
  { of: 'falling values in one slot', values: [4, 3, 2, 1], want: [4, 4, 4, 4], slotOf: () => 1 },
];

test.each(cases)('the largest recent decision stands over $of', ({ values, want, slotOf }) => {
  expect(currents(values, slotOf)).toEqual(want);
});
