import fc from 'fast-check';
import { mergePatch } from '../../../../lib/base';
import { canonical, digestOf, includes, overlay, semanticEqual } from '../../../../lib/control/engine/json';

const json = fc.jsonValue({ maxDepth: 3 });

describe('semanticEqual', () => {
  it.each([
    [undefined, null, true],
    [undefined, [], true],
    [{}, undefined, true],
    [{ a: undefined }, {}, true],
    [{ a: [] }, { b: {} }, true],
    [0, undefined, false],
    [false, undefined, false],
    ['', undefined, false],
    [{ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }, true],
    [{ a: [1, 2] }, { a: [2, 1] }, false],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: 1 }, { a: 1, b: {} }, true],
    [{}, { constructor: 1 }, false],
    [{}, { ['__proto__']: 1 }, false],
    [{ ['__proto__']: 1 }, { ['__proto__']: 1 }, true],
  ])('%j and %j: %s', (a, b, equal) => {
    expect(semanticEqual(a, b)).toBe(equal);
    expect(semanticEqual(b, a)).toBe(equal);
  });

  it('holds of every value and its copy', () => {
    fc.assert(fc.property(json, (value) => semanticEqual(value, JSON.parse(JSON.stringify(value)))));
  });
});

describe('includes', () => {
  it.each([
    [{ a: 1, b: 2 }, { a: 1 }, true],
    [{ a: 1 }, { a: 1, b: 2 }, false],
    [{ a: [{ x: 1, y: 2 }] }, { a: [{ x: 1 }] }, true],
    [{ a: [{ x: 1 }, {}] }, { a: [{ x: 1 }] }, false],
    [{ a: 'x' }, { a: { b: 1 } }, false],
    [{}, { a: {} }, true],
  ])('%j has all of %j: %s', (actual, desired, result) => {
    expect(includes(actual, desired)).toBe(result);
  });

  it('holds of names that every object has', () => {
    for (const name of ['__proto__', 'constructor', 'toString']) {
      expect(Object.entries(overlay({ [name]: { a: 1 } }, { [name]: { b: 2 } }) as object)).toEqual([[name, { a: 1, b: 2 }]]);
      expect(includes(overlay({}, { [name]: 0 }), { [name]: 0 })).toBe(true);
      expect(includes({}, { [name]: 0 })).toBe(false);
    }
  });

  it('holds of whatever has been laid over', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), fc.dictionary(fc.string(), json), (base, over) => {
        expect(includes(overlay(base, over), over)).toBe(true);
      }),
    );
  });
});

describe('mergePatch', () => {
  it('sets, replaces and removes as RFC 7386 says', () => {
    expect(mergePatch({ a: 1, b: { c: 1, d: 2 }, e: [1] }, { b: { c: null, x: 3 }, e: [2, 3], f: {} })).toEqual({
      a: 1,
      b: { d: 2, x: 3 },
      e: [2, 3],
      f: {},
    });
  });
});

describe('canonical', () => {
  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (value) => {
        const reversed = Object.fromEntries(Object.entries(value).reverse());
        expect(canonical(reversed)).toBe(canonical(value));
        expect(digestOf(reversed)).toBe(digestOf(value));
      }),
    );
  });
});
