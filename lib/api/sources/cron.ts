/** One field of a schedule: its name, bounds and words, as robfig/cron has them. */
interface Bounds {
  readonly name: keyof CronSchedule;
  readonly low: number;
  readonly high: number;
  readonly words?: readonly string[];
}

/** When something happens: the values that each field may have. */
export interface CronSchedule {
  readonly second: ReadonlySet<number>;
  readonly minute: ReadonlySet<number>;
  readonly hour: ReadonlySet<number>;
  /** Undefined: `*` or `?`. Where both days are set, either of them will do. */
  readonly dayOfMonth: ReadonlySet<number> | undefined;
  readonly month: ReadonlySet<number>;
  /** 0 is Sunday. Undefined: `*` or `?`. */
  readonly dayOfWeek: ReadonlySet<number> | undefined;
  /** That of a `CRON_TZ=` or `TZ=` before the fields. */
  readonly timeZone?: string;
}

/** A schedule that cannot be read, with what is wrong with it. */
export class CronError extends Error {}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const FIELDS: readonly Bounds[] = [
  { name: 'second', low: 0, high: 59 },
  { name: 'minute', low: 0, high: 59 },
  { name: 'hour', low: 0, high: 23 },
  { name: 'dayOfMonth', low: 1, high: 31 },
  { name: 'month', low: 1, high: 12, words: MONTHS },
  { name: 'dayOfWeek', low: 0, high: 6, words: DAYS },
];

const DESCRIPTORS: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

function whole(text: string): number {
  if (!/^[-+]?\d+$/.test(text)) {
    throw new CronError(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  }
  const value = Number(text);
  if (value < 0) throw new CronError(`negative number (${value}) not allowed: ${text}`);
  return value;
}

function numberOf(text: string, { words = [], low }: Bounds): number {
  const word = words.indexOf(text.toLowerCase());
  return word >= 0 ? word + low : whole(text);
}

/** `*`, `5`, `1-5`, with `/2` after it. */
function range(text: string, bounds: Bounds): number[] {
  const [body = '', step, ...rest] = text.split('/');
  const [first = '', last, ...more] = body.split('-');
  const any = first === '*' || first === '?';
  if (!any && more.length > 0) throw new CronError(`too many hyphens: ${text}`);
  const begin = any ? bounds.low : numberOf(first, bounds);
  let end = any ? bounds.high : last === undefined ? begin : numberOf(last, bounds);
  if (rest.length > 0) throw new CronError(`too many slashes: ${text}`);
  const by = step === undefined ? 1 : whole(step);
  if (step !== undefined && !any && last === undefined) end = bounds.high;
  if (begin < bounds.low) throw new CronError(`beginning of range (${begin}) below minimum (${bounds.low}): ${text}`);
  if (end > bounds.high) throw new CronError(`end of range (${end}) above maximum (${bounds.high}): ${text}`);
  if (begin > end) throw new CronError(`beginning of range (${begin}) beyond end of range (${end}): ${text}`);
  if (by === 0) throw new CronError(`step of range should be a positive number: ${text}`);
  return Array.from({ length: Math.floor((end - begin) / by) + 1 }, (_, i) => begin + i * by);
}

/** What stands behind the time zone of a schedule, and that zone. */
function zoned(text: string): { readonly rest: string; readonly timeZone?: string } {
  const [, timeZone, rest = ''] = /^(?:CRON_)?TZ=(\S*)(.*)$/s.exec(text) ?? [];
  if (timeZone === undefined) return { rest: text };
  if (timeZone !== '' && !isTimeZone(timeZone)) {
    throw new CronError(`provided bad location ${timeZone}: unknown time zone ${timeZone}`);
  }
  return { rest: rest.trim(), timeZone: timeZone || 'UTC' };
}

const isAny = (text: string): boolean => text.split(',').some((part) => /^[*?](\/1)?$/.test(part));

/**
 * Reads a schedule as upstream does (robfig/cron): five fields, six with seconds before them, or a descriptor such as `@hourly`,
 * with `CRON_TZ=Europe/Paris` before it or not.
 * @throws CronError with upstream's message
 */
export function parseCron(text: string): CronSchedule {
  const trimmed = text.trim();
  if (trimmed === '') throw new CronError('empty spec string');
  const { rest, ...zone } = zoned(trimmed);
  if (rest.startsWith('@')) {
    const meant = Object.hasOwn(DESCRIPTORS, rest) ? DESCRIPTORS[rest] : undefined;
    if (meant === undefined) throw new CronError(`unrecognized descriptor: ${rest}`);
    return { ...parseCron(meant), ...zone };
  }
  const words = rest === '' ? [] : rest.split(/\s+/);
  if (words.length < 5 || words.length > 6) {
    throw new CronError(`expected 5 to 6 fields, found ${words.length}: [${words.join(' ')}]`);
  }
  const fields = words.length === 5 ? ['0', ...words] : words;
  const values = FIELDS.map((bounds, i) => {
    const parts = fields[i]!.split(',').filter((part) => part !== '');
    const set = new Set(parts.flatMap((part) => range(part, bounds)));
    const optional = bounds.name === 'dayOfMonth' || bounds.name === 'dayOfWeek';
    return [bounds.name, optional && isAny(fields[i]!) ? undefined : set] as const;
  });
  return { ...(Object.fromEntries(values) as unknown as CronSchedule), ...zone };
}

/** Whether a time zone of this name is known. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return name === 'Local';
  }
}
