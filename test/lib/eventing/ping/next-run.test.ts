import { parseCron } from '../../../../lib/api';
import { nextRun } from '../../../../lib/eventing';

function runs(schedule: string, after: string, count: number): string[] {
  const cron = parseCron(schedule);
  let at: number | undefined = Date.parse(after);
  return Array.from({ length: count }, () => {
    at = at === undefined ? undefined : nextRun(cron, at);
    return at === undefined ? 'never' : new Date(at).toISOString().replace('.000Z', 'Z');
  });
}

const NEW_YEAR = '2026-01-01T00:00:00Z';

test.each<[string, string, string, readonly string[]]>([
  ['every minute, not at once', '* * * * *', NEW_YEAR, ['2026-01-01T00:01:00Z', '2026-01-01T00:02:00Z']],
  ['from within a second', '* * * * *', '2026-01-01T00:00:59.999Z', ['2026-01-01T00:01:00Z']],
  ['seconds', '*/25 * * * * *', NEW_YEAR, ['2026-01-01T00:00:25Z', '2026-01-01T00:00:50Z', '2026-01-01T00:01:00Z']],
  ['over the end of a month', '30 8 1 * *', '2026-01-31T10:00:00Z', ['2026-02-01T08:30:00Z', '2026-03-01T08:30:00Z']],
  ['days of the week', '0 9 * * 1-5', '2026-01-02T12:00:00Z', ['2026-01-05T09:00:00Z']],
  ['either of two days', '0 0 13 * 5', '2026-01-08T00:00:00Z', ['2026-01-09T00:00:00Z', '2026-01-13T00:00:00Z']],
  ['a descriptor', '@yearly', NEW_YEAR, ['2027-01-01T00:00:00Z']],
  ['leap years', '0 0 29 2 *', NEW_YEAR, ['2028-02-29T00:00:00Z']],
  ['a day that no month has', '0 0 30 2 *', NEW_YEAR, ['never']],
])('%s: %s', (_, schedule, after, expected) => {
  expect(runs(schedule, after, expected.length)).toEqual(expected);
});

describe('in a time zone', () => {
  it('goes by the clocks there', () => {
    expect(runs('CRON_TZ=Asia/Kathmandu 0 9 * * *', NEW_YEAR, 1)).toEqual(['2026-01-01T03:15:00Z']);
    expect(runs('TZ=America/New_York @daily', NEW_YEAR, 1)).toEqual(['2026-01-01T05:00:00Z']);
  });

  it('keeps to the hour when clocks change', () => {
    expect(runs('CRON_TZ=Europe/Paris 0 9 * * *', '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T08:00:00Z',
      '2026-03-29T07:00:00Z',
      '2026-03-30T07:00:00Z',
    ]);
  });

  it('leaves out what falls into the hour that clocks skip', () => {
    expect(runs('CRON_TZ=Europe/Paris 30 2 * * *', '2026-03-28T00:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00Z',
      '2026-03-30T00:30:00Z',
      '2026-03-31T00:30:00Z',
    ]);
  });

  it('comes twice in the hour that clocks show twice, also if it looks for the second time from within the first', () => {
    expect(runs('CRON_TZ=Europe/Paris 30 2 * * *', '2026-10-24T12:00:00Z', 3)).toEqual([
      '2026-10-25T00:30:00Z',
      '2026-10-25T01:30:00Z',
      '2026-10-26T01:30:00Z',
    ]);
    expect(runs('CRON_TZ=Europe/Paris 30 2 * * *', '2026-10-25T00:45:00Z', 1)).toEqual(['2026-10-25T01:30:00Z']);
  });

  it('goes on every hour of a day of 23', () => {
    expect(runs('CRON_TZ=Europe/Paris 0 * * * *', '2026-03-29T00:00:00Z', 2)).toEqual([
      '2026-03-29T01:00:00Z',
      '2026-03-29T02:00:00Z',
    ]);
  });
});
