import { verifyCorrelationId } from './correlation';
import { CesqlError, type Result, type Value, type ValueType } from './value';

/** A function as expressions call it. Arguments arrive cast to `params`, and to `rest` beyond them. */
export interface CesqlFunction {
  readonly params: readonly (ValueType | 'any')[];
  readonly rest?: ValueType;
  readonly returns: ValueType;
  call(...args: never[]): Result;
}

const value = (result: Value): Result => ({ value: result });
const failed = (result: Value, message: string): Result => ({
  value: result,
  error: new CesqlError('functionEvaluation', message),
});

/** White space as CloudEvents SQL defines it for TRIM. */
const SPACE = /[\s\u0085]/u;

function trimmed(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && SPACE.test(text[from]!)) from++;
  while (to > from && SPACE.test(text[to - 1]!)) to--;
  return text.slice(from, to);
}

function left(text: string, count: number): Result {
  if (count < 0) return failed(text, `LEFT of a negative number of characters (${count})`);
  return value([...text].slice(0, count).join(''));
}

function right(text: string, count: number): Result {
  if (count < 0) return failed(text, `RIGHT of a negative number of characters (${count})`);
  const characters = [...text];
  return value(characters.slice(Math.max(0, characters.length - count)).join(''));
}

/** Positions count from 1, negative ones from the end; position 0 is nowhere. */
function substring(text: string, position: number, length?: number): Result {
  const characters = [...text];
  if (length !== undefined && length < 0) return failed('', `SUBSTRING of a negative length (${length})`);
  if (position === 0) return value('');
  if (Math.abs(position) > characters.length) return failed('', `SUBSTRING from ${position} of ${characters.length} characters`);
  const start = position > 0 ? position - 1 : characters.length + position;
  return value(characters.slice(start, length === undefined ? undefined : start + length).join(''));
}

function abs(number: number): Result {
  if (number !== -(2 ** 31)) return value(Math.abs(number));
  return { value: 2 ** 31 - 1, error: new CesqlError('math', 'ABS of the smallest integer does not fit into 32 bits') };
}

const text = (call: (text: string) => Value, returns: ValueType = 'string'): CesqlFunction => ({
  params: ['string'],
  returns,
  call: (argument: string) => value(call(argument)),
});
/** The cast itself is what the evaluator does to the argument. */
const casting = (type: ValueType): CesqlFunction => ({
  params: [type],
  returns: type,
  call: (argument: Value) => value(argument),
});

const functions: Readonly<Record<string, readonly CesqlFunction[]>> = {
  LENGTH: [text((x) => [...x].length, 'integer')],
  LOWER: [text((x) => x.toLowerCase())],
  UPPER: [text((x) => x.toUpperCase())],
  TRIM: [text(trimmed)],
  CONCAT: [{ params: [], rest: 'string', returns: 'string', call: (...parts: string[]) => value(parts.join('')) }],
  CONCAT_WS: [
    {
      params: ['string'],
      rest: 'string',
      returns: 'string',
      call: (separator: string, ...parts: string[]) => value(parts.join(separator)),
    },
  ],
  LEFT: [{ params: ['string', 'integer'], returns: 'string', call: left }],
  RIGHT: [{ params: ['string', 'integer'], returns: 'string', call: right }],
  SUBSTRING: [
    { params: ['string', 'integer'], returns: 'string', call: (x: string, from: number) => substring(x, from) },
    { params: ['string', 'integer', 'integer'], returns: 'string', call: substring },
  ],
  ABS: [{ params: ['integer'], returns: 'integer', call: abs }],
  INT: [casting('integer')],
  BOOL: [casting('boolean')],
  STRING: [casting('string')],
  KN_VERIFY_CORRELATION_ID: [
    {
      params: ['string', 'string', 'string', 'string', 'integer', 'integer'],
      returns: 'boolean',
      call: (id: string, name: string, namespace: string, _secret: string, index: number, count: number) =>
        value(verifyCorrelationId(id, name, namespace, index, count)),
    },
  ],
};

/** The function of that name for so many arguments, or undefined. */
export function findFunction(name: string, count: number): CesqlFunction | undefined {
  const overloads = Object.hasOwn(functions, name) ? functions[name]! : [];
  return (
    overloads.find(({ params, rest }) => !rest && params.length === count) ??
    overloads.find(({ params, rest }) => rest && params.length <= count)
  );
}
