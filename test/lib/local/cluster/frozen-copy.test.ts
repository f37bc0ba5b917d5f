import fc from 'fast-check';
import { jsonEqual } from '../../../../lib/base';
import { frozenCopy } from '../../../../lib/local/cluster/frozen-copy';

/** JSON without null members, which are not kept. */
const json = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, fc.string(), fc.integer(), fc.boolean(), tie('list'), tie('record')),
  list: fc.array(tie('value')),
  record: fc.dictionary(fc.string(), tie('value')),
})).value;

const isDeepFrozen = (value: unknown): boolean =>
  typeof value !== 'object' || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen));

test('a frozen copy says the same, is frozen to its depth, and leaves the original alone', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = JSON.stringify(value);
      const copy = frozenCopy(value);
      expect(JSON.stringify(copy)).toBe(text);
      expect(isDeepFrozen(copy)).toBe(true);
      expect(jsonEqual(copy, value)).toBe(true);
      expect(frozenCopy(copy)).toBe(copy);
      if (typeof value === 'object' && value !== null) expect(Object.isFrozen(value)).toBe(false);
    }),
  );
});

test('a copy of an object that somebody else froze only on the outside is frozen within as well', () => {
  const copy = frozenCopy(Object.freeze({ inner: { x: 1 } }));
  expect(isDeepFrozen(copy)).toBe(true);
});

test('jsonEqual agrees with the text of JSON whose keys are in order', () => {
  const canonical = (value: unknown): unknown =>
    Array.isArray(value)
      ? value.map(canonical)
      : typeof value === 'object' && value !== null
        ? {
            fields: Object.entries(value)
              .map(([key, item]) => [key, canonical(item)])
              .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1)),
          }
        : { value };
  fc.assert(
    fc.property(json, json, (a, b) => {
      expect(jsonEqual(a, b)).toBe(JSON.stringify(canonical(a)) === JSON.stringify(canonical(b)));
    }),
  );
});
