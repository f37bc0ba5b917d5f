import fc from 'fast-check';
import {
  difference,
  type FieldTree,
  fromFieldsV1,
  intersection,
  isNoField,
  paths,
  pathText,
  sameFields,
  toFieldsV1,
  union,
} from '../../../../../lib/local/cluster/apply/field-tree';

const step = fc.constantFrom('f:spec', 'f:name', 'k:{"name":"a"}', 'v:"x"', 'i:0');
const fields: fc.Arbitrary<Record<string, unknown>> = fc.letrec<{ fields: Record<string, unknown> }>((tie) => ({
  fields: fc
    .tuple(fc.boolean(), fc.dictionary(step, fc.oneof({ maxDepth: 3 }, fc.constant({}), tie('fields')), { maxKeys: 3 }))
    .map(([own, children]) => (own && Object.keys(children).length > 0 ? { '.': {}, ...children } : { ...children })),
})).fields;
const tree = fields.map((value) => fromFieldsV1(value));
const texts = (one: FieldTree) => [...paths(one)].map((steps) => steps.join('\n')).sort();

describe('a set of fields', () => {
  test('is written as it was read', () => {
    fc.assert(
      fc.property(tree, (one) => {
        expect(sameFields(fromFieldsV1(toFieldsV1(one)), one)).toBe(true);
      }),
    );
  });

  test('is united, intersected and diminished path by path', () => {
    fc.assert(
      fc.property(tree, tree, (a, b) => {
        const [left, right] = [new Set(texts(a)), new Set(texts(b))];
        expect(texts(union(a, b))).toEqual([...new Set([...left, ...right])].sort());
        expect(texts(intersection(a, b))).toEqual([...left].filter((path) => right.has(path)).sort());
        expect(texts(difference(a, b))).toEqual([...left].filter((path) => !right.has(path)).sort());
        expect(isNoField(difference({ ...a, own: false }, a))).toBe(true);
      }),
    );
  });

  test('keys of list items are the same in any order', () => {
    const one = fromFieldsV1({ 'f:ports': { 'k:{"protocol":"TCP","port":80}': {} } });
    expect(toFieldsV1(one)).toEqual({ 'f:ports': { 'k:{"port":80,"protocol":"TCP"}': {} } });
  });

  test('paths are written as the API server writes them', () => {
    const steps = ['f:spec', 'f:ports', 'k:{"port":80,"protocol":"TCP"}', 'f:name'];
    expect(pathText(steps)).toBe('.spec.ports[port=80,protocol="TCP"].name');
    expect(pathText(['f:metadata', 'f:finalizers', 'v:"example.com/x"'])).toBe('.metadata.finalizers[="example.com/x"]');
    expect(pathText(['f:a', 'i:3'])).toBe('.a[3]');
  });

  test.each([[undefined], [[]], [{ 'x:y': {} }], [{ 'k:[]': {} }], [{ 'k:nothing': {} }]])('%j is none', (value) => {
    expect(() => fromFieldsV1(value)).toThrow();
  });
});
