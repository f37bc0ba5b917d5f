const NUMBER = '(\\d+(?:[.,]\\d+)?)';
const part = (letter: string): string => `(?:${NUMBER}${letter})?`;
const WHOLE = new RegExp(
  `^([-+]?)P(?=\\d|T\\d)${part('Y')}${part('M')}${part('W')}${part('D')}(?:T(?=\\d)${part('H')}${part('M')}${part('S')})?$`,
);

const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
/** Years and months are those of the Gregorian calendar on average. */
const UNITS = [365.2425 * DAY, (365.2425 / 12) * DAY, 7 * DAY, DAY, HOUR, MINUTE, SECOND] as const;

/** An ISO-8601 duration such as `PT0.2S` or `P1DT12H` in milliseconds, or undefined if the text is none. */
export function parseIsoDuration(text: string): number | undefined {
  if (text === 'P0') return 0;
  const match = WHOLE.exec(text);
  if (!match) return undefined;
  const [, sign, ...numbers] = match;
  const total = UNITS.reduce((sum, unit, i) => sum + unit * Number((numbers[i] ?? '0').replace(',', '.')), 0);
  const milliseconds = Math.round(total * 1e6) / 1e6;
  return sign === '-' && milliseconds !== 0 ? -milliseconds : milliseconds;
}

/** Milliseconds as an ISO-8601 duration: `PT0.2S`, `PT1M30S`, `PT36H`. */
export function formatIsoDuration(milliseconds: number): string {
  const size = Math.abs(milliseconds);
  const [hours, minutes] = [Math.floor(size / HOUR), Math.floor((size % HOUR) / MINUTE)];
  const seconds = Math.round((size % MINUTE) * 1e6) / 1e9;
  const text = `${hours ? `${hours}H` : ''}${minutes ? `${minutes}M` : ''}${seconds || size < SECOND ? `${seconds}S` : ''}`;
  return `${milliseconds < 0 ? '-' : ''}PT${text || '0S'}`;
}
