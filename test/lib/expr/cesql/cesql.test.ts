import fc from 'fast-check';
import { CesqlError, compileCesql } from '../../../../lib/expr/cesql';
import { like } from '../../../../lib/expr/cesql/like';

const evaluate = (expression: string, attributes = {}) => compileCesql(expression)(attributes);

function parseError(expression: string): string {
  try {
    compileCesql(expression);
  } catch (error) {
    if (error instanceof CesqlError && error.kind === 'parse') return error.message;
    throw error;
  }
  return 'none';
}

describe('a CloudEvents SQL expression', () => {
  test.each([
    ['', 'expected a value at column 1, found the end of the expression'],
    ["type = 'a", 'a string without its closing quote at column 8'],
    ['type == 1', 'expected a value at column 7, found ='],
    ['type = 1 1', 'expected an operator or the end at column 10, found 1'],
    ['x LIKE y', 'expected a string after LIKE at column 8, found y'],
    ['x IN ()', 'expected a value at column 7, found )'],
    ['2147483648', '2147483648 at column 1 does not fit into 32 bits'],
    ['my_attribute', 'expected the name of an attribute (letters and digits) at column 1, found my_attribute'],
    ['a ? b', 'unexpected ? at column 3'],
    ['EXISTS', 'expected the name of an attribute (letters and digits) at column 7, found the end of the expression'],
  ])('%s is refused: %s', (expression, message) => {
    expect(parseError(expression)).toBe(message);
  });

  test('is refused when it is nested or long beyond reason, without exhausting the stack', () => {
    expect(parseError('('.repeat(50_000))).toBe('nested more than 200 deep');
    expect(parseError('NOT '.repeat(10_000))).toBe('nested more than 200 deep');
    expect(parseError('a AND '.repeat(10_000))).toBe('more than 2000 operands in one chain');
    expect(parseError(' '.repeat(100_000))).toBe('longer than 65536 characters');
  });

  test('knows the smallest integer, and wraps around as 32 bit integers do', () => {
    expect(evaluate('-2147483648')).toEqual({ value: -2147483648 });
    expect(evaluate('2147483647 + 1')).toEqual({ value: -2147483648 });
    expect(evaluate('4-1')).toEqual({ value: 3 });
    expect(evaluate('-7 % 7')).toEqual({ value: 0 });
    expect(Object.is(evaluate('-7 % 7').value, 0)).toBe(true);
  });

  test('counts characters, not bytes or halves of characters', () => {
    expect(evaluate("LENGTH('né🎈')")).toEqual({ value: 3 });
    expect(evaluate("RIGHT('né🎈', 1)")).toEqual({ value: '🎈' });
    expect(evaluate("'🎈' LIKE '_'")).toEqual({ value: true });
  });

  test('chains as many conditions as a program may generate', () => {
    const expression = Array.from({ length: 2000 }, (_, i) => `type = 't${i}'`).join(' OR ');
    expect(evaluate(expression, { type: 't1999' })).toEqual({ value: true });
  });

  test('reads a doubled quote as one', () => {
    expect(evaluate("'it''s'")).toEqual({ value: "it's" });
  });

  test('takes nothing that attributes inherit for an attribute', () => {
    expect(evaluate('EXISTS constructor')).toEqual({ value: false });
    expect(evaluate('constructor').error?.kind).toBe('missingAttribute');
    expect(evaluate('constructor()').error?.kind).toBe('missingFunction');
  });

  const long = 'a'.repeat(65_000);
  const many = (count: number, text: string, separator: string) => Array<string>(count).fill(text).join(separator);

  test.each([
    ['many patterns', many(1900, "long LIKE '%_b%'", ' OR ')],
    ['a pattern that is as long as the text', `long LIKE '%${'_a'.repeat(30_000)}%'`],
    ['a text put together of thousands', `LENGTH(CONCAT(${many(6000, 'long', ',')})) > 0`],
    ['many functions', many(1900, "UPPER(long) = 'A'", ' OR ')],
    ['functions in a set', `id IN (${many(4000, 'UPPER(long)', ',')})`],
  ])('stops when it takes too much work: %s', (_name, expression) => {
    expect(evaluate(expression, { long, id: '1' })).toMatchObject({
      value: false,
      error: { kind: 'generic', message: 'the expression goes through more than 1000000 characters' },
    });
    expect(evaluate("long LIKE '%b' OR LENGTH(long) = 65000", { long })).toEqual({ value: true });
  });

  test('takes spaces off in one go, however many stand in the middle', () => {
    expect(evaluate('LENGTH(TRIM(text))', { text: `\u0085 a${' '.repeat(60_000)}b\t ` })).toEqual({ value: 60_002 });
  });

  test('names a long value by its beginning when it cannot be cast', () => {
    expect(evaluate('INT(long) = 1', { long }).error!.message.length).toBeLessThan(200);
  });

  test('evaluates whatever is parsed, without throwing', () => {
    const atom = fc.constantFrom('a', '1', "'x'", 'TRUE', '-3', 'missing', "''");
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { depthSize: 'small' },
        atom,
        fc
          .tuple(tie('expression'), fc.constantFrom('+', '/', '%', '=', '<', 'AND', 'OR', 'XOR', '<>'), tie('expression'))
          .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
        tie('expression').map((operand) => `NOT (${operand})`),
        tie('expression').map((operand) => `(${operand}) LIKE '%1_'`),
        tie('expression').map((operand) => `SUBSTRING(${operand}, 1)`),
        fc.tuple(tie('expression'), tie('expression')).map(([x, y]) => `(${x}) IN (${y}, 1)`),
      ),
    }));
    fc.assert(
      fc.property(expression, (text) => {
        const { value } = evaluate(text, { a: 'x' });
        expect(['string', 'number', 'boolean']).toContain(typeof value);
      }),
    );
  });
});

describe('LIKE', () => {
  const character = fc.constantFrom('a', 'b', '%', '_', '\\');
  const text = fc.string({ unit: character, maxLength: 12 });

  /** The same by definition: tries every length for every %. */
  function naive(pattern: string, value: string): boolean {
    if (pattern === '') return value === '';
    if (/^\\[%_]/.test(pattern)) return value[0] === pattern[1] && naive(pattern.slice(2), value.slice(1));
    if (pattern[0] === '%') {
      return Array.from({ length: value.length + 1 }, (_, i) => i).some((i) => naive(pattern.slice(1), value.slice(i)));
    }
    return value !== '' && (pattern[0] === '_' || pattern[0] === value[0]) && naive(pattern.slice(1), value.slice(1));
  }

  test('matches what its definition matches', () => {
    fc.assert(fc.property(text, text, (pattern, value) => expect(like(pattern)(value)).toBe(naive(pattern, value))));
  });

  test('matches stretches longer than a machine word', () => {
    const long = `${'ab_'.repeat(30)}c`;
    const value = 'abx'.repeat(40);
    expect(like(`%${long}%`)(`${value}c`)).toBe(true);
    expect(like(`%${long}%`)(value)).toBe(false);
  });

  test('answers for a text of 100,000 characters and a pattern that makes others backtrack for ever', () => {
    expect(like(`%${'a%'.repeat(50)}${'a_'.repeat(20)}b%`)('a'.repeat(100_000))).toBe(false);
  });
});
