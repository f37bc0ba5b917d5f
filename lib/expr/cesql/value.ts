/** What a CloudEvents SQL expression computes: a string, a 32 bit integer or a boolean. */
export type Value = string | number | boolean;
export type ValueType = 'string' | 'integer' | 'boolean';

/** Kinds of errors of CloudEvents SQL 1.0, as its conformance suite names them. */
export type CesqlErrorKind =
  | 'parse'
  | 'math'
  | 'cast'
  | 'missingFunction'
  | 'functionEvaluation'
  | 'missingAttribute'
  | 'generic';

/** An error of parsing or evaluation. Evaluation is total: a value comes with it. */
export class CesqlError extends Error {
  constructor(
    readonly kind: CesqlErrorKind,
    message: string,
  ) {
    super(message);
    this.name = 'CesqlError';
  }
}

/** A value, and the first error on the way to it. */
export interface Result<T extends Value = Value> {
  readonly value: T;
  readonly error?: CesqlError | undefined;
}

/** The context attributes of an event by lower-case name; those that are not strings keep their type. */
export type Attributes = Readonly<Record<string, Value>>;

export function typeOf(value: Value): ValueType {
  if (typeof value === 'string') return 'string';
  return typeof value === 'boolean' ? 'boolean' : 'integer';
}

const ZEROS: Readonly<Record<ValueType, Value>> = { string: '', integer: 0, boolean: false };

/** What an expression of a type has as its value if it fails. */
export function zeroOf(type: ValueType): Value {
  return ZEROS[type];
}
