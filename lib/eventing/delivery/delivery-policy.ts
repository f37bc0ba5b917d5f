/** How hard it is tried to deliver an event (Knative's DeliverySpec, durations in milliseconds). */
export interface DeliveryPolicy {
  /** Attempts after the first. @default 0 */
  readonly retry?: number;
  /** How waiting grows from one attempt to the next. Without it or without `backoffDelayMs`, retries follow at once. */
  readonly backoffPolicy?: 'linear' | 'exponential';
  readonly backoffDelayMs?: number;
  /** How long each attempt may take. @default 15 minutes, after which upstream's channels give up, too */
  readonly timeoutMs?: number;
  /** The most that a receiver's Retry-After is heeded; 0: never. @default never */
  readonly retryAfterMaxMs?: number;
}

/** How long an attempt may take that the policy does not limit: a receiver that hangs must not keep an event for ever. */
export const LONGEST_ATTEMPT_MS = 15 * 60_000;

/** The longest that a timer may run. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Milliseconds to wait after failed attempt `attempt`, counted from 0. As upstream's code has it, not its documentation:
 * linear is delay × attempt, so that the first retry follows at once; exponential is delay × 2^attempt.
 */
export function backoffMs({ backoffPolicy, backoffDelayMs }: DeliveryPolicy, attempt: number): number {
  if (backoffPolicy === undefined || backoffDelayMs === undefined) return 0;
  const factor = backoffPolicy === 'linear' ? attempt : 2 ** attempt;
  return Math.min(backoffDelayMs * factor, LONGEST_MS);
}

/** A date as HTTP has them begins with a day of the week. */
const DATE = /^\s*(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? /;

/** What a receiver that answered 429 or 503 asks to wait, in milliseconds, as far as the policy heeds it. */
export function retryAfterMs(
  { retryAfterMaxMs = 0 }: DeliveryPolicy,
  status: number | undefined,
  header: string | undefined,
  now: number,
): number {
  if (retryAfterMaxMs === 0 || header === undefined || (status !== 429 && status !== 503)) return 0;
  const asked = /^\s*\d+\s*$/.test(header) ? Number(header) * 1000 : DATE.test(header) ? Date.parse(header) - now : 0;
  return Number.isNaN(asked) ? 0 : Math.min(Math.max(0, asked), retryAfterMaxMs, LONGEST_MS);
}
