import { compileData, DataExpressionError } from '../../../../lib/expr/data';

const ORDER = {
  amount: 120,
  rush: true,
  customer: { country: 'CH' },
  items: [
    { sku: 'a', price: 7 },
    { sku: 'b', price: 9.5 },
  ],
};
const evaluate = (expression: string, data: unknown = ORDER) => compileData(expression)(data, { type: 'order', count: 3 });

function refusal(expression: string): string {
  try {
    compileData(expression);
  } catch (error) {
    if (error instanceof DataExpressionError) return error.message;
    throw error;
  }
  return 'none';
}

describe('an expression over the data of an event', () => {
  test.each([
    ['amount > 100', true],
    ['amount > 100.5 && rush', true],
    ['amount == 120', true],
    ['amount * 2 - 1 == 239.0 && 1 + amount / 2 > 60', true],
    ["customer.country in ['CH', 'LI']", true],
    ['items.exists(i, i.price > 9.0)', true],
    ['items.map(i, i.sku).size() == 2', true],
    ["event.type == 'order' && event.count == 3", true],
    ['has(data.discount)', false],
    ['data.?discount.orValue(0) < 10', true],
  ])('%s is %s', (expression, value) => {
    expect(evaluate(expression)).toEqual({ value });
  });

  test('sees fields that are called as types are in CEL, unless it asks for types', () => {
    const data = { type: 'a', list: [1, 2], map: { int: 3 }, string: 'x', n: 7 };
    for (const expression of [
      "type == 'a' && type.startsWith('a')",
      'list.all(i, i > 0) && list.size() == 2 && list[1] == 2',
      "map.int == 3 && string != 'y' && has(map.int)",
      'list.exists(map, map == 2)',
      'list.filter(int, int > 1).size() == 1',
      'type(string) == string || type(n) == double || type(n) == int',
      'data.?nothing.orValue(1) == 1 && optional.of(1).hasValue()',
    ]) {
      expect([expression, evaluate(expression, data)]).toEqual([expression, { value: true }]);
    }
    expect(evaluate("type == 'a'").error).toBe('No such key: type');
  });

  test('sees data that is no object as data', () => {
    expect(evaluate('data[1] == 2', [1, 2])).toEqual({ value: true });
    expect(evaluate("data == 'text'", 'text')).toEqual({ value: true });
  });

  test('fails, without throwing, over what is not there or does not fit', () => {
    expect(evaluate('amuont > 100').error).toBe('Unknown variable: amuont');
    expect(evaluate('customer.city == "Bern"').error).toBe('No such key: city');
    expect(evaluate('amount > "100"').error).toMatch(/no such overload/);
    expect(evaluate('1 / 0 > 0').error).toBe('division by zero');
  });

  test('is refused where it is no expression', () => {
    expect(refusal('amount >')).toMatch(/Unexpected/);
    expect(refusal('1 + "a" == 2')).toMatch(/no such overload/);
  });

  test('is refused where it could take time without bound', () => {
    expect(refusal('name.matches("(a+)+$")')).toMatch(/regular expressions are not supported/);
    expect(refusal('names.join("") == "x"')).toMatch(/join is not supported/);
    expect(refusal('cel.bind(v, items, v.size() > 0)')).toMatch(/cel.bind is not supported/);
    expect(refusal("name.split('').all(c, c == 'a')")).toMatch(/not through what split makes of a text/);
    expect(refusal('l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d > 0))))')).toBe('iterations may be nested 3 deep at most');
  });

  const list = Array.from({ length: 20_000 }, (_, i) => i);
  const map = Object.fromEntries(list.map((i) => [`k${i}`, i]));
  const large = {
    list,
    map,
    same: { ...map },
    text: 'x'.repeat(2 ** 20),
  };

  test.each([
    'list.all(a, list.all(b, list.all(c, a + b + c >= 0)))',
    'list.all(a, map.all(b, !list.exists(c, c < 0)))',
    'map.all(a, map.all(b, map.all(c, true)))',
    'map.all(a, map == same)',
    'map.exists(a, list.exists(b, list.map(c, c).exists(d, d.nothing)))',
    'list.all(a, !text.contains("y"))',
    'list.map(a, text + text).size() > 0',
    'list.all(a, (list + list + list).size() > a)',
    'list.all(a, !(-1 in list))',
    '[text].map(a, a + a + a).map(a, a + a + a).map(a, a + a + a).map(a, a + a + a).size() > 0',
    `[${list.slice(0, 90)}].all(a, [${list.slice(0, 90)}].all(b, [${list.slice(0, 90)}].all(c, a + b + c >= 0)))`,
  ])('stops when it takes too much work: %s', (expression) => {
    expect(evaluate(expression, large)).toEqual({
      error: 'takes too much work: the data is too large for this expression',
    });
  });

  test.each([
    ['list[19999] == 19999 && map.k5 == 5 && list.size() == 20000', true],
    ['list.all(a, a >= 0)', true],
    ['map == same', true],
    ['map.exists(k, k == "k500")', true],
    ['text.contains("y") || text.size() > 1000', true],
  ])('has room for an ordinary look at large data: %s', (expression, value) => {
    for (let again = 0; again < 3; again++) expect(evaluate(expression, large)).toEqual({ value });
  });

  test('names a long value by its beginning in what it says', () => {
    expect(evaluate('duration(text) > duration("1s")', large).error!.length).toBeLessThan(250);
  });
});
