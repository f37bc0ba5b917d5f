import fc from 'fast-check';
import { History } from '../../../../lib/control/autoscaler/history';
import { isEmpty, linearAverage, smoothingCoefficient, weightedAverage } from '../../../../lib/control/autoscaler/window';

const START = Date.UTC(2026, 0, 1);
const at = (seconds: number) => START + seconds * 1000;

function history(window: number) {
  const kept = new History();
  const record = (seconds: number, value: number) => kept.record(at(seconds), value, 0, window * 1000);
  const average = (seconds: number) => linearAverage(kept.samples, 'concurrency', window * 1000, at(seconds));
  const weighted = (seconds: number) => weightedAverage(kept.samples, 'concurrency', window * 1000, at(seconds));
  return { kept, record, average, weighted };
}

describe('the plain average', () => {
  test('follows a young window, a hole, a late report and a fresh start', () => {
    const { record, average } = history(5);
    record(0, 1);
    expect(average(0)).toBe(1); // one second so far, not one fifth
    for (let i = 1; i < 5; i++) record(i, i + 1);
    expect(average(4)).toBe(15 / 5);
    expect(average(3.6)).toBe(15 / 5); // the reader's clock lags
    expect(average(6)).toBe((15 - 1 - 2) / (5 - 2)); // two seconds without a report do not count
    expect(average(10)).toBe(0);
    record(6, 91);
    expect(average(6)).toBe((15 - 1 - 2 + 91) / 5); // the hole counts once a report follows it
    record(60, 1984);
    expect(average(60)).toBe(1984); // a gap of a window starts over
    record(57, 4);
    expect(average(60)).toBe((4 + 1984) / 4);
    record(61, 5);
    expect(average(61)).toBeCloseTo((4 + 1984 + 5) / 5, 6);
    record(58, 10);
    expect(average(61)).toBeCloseTo((4 + 10 + 1984 + 5) / 5, 6);
    for (const tooOld of [55, 56]) record(tooOld, 10);
    expect(average(61)).toBeCloseTo((4 + 10 + 1984 + 5) / 5, 6);
    record(66, 10);
    expect(average(66)).toBe(10);
  });

  test('of reports that come in backwards is the same', () => {
    const { record, average } = history(5);
    for (let i = 8; i >= 0; i--) record(i, 5);
    expect(average(5)).toBe(5);
  });

  test('adds up what several gateways report for one second', () => {
    const { record, average } = history(5);
    record(0.2, 1.25);
    record(0.7, 10);
    expect(average(0)).toBe(11.25);
  });

  test('is rounded to six digits', () => {
    const { record, average } = history(5);
    for (const i of [0, 1, 2]) record(i, i === 0 ? 1 : 0);
    expect(average(2)).toBe(0.333333);
  });

  test('of a constant load is that load, whatever the window and however long it has gone on', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 90 }),
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 0, max: 1000 }),
        (window, n, load) => {
          const { record, average } = history(window);
          for (let i = 0; i < n; i++) record(i, load);
          expect(average(n - 1)).toBe(load);
        },
      ),
    );
  });
});

describe('the weighted average', () => {
  test.each([
    [100, 0.2],
    [60, 0.2],
    [40, 0.20567],
    [6, 0.78456],
  ])('of %d buckets gives the newest a weight of %d', (buckets, weight) => {
    expect(smoothingCoefficient(buckets)).toBeCloseTo(weight, 4);
  });

  test('weighs recent seconds most and ages with time', () => {
    const { record, weighted } = history(5);
    const m = smoothingCoefficient(5);
    record(0, 2);
    expect(weighted(0)).toBeCloseTo(2 * m, 10);
    expect(weighted(1)).toBeCloseTo(2 * m * (1 - m), 10);
    record(1, 2);
    expect(weighted(1)).toBeCloseTo(2 * m + 2 * m * (1 - m), 10);
    for (let i = 0; i < 5; i++) record(2 + i, 2 + i);
    expect(weighted(6)).toBeCloseTo(
      6 * m + 5 * m * (1 - m) + 4 * m * (1 - m) ** 2 + 3 * m * (1 - m) ** 3 + 2 * m * (1 - m) ** 4,
      10,
    );
    expect(weighted(16)).toBe(0);
  });
});

describe('a history', () => {
  test('is empty once nothing was recorded for longer than the window', () => {
    const { kept, record } = history(5);
    expect(isEmpty(kept.samples, 5000, at(0))).toBe(true);
    record(0, 0);
    expect(isEmpty(kept.samples, 5000, at(5))).toBe(false);
    expect(isEmpty(kept.samples, 5000, at(6))).toBe(true);
  });

  test('does not grow beyond two windows', () => {
    const { kept, record } = history(60);
    for (let i = 0; i < 10_000; i++) record(i, 1);
    expect(kept.samples.length).toBeLessThanOrEqual(121);
    expect(kept.newest).toEqual({ second: at(9999) / 1000, concurrency: 1, requests: 0 });
  });
});
