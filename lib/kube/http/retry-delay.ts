import type { Random } from '../../base';

const FIRST_MS = 200;
const LONGEST_MS = 30_000;

/** How long to wait before the attempt after `failures` that failed, in milliseconds: doubling from 0.2 s to 30 s, half of it chance. */
export function retryDelay(failures: number, random: Random): number {
  const full = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return full / 2 + (full / 2) * random.next();
}

/** The seconds of a Retry-After header in milliseconds, at most 30 s; undefined if there is none. */
export function retryAfter(headers: Readonly<Record<string, string | string[] | undefined>>): number | undefined {
  const seconds = Number.parseInt(String(headers['retry-after'] ?? ''), 10);
  return Number.isNaN(seconds) || seconds < 0 ? undefined : Math.min(LONGEST_MS, seconds * 1000);
}
