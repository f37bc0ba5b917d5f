import fc from 'fast-check';
import { expand } from '../../../../lib/local/pods/expand';

const env = { A: '1', B: '$(A)' };

test.each([
  ['plain', 'plain'],
  ['$(A)', '1'],
  ['x$(A)y$(A)', 'x1y1'],
  ['$(B)', '$(A)'],
  ['$(NOT)', '$(NOT)'],
  ['$$(A)', '$(A)'],
  ['$$$(A)', '$1'],
  ['$A', '$A'],
  ['$(A', '$(A'],
  ['$()', '$()'],
  ['$(toString)', '$(toString)'],
])('%s becomes %s', (text, expected) => {
  expect(expand(text, env)).toBe(expected);
});

test('text without a dollar sign stays as it is', () => {
  fc.assert(fc.property(fc.string(), (text) => fc.pre(!text.includes('$')) ?? expand(text, env) === text));
});
