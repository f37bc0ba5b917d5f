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
    expect(refusal('cel.bind(v, items, v.size() > 0)')).toMatch(/cel.bind is not supported/);
    expect(refusal("name.split('').all(c, c == 'a')")).toMatch(/not through what split makes of a text/);
    expect(refusal('l.all(a, l.all(b, l.all(c, l.all(d, a + b + c + d > 0))))')).toBe('iterations may be nested 3 deep at most');
  });

  test('stops when it has looked at too many elements', () => {
    const list = Array.from({ length: 2000 }, () => 1);
    expect(evaluate('l.all(a, l.all(b, l.all(c, a + b + c > 0)))', { l: list })).toEqual({
      error: 'looked at more than 100000 elements of lists',
    });
    expect(evaluate('l.all(a, a > 0)', { l: list })).toEqual({ value: true });
  });
});
