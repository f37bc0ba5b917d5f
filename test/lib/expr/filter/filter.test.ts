import fc from 'fast-check';
import { type Attributes, compileFilters, type FilterEvent, FilterIndex, type FilterSpec } from '../../../../lib/expr';

const event = (attributes: Attributes, json?: unknown): FilterEvent => ({ attributes, json: () => json });
const matches = (spec: FilterSpec, attributes: Attributes, json?: unknown) =>
  compileFilters([spec])(event(attributes, json)).matches;

describe('a filter', () => {
  const order = { id: '1', source: '/shop', type: 'order.created', priority: 5 };

  test.each<[string, FilterSpec, boolean]>([
    ['exact', { exact: { type: 'order.created' } }, true],
    ['exact over several attributes', { exact: { type: 'order.created', source: '/other' } }, false],
    ['exact over an integer extension, as text', { exact: { priority: '5' } }, true],
    ['prefix', { prefix: { type: 'order.' } }, true],
    ['suffix', { suffix: { type: '.deleted' } }, false],
    ['a missing extension', { prefix: { region: '' } }, false],
    ['a missing subject, which counts as empty', { exact: { subject: '' } }, true],
    ['not', { not: { exact: { region: 'eu' } } }, true],
    ['all', { all: [{ prefix: { type: 'order' } }, { suffix: { source: 'shop' } }] }, true],
    ['any', { any: [{ exact: { type: 'x' } }, { exact: { source: '/shop' } }] }, true],
    ['any of nothing', { any: [] }, false],
    ['cesql', { cesql: "type LIKE 'order%' AND priority > 4" }, true],
    ['data', { data: 'amount > 100' }, true],
    ['data that is not true but something else', { data: 'amount' }, false],
  ])('%s', (_name, spec, expected) => {
    expect(matches(spec, order, { amount: 101 })).toBe(expected);
  });

  test('that fails is no match, and says why', () => {
    const verdict = compileFilters([{ cesql: 'region = 1' }])(event(order));
    expect(verdict).toEqual({
      matches: false,
      faults: [
        { dialect: 'cesql', expression: 'region = 1', kind: 'missingAttribute', message: 'the event has no attribute region' },
      ],
    });
    expect(compileFilters([{ cesql: 'type =' }])(event(order)).faults[0]?.kind).toBe('parse');
    expect(compileFilters([{ data: 'amount >' }])(event(order)).faults[0]?.kind).toBe('parse');
    expect(compileFilters([{ data: 'amount > 1' }])(event(order)).faults[0]?.message).toBe('the event has no JSON data');
    expect(compileFilters([{ data: 'amount > 1' }])(event(order, {})).faults[0]?.kind).toBe('evaluation');
  });

  test('no filters let every event pass', () => {
    expect(compileFilters([])(event(order)).matches).toBe(true);
  });
});

describe('an index of filters', () => {
  const word = fc.constantFrom('a', 'ab', 'abc', 'b', 'ba', '');
  const attribute = fc.constantFrom('type', 'source', 'subject', 'ext');
  const conditions = fc.dictionary(attribute, word, { minKeys: 1, maxKeys: 2 });
  const { spec } = fc.letrec<{ spec: FilterSpec }>((tie) => ({
    spec: fc.oneof(
      { depthSize: 'small', maxDepth: 3 },
      fc.record({ exact: conditions }),
      fc.record({ prefix: conditions }),
      fc.record({ suffix: conditions }),
      fc.record({ cesql: fc.constantFrom("type = 'a'", "ext = 'b'", 'EXISTS ext', 'nonsense ((') }),
      fc.record({ data: fc.constantFrom('amount > 1', "type == 'a'", 'amount', 'nothing ((') }),
      fc.record({ not: tie('spec') }),
      fc.record({ all: fc.array(tie('spec'), { maxLength: 3 }) }),
      fc.record({ any: fc.array(tie('spec'), { maxLength: 3 }) }),
    ),
  }));
  const attributes = fc.dictionary(attribute, word, { maxKeys: 4 });

  test('finds what trying every filter finds, also after some were replaced and removed', () => {
    const sets = fc.array(fc.array(spec, { maxLength: 3 }), { minLength: 1, maxLength: 12 });
    const json = fc.constantFrom(undefined, { amount: 2, type: 'a' }, { amount: 1 }, [1]);
    fc.assert(
      fc.property(sets, sets, attributes, json, (first, second, of, data) => {
        const index = new FilterIndex<number>();
        for (const [i, specs] of first.entries()) index.set(i, specs);
        for (const [i, specs] of second.entries()) index.set(i, specs);
        index.delete(0);
        const current = first.map((specs, i) => second[i] ?? specs).concat(second.slice(first.length));
        const naive = current.flatMap((specs, i) => (i > 0 && compileFilters(specs)(event(of, data)).matches ? [i] : []));
        const found = index.match(event(of, data)).flatMap(({ item, matches }) => (matches ? [item] : []));
        expect(found.sort((a, b) => a - b)).toEqual(naive);
        expect(index.size).toBe(current.length - 1);
      }),
      { numRuns: 500 },
    );
  });

  test('tries few of many filters that share one condition and differ in another', () => {
    const index = new FilterIndex<number>();
    let tried = 0;
    const counting = (i: number): FilterSpec => ({
      all: [{ exact: { type: 'order' } }, { prefix: { subject: `customer-${i}/` } }, { data: 'amount > 0' }],
    });
    for (let i = 0; i < 1000; i++) index.set(i, [counting(i)]);
    const counted: FilterEvent = {
      attributes: { type: 'order', subject: 'customer-77/42' },
      json: () => {
        tried++;
        return { amount: 1 };
      },
    };
    expect(index.match(counted).map(({ item }) => item)).toEqual([77]);
    expect(tried).toBe(1);
  });
});
