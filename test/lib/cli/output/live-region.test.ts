import { LiveRegion } from '../../../../lib/cli/output/live-region';
import { FakeIo } from '../fake-io';

test('lines are redrawn in place, and other text goes above them', () => {
  const io = new FakeIo({ tty: true, columns: 40 });
  const live = new LiveRegion(io.stderr);
  live.show(['one', 'two']);
  live.print('log\n');
  live.show(['three']);
  live.show([]);
  expect(io.err).toEqual(['one\ntwo\n', '\x1b[2A\x1b[0Jlog\none\ntwo\n', '\x1b[2A\x1b[0Jthree\n', '\x1b[1A\x1b[0J']);
});

test('nothing is written when nothing has changed', () => {
  const io = new FakeIo({ tty: true, columns: 40 });
  const live = new LiveRegion(io.stderr);
  live.show(['same']);
  live.show(['same']);
  expect(io.err).toEqual(['same\n']);
});

test('a line longer than the terminal is cut, colours not counted, so that it stays one line', () => {
  const io = new FakeIo({ tty: true, columns: 6 });
  new LiveRegion(io.stderr).show(['\x1b[31mabc\x1b[39mdefgh']);
  expect(io.stderrText).toBe('\x1b[31mabc\x1b[39mde\n');
});

test('a terminal of unknown width is taken for one of 80 columns', () => {
  const io = new FakeIo({ tty: true, columns: 0 });
  new LiveRegion(io.stderr).show(['x'.repeat(100)]);
  expect(io.stderrText).toBe(`${'x'.repeat(79)}\n`);
});

test('lines that a low terminal has no room for are counted, not drawn again and again into what has scrolled away', () => {
  const io = new FakeIo({ tty: true, columns: 80 });
  const live = new LiveRegion({ ...io.stderr, rows: 5 });
  live.show(['1', '2', '3']);
  live.show(['1', '2', '3', '4', '5']);
  expect(io.err).toEqual(['1\n2\n3\n', '\x1b[3A\x1b[0J1\n2\n… 3 more lines: the terminal is too low for them\n']);
});
