import { seededRandom } from '../../../lib/base';
import { Split } from '../../../lib/gateway/split';
import { toSplits } from './world';

const REQUESTS = 10_000;

/** Six standard deviations of a binomial distribution: a right split is outside once in half a billion runs. */
const bound = (share: number) => 6 * Math.sqrt(REQUESTS * share * (1 - share));

describe('a split', () => {
  test.each([[{ a: 50, b: 50 }], [{ a: 99, b: 1 }], [{ a: 1, b: 99 }], [{ a: 20, b: 30, c: 50 }]] as Record<string, number>[][])(
    'of %j gives each its share of 10,000 requests',
    (percents) => {
      const split = new Split(toSplits(percents!));
      const random = seededRandom(11);
      const counts: Record<string, number> = {};
      for (let i = 0; i < REQUESTS; i++) {
        const { service } = split.choose(random)!;
        counts[service] = (counts[service] ?? 0) + 1;
      }
      for (const [service, percent] of Object.entries(percents!)) {
        const share = percent / 100;
        expect(Math.abs((counts[service] ?? 0) - REQUESTS * share)).toBeLessThan(bound(share));
      }
    },
  );

  test('never chooses a backend of 0 percent, at either end of the draw', () => {
    const split = new Split(toSplits({ none: 0, all: 100, neither: 0 }));
    for (const next of [0, 0.5, 0.999999999]) expect(split.choose({ next: () => next })?.service).toBe('all');
  });

  test('gives everything to a single backend that says no percentage', () => {
    const [only] = toSplits({ only: 0 });
    expect(new Split([{ ...only!, percent: undefined }]).choose(seededRandom(1))?.service).toBe('only');
  });

  test('among several backends of 0 percent chooses none', () => {
    expect(new Split(toSplits({ a: 0, b: 0 })).choose(seededRandom(1))).toBeUndefined();
  });

  test('stays inside the list when the draw is the largest there is', () => {
    expect(new Split(toSplits({ a: 33, b: 33, c: 34 })).choose({ next: () => 1 - Number.EPSILON / 2 })?.service).toBe('c');
  });

  test("sets the path's headers, then the split's own, which win whatever their case", () => {
    const [only] = toSplits({ a: 100 });
    const split = new Split([{ ...only!, appendHeaders: { 'x-both': 'split', 'X-Split': '1' } }], {
      'X-Both': 'path',
      'X-Path': '2',
    });
    expect(split.choose(seededRandom(1))?.setHeaders).toEqual(['x-both', 'split', 'X-Path', '2', 'X-Split', '1']);
  });
});
