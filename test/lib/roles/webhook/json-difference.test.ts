import fc from 'fast-check';
import { jsonEqual } from '../../../../lib/base';
import { jsonPatch as applyJsonPatch } from '../../../../lib/local/cluster/json-patch';
import { jsonDifference } from '../../../../lib/roles/webhook/json-difference';

describe('a JSON patch', () => {
  test('names what was added, taken away and replaced, and lists whole', () => {
    const before = { a: { b: 1, c: [1, 2] }, gone: true, same: { x: [1] } };
    const after = { a: { b: 2, c: [1] }, same: { x: [1] }, 'new/~': { y: 1 } };
    expect(jsonDifference(before, after)).toEqual([
      { op: 'replace', path: '/a/b', value: 2 },
      { op: 'replace', path: '/a/c', value: [1] },
      { op: 'remove', path: '/gone' },
      { op: 'add', path: '/new~1~0', value: { y: 1 } },
    ]);
  });

  test('of what is the same is empty, whatever the order of members, and undefined is no member', () => {
    expect(jsonDifference({ a: 1, b: { c: undefined } }, { b: {}, a: 1 })).toEqual([]);
    expect(jsonDifference({ a: undefined }, { a: 1 })).toEqual([{ op: 'add', path: '/a', value: 1 }]);
    expect(jsonDifference({ a: 1 }, { a: undefined })).toEqual([{ op: 'remove', path: '/a' }]);
  });

  test('makes the one of the other, whatever they are', () => {
    const json = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(json, json, (before, after) => {
        expect(jsonEqual(applyJsonPatch(before, jsonDifference(before, after)), after)).toBe(true);
      }),
    );
  });
});
