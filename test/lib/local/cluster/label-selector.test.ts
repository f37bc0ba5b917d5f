import { parseLabelSelector } from '../../../../lib/local/cluster';

const selects = (selector: string, labels: Record<string, string>) => parseLabelSelector(selector)(labels);

test.each<[string, boolean]>([
  ['a in (x, y),b', true],
  ['a in ( x ),b=1', true],
  ['a in(x)', true],
  ['a notin (x)', false],
  ['a in (,x)', true],
  ['a in ()', false],
])('%j', (selector, expected) => {
  expect(selects(selector, { a: 'x', b: '1' })).toBe(expected);
});

test('a long list of nothing is read in as many steps as it is long', () => {
  expect(() => parseLabelSelector(`a in (${' , '.repeat(5000)}!)`)).toThrow('unable to parse requirement');
  expect(selects(`a in (${' , '.repeat(5000)})`, { a: '' })).toBe(true);
  expect(() => parseLabelSelector('a,'.repeat(8000))).toThrow('unable to parse requirement: ""');
  expect(() => parseLabelSelector(`${'('.repeat(8000)},`)).toThrow('unable to parse requirement');
});
