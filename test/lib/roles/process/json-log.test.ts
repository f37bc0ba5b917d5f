import { JsonLog, type LogLevel } from '../../../../lib/roles/process';

function setUp(level?: LogLevel) {
  const lines: string[] = [];
  const clock = { now: () => Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
  const log = new JsonLog({ clock, write: (line) => lines.push(line), ...(level ? { level } : {}) });
  return { log, lines };
}

test('each line is one JSON object with time, level, message and fields', () => {
  const { log, lines } = setUp();
  log.warn('two\nlines', { object: 'default/hello', count: 2 });
  expect(lines).toEqual([
    '{"time":"2026-01-02T03:04:05.678Z","level":"warn","msg":"two\\nlines","object":"default/hello","count":2}\n',
  ]);
});

test('what is less than the level is left out', () => {
  const { log, lines } = setUp('warn');
  log.debug('a');
  log.info('b');
  log.warn('c');
  log.error('d');
  expect(lines.map((line) => (JSON.parse(line) as { msg: string }).msg)).toEqual(['c', 'd']);
});

test('errors and large numbers are written as texts', () => {
  const { log, lines } = setUp();
  log.error('failed', { error: new Error('no room'), version: 12n });
  expect(JSON.parse(lines[0]!)).toMatchObject({ error: 'no room', version: '12' });
});
