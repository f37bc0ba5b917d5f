import type { CronSchedule } from '../../api';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** A schedule with no time that far ahead has none at all: 30 February. */
const HORIZON_MS = 5 * 366 * DAY_MS;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known) return known;
  const parts = {
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  } as const;
  const made = new Intl.DateTimeFormat('en-US', { ...parts, timeZone, hourCycle: 'h23' });
  formats.set(timeZone, made);
  return made;
}

/** By how much clocks of a time zone are ahead of UTC, in milliseconds, at a time of whole seconds. */
function offsetAt(timeZone: string, at: number): number {
  if (timeZone === 'UTC' || timeZone === 'Local') return 0;
  const parts = Object.fromEntries(
    formatOf(timeZone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year, month, day, hour, minute, second } = parts as Record<string, number>;
  return Date.UTC(year!, month! - 1, day, hour, minute, second) - at;
}

/** Where the clocks that `from` and `to` go by stop being the same: at `to`, or between them at the second when they change. */
function endOfOffset(timeZone: string, from: number, to: number): number {
  const offset = offsetAt(timeZone, from);
  if (offsetAt(timeZone, to) === offset) return to;
  let [same, other] = [from, to];
  while (other - same > SECOND_MS) {
    const middle = Math.floor((same + other) / 2 / SECOND_MS) * SECOND_MS;
    if (offsetAt(timeZone, middle) === offset) same = middle;
    else other = middle;
  }
  return other;
}

const up = (at: number, unit: number): number => (Math.floor(at / unit) + 1) * unit;

/** The first time on a clock from `from` until before `until` that the schedule names. */
function onClock(schedule: CronSchedule, from: number, until: number): number | undefined {
  const { second, minute, hour, dayOfMonth, month, dayOfWeek } = schedule;
  for (let at = from; at < until; ) {
    const date = new Date(at);
    const inMonth = dayOfMonth?.has(date.getUTCDate());
    const inWeek = dayOfWeek?.has(date.getUTCDay());
    const onDay = dayOfMonth && dayOfWeek ? inMonth || inWeek : (inMonth ?? inWeek ?? true);
    if (!onDay || !month.has(date.getUTCMonth() + 1)) at = up(at, DAY_MS);
    else if (!hour.has(date.getUTCHours())) at = up(at, HOUR_MS);
    else if (!minute.has(date.getUTCMinutes())) at = up(at, MINUTE_MS);
    else if (!second.has(date.getUTCSeconds())) at += SECOND_MS;
    else return at;
  }
  return undefined;
}

/**
 * The first time after `after` at which the clocks of the schedule's time zone (UTC, if it names none) show what it says, in
 * milliseconds since the epoch; undefined if there is none within five years. As upstream's scheduler (robfig/cron) has it: what falls into the hour
 * that clocks skip does not come that day, and what falls into the hour that they show twice comes twice.
 */
export function nextRun(schedule: CronSchedule, after: number): number | undefined {
  const { timeZone = 'UTC' } = schedule;
  const end = after + HORIZON_MS;
  for (let from = up(after, SECOND_MS); from < end; ) {
    const until = endOfOffset(timeZone, from, from + DAY_MS);
    const offset = offsetAt(timeZone, from);
    const found = onClock(schedule, from + offset, until + offset);
    if (found !== undefined) return found - offset;
    from = until;
  }
  return undefined;
}
