import { formatDuration, parseDuration } from '../../lib/api';

/** A length of time with the shape of cdk8s `Duration`. */
export interface DurationLike {
  toMilliseconds(options?: { readonly integral?: boolean }): number;
}

/** A length of time: cdk8s `Duration`, or text as Go writes it: `'30s'`, `'1m30s'`, `'500ms'`. */
export type DurationInput = string | DurationLike;

/** True for cdk8s `Duration` and what looks like it. */
export function isDurationLike(x: unknown): x is DurationLike {
  return typeof x === 'object' && x !== null && 'toMilliseconds' in x;
}

/** The duration as annotations carry it: text as it was given, a `Duration` as Go would print it. */
export function durationText(input: DurationInput): string {
  return isDurationLike(input) ? formatDuration(input.toMilliseconds({ integral: false })) : input;
}

/** The duration in seconds. Text that is no duration is left as it is, for validation to name. */
export function durationSeconds(input: DurationInput): number {
  const milliseconds = isDurationLike(input) ? input.toMilliseconds({ integral: false }) : parseDuration(String(input));
  return milliseconds === undefined ? (input as unknown as number) : milliseconds / 1000;
}
