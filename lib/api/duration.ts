const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** Go counts nanoseconds in 64 bits; what does not fit is no duration there. */
const LIMIT = 2n ** 63n;
const MILLISECOND = 1_000_000n;

const WHOLE = /^((\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h))+$/;
const PART = /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g;

/** Whole milliseconds and the rest: a double holds both without loss where it can. */
const toMilliseconds = (nanoseconds: bigint): number =>
  Number(nanoseconds / MILLISECOND) + Number(nanoseconds % MILLISECOND) / 1e6;

/**
 * A Go duration such as `1h30m`, `1.5s`, `300ms` or `0` in milliseconds, or undefined if the text is none.
 * Parts smaller than a nanosecond are dropped, as in Go.
 */
export function parseDuration(text: string): number | undefined {
  const negative = text.startsWith('-');
  const body = negative || text.startsWith('+') ? text.slice(1) : text;
  if (body === '0') return 0;
  if (!WHOLE.test(body)) return undefined;
  let total = 0n;
  for (const [, whole = '', fraction = '', unit = ''] of body.matchAll(PART)) {
    const size = NANOSECONDS[unit]!;
    total += BigInt(whole || '0') * size + (BigInt(fraction || '0') * size) / 10n ** BigInt(fraction.length);
  }
  if (total >= LIMIT) return undefined;
  const milliseconds = toMilliseconds(total);
  return negative && milliseconds !== 0 ? -milliseconds : milliseconds;
}

/** Milliseconds as Go prints a duration: `1h0m0s`, `1m30s`, `1.5s`, `300ms`, `0s`. */
export function formatDuration(milliseconds: number): string {
  const sign = milliseconds < 0 ? '-' : '';
  const size = Math.abs(milliseconds);
  const nanoseconds = BigInt(Math.trunc(size)) * MILLISECOND + BigInt(Math.round((size % 1) * 1e6));
  if (nanoseconds === 0n) return '0s';
  if (nanoseconds < 1_000n) return `${sign}${nanoseconds}ns`;
  if (nanoseconds < MILLISECOND) return `${sign}${Number(nanoseconds) / 1e3}µs`;
  if (nanoseconds < 1_000_000_000n) return `${sign}${Number(nanoseconds) / 1e6}ms`;
  const hours = nanoseconds / NANOSECONDS.h!;
  const minutes = (nanoseconds % NANOSECONDS.h!) / NANOSECONDS.m!;
  const seconds = Number(nanoseconds % NANOSECONDS.m!) / 1e9;
  return `${sign}${hours ? `${hours}h` : ''}${hours || minutes ? `${minutes}m` : ''}${seconds}s`;
}
