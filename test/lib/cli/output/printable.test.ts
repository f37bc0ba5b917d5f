import { printable } from '../../../../lib/cli/output/printable';

test.each([
  ['a title', '\x1b]0;pwned\x07', '\\x1b]0;pwned\\x07'],
  ['a cleared screen', 'a\x1b[2J\x1b[Hb', 'a\\x1b[2J\\x1b[Hb'],
  ['the same by one byte', '\x9b2Ja', '\\x9b2Ja'],
  ['a line that is written over', 'GET /\rready in 0.1 s', 'GET /\\x0dready in 0.1 s'],
  ['a backspace, a bell and a delete', 'a\b\x07\x7f', 'a\\x08\\x07\\x7f'],
  ['text that is turned around', 'exe.\u202etxt', 'exe.\\u202etxt'],
])('%s is shown, not obeyed', (_, text, shown) => {
  expect(printable(text)).toBe(shown);
  expect(printable(text, true)).toBe(shown);
});

test('lines, tabs and other scripts stay as they are', () => {
  for (const text of ['a\n\tb', 'größer → 東京 🎉', '']) expect(printable(text)).toBe(text);
  expect(printable('a\r\nb')).toBe('a\nb');
});

test('colours are kept where they are wanted, and end with the text', () => {
  expect(printable('\x1b[1;31mred\x1b[0m')).toBe('red');
  expect(printable('\x1b[1;31mred', true)).toBe('\x1b[1;31mred\x1b[0m');
  expect(printable('plain', true)).toBe('plain');
});
