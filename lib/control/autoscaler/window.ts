import { type Sample, secondOf } from './history';

/** Which number of a sample is averaged. */
export type Measure = 'concurrency' | 'requests';

/** Part of all weights that a weighted window must hold. */
const WEIGHT_PRECISION = 0.9999;
/** The least weight of the newest second, so that long windows do not end up as plain averages. */
const MIN_COEFFICIENT = 0.2;

/** Averages are rounded to this many digits, so that sums of fractions do not tip a ceiling. */
const DIGITS = 1e6;

/** The number of one-second buckets in a window of `ms` milliseconds. */
export const bucketCount = (ms: number): number => Math.ceil(ms / 1000);

/** True if nothing was recorded for longer than the window; an average of nothing is no data. */
export function isEmpty(samples: readonly Sample[], window: number, now: number): boolean {
  const last = samples.at(-1);
  return !last || (secondOf(now) - last.second) * 1000 > window;
}

/**
 * The second at which the writes that count began: going back from the newest, a gap as long as the window ends the walk,
 * because after such a gap a window starts over.
 */
function firstWrite(samples: readonly Sample[], window: number): number {
  const last = samples.at(-1)!.second;
  let first = last;
  for (let i = samples.length - 2; i >= 0 && last - first + 1 < bucketCount(window); i--) {
    const { second } = samples[i]!;
    if ((first - second) * 1000 >= window) break;
    first = second;
  }
  return first;
}

/**
 * The plain average over a window. Seconds without a report count as zero, but those before the first report and those
 * after the newest do not count at all, so that a young window and a late reporter do not dilute the average.
 */
export function linearAverage(samples: readonly Sample[], measure: Measure, window: number, now: number): number {
  const last = samples.at(-1)?.second;
  if (last === undefined) return 0;
  const buckets = bucketCount(window);
  const behind = Math.max(0, secondOf(now) - last);
  if (behind * 1000 >= window) return 0;
  const oldest = last + behind - buckets + 1;
  let total = 0;
  for (let i = samples.length - 1; i >= 0 && samples[i]!.second >= oldest; i--) total += samples[i]![measure];
  const counted = Math.min(last - firstWrite(samples, window) + 1, buckets - behind);
  return Math.round((total / counted) * DIGITS) / DIGITS;
}

/** How much the newest of `buckets` seconds weighs in an exponentially weighted window. */
export function smoothingCoefficient(buckets: number): number {
  return Math.max(1 - (1 - WEIGHT_PRECISION) ** (1 / buckets), MIN_COEFFICIENT);
}

/** The exponentially weighted average over a window: recent seconds count most. Not rounded, as upstream's is not. */
export function weightedAverage(samples: readonly Sample[], measure: Measure, window: number, now: number): number {
  if (isEmpty(samples, window, now)) return 0;
  const buckets = bucketCount(window);
  const coefficient = smoothingCoefficient(buckets);
  const newest = Math.max(secondOf(now), samples.at(-1)!.second);
  let sum = 0;
  for (let i = samples.length - 1; i >= 0; i--) {
    const age = newest - samples[i]!.second;
    if (age >= buckets) break;
    sum += samples[i]![measure] * coefficient * (1 - coefficient) ** age;
  }
  return sum;
}
