import { humanDuration, timeSince } from '../../../../../lib/local/api-server/table/human-duration';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

test.each([
  [-2 * SECOND, '<invalid>'],
  [-1 * SECOND, '0s'],
  [999, '0s'],
  [119 * SECOND, '119s'],
  [120 * SECOND, '2m'],
  [121 * SECOND, '2m1s'],
  [10 * MINUTE - 1, '9m59s'],
  [10 * MINUTE + 30 * SECOND, '10m'],
  [3 * HOUR - 1, '179m'],
  [3 * HOUR, '3h'],
  [3 * HOUR + 5 * MINUTE, '3h5m'],
  [8 * HOUR, '8h'],
  [48 * HOUR - 1, '47h'],
  [48 * HOUR, '2d'],
  [2 * DAY + 3 * HOUR, '2d3h'],
  [8 * DAY, '8d'],
  [2 * YEAR - 1, '729d'],
  [2 * YEAR, '2y'],
  [2 * YEAR + 10 * DAY, '2y10d'],
  [8 * YEAR + DAY, '8y'],
])('%d ms is %s', (milliseconds, text) => {
  expect(humanDuration(milliseconds)).toBe(text);
});

test('an age is counted up to now, and unknown without a timestamp', () => {
  const now = Date.parse('2026-01-01T00:02:30Z');
  expect(timeSince('2026-01-01T00:00:00Z', now)).toBe('2m30s');
  expect(timeSince(undefined, now)).toBe('<unknown>');
});
