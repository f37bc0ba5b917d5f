import type { LabelSelector } from '../../../../lib/api';
import { selectorText } from '../../../../lib/eventing';

test.each<[LabelSelector, string]>([
  [{}, ''],
  [{ matchLabels: { a: 'b', 'x.io/c': 'd' } }, 'a=b,x.io/c=d'],
  [
    {
      matchExpressions: [
        { key: 'a', operator: 'Exists' },
        { key: 'b', operator: 'DoesNotExist' },
      ],
    },
    'a,!b',
  ],
  [
    {
      matchLabels: { a: 'b' },
      matchExpressions: [
        { key: 'c', operator: 'In', values: ['d', 'e'] },
        { key: 'f', operator: 'NotIn', values: ['g'] },
      ],
    },
    'a=b,c in (d,e),f notin (g)',
  ],
])('%j is asked for as %j', (selector, text) => {
  expect(selectorText(selector)).toBe(text);
});
