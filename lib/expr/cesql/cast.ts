import { CesqlError, type Result, typeOf, type Value, type ValueType, zeroOf } from './value';
import { charge } from './work';

const MIN = -(2 ** 31);
const MAX = 2 ** 31 - 1;
/** Characters of a value that messages show. */
const MAX_SHOWN = 100;

/** The integer that a text writes in decimal, if it fits into 32 bits. */
export function parseInteger(text: string): number | undefined {
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = Number(text);
  return value >= MIN && value <= MAX ? value : undefined;
}

/** Casts of CloudEvents SQL 1.0, section 3.7: strings by how they are written, booleans as 0 and 1. */
export function cast(value: Value, type: ValueType): Result {
  if (typeOf(value) === type) return { value };
  if (type === 'string') return { value: String(value) };
  if (typeof value === 'string') charge(value.length);
  const converted = type === 'integer' ? toInteger(value) : toBoolean(value);
  if (converted !== undefined) return { value: converted };
  return { value: zeroOf(type), error: new CesqlError('cast', `cannot cast ${shown(value)} to ${type}`) };
}

function shown(value: Value): string {
  return JSON.stringify(typeof value === 'string' && value.length > MAX_SHOWN ? `${value.slice(0, MAX_SHOWN)}…` : value);
}

function toInteger(value: Value): number | undefined {
  return typeof value === 'string' ? parseInteger(value) : Number(value);
}

function toBoolean(value: Value): boolean | undefined {
  if (typeof value !== 'string') return Boolean(value);
  const text = value.toLowerCase();
  return text === 'true' ? true : text === 'false' ? false : undefined;
}
