import type { ComparisonOperator, LogicOperator, MathOperator, Node } from './ast';
import { cast } from './cast';
import { findFunction } from './functions';
import { like, likeSteps } from './like';
import { parse } from './parser';
import { type Attributes, CesqlError, type Result, typeOf, type Value, type ValueType, zeroOf } from './value';
import { beginWork, charge } from './work';

/** An expression that is ready to be evaluated, as often as there are events. */
export type Evaluate = (attributes: Attributes) => Result;

const TRUE: Result = { value: true };
const FALSE: Result = { value: false };
const result = (value: boolean): Result => (value ? TRUE : FALSE);
const fail = (value: Value, error: CesqlError | undefined): Result => ({ value, error });

/**
 * Compiles a CloudEvents SQL expression (version 1.0). Evaluation always gives a value; with an error, it is that which the
 * suite of conformance cases expects, mostly the zero value of the operator's type.
 * Throws a CesqlError of kind parse for what is no expression.
 */
export function compileCesql(expression: string): Evaluate {
  const evaluate = compile(parse(expression));
  return (attributes) => {
    beginWork();
    try {
      return evaluate(attributes);
    } catch (error) {
      if (error instanceof CesqlError) return fail(false, error); // it was too much work
      throw error;
    }
  };
}

function compile(node: Node): Evaluate {
  switch (node.kind) {
    case 'literal': {
      const constant: Result = { value: node.value };
      return () => constant;
    }
    case 'attribute':
      return attribute(node.name);
    case 'exists':
      return (attributes) => result(Object.hasOwn(attributes, node.name));
    case 'not':
      return not(compile(node.operand));
    case 'negate':
      return math('-', () => ({ value: 0 }), compile(node.operand));
    case 'like':
      return test(compile(node.operand), like(node.pattern), likeSteps(node.pattern));
    case 'in':
      return contained(compile(node.operand), node.set.map(compile));
    case 'math':
      return math(node.operator, compile(node.left), compile(node.right));
    case 'compare':
      return compare(node.operator, compile(node.left), compile(node.right));
    case 'logic':
      return logic(node.operator, compile(node.left), compile(node.right));
    case 'call':
      return call(node.name, node.args.map(compile));
  }
}

function attribute(name: string): Evaluate {
  return (attributes) => {
    if (Object.hasOwn(attributes, name)) return { value: attributes[name]! };
    return fail(false, new CesqlError('missingAttribute', `the event has no attribute ${name}`));
  };
}

/** The operand cast to a type; `error` set if it failed or cannot be cast. */
function operand(evaluate: Evaluate, attributes: Attributes, type: ValueType): Result {
  const { value, error } = evaluate(attributes);
  return error ? fail(zeroOf(type), error) : cast(value, type);
}

/** An integer is no truth value here, though BOOL makes one of it: not_operator.yaml of the suite, "Invalid int cast". */
function not(evaluate: Evaluate): Evaluate {
  return (attributes) => {
    const { value, error } = evaluate(attributes);
    if (error) return fail(false, error);
    if (typeof value === 'number') return fail(true, new CesqlError('cast', `cannot cast ${value} to boolean`));
    const truth = cast(value, 'boolean');
    return truth.error ? fail(true, truth.error) : result(!truth.value);
  };
}

/** @param steps for each character of the text */
function test(evaluate: Evaluate, matches: (text: string) => boolean, steps: number): Evaluate {
  return (attributes) => {
    const text = operand(evaluate, attributes, 'string');
    if (text.error) return fail(false, text.error);
    charge((text.value as string).length * steps);
    return result(matches(text.value as string));
  };
}

function contained(evaluate: Evaluate, set: readonly Evaluate[]): Evaluate {
  return (attributes) => {
    const { value, error } = evaluate(attributes);
    if (error) return fail(false, error);
    for (const element of set) {
      const other = operand(element, attributes, typeOf(value));
      if (other.error) return fail(false, other.error);
      if (other.value === value) return TRUE;
    }
    return FALSE;
  };
}

const arithmetic: Readonly<Record<MathOperator, (x: number, y: number) => number>> = {
  '+': (x, y) => (x + y) | 0,
  '-': (x, y) => (x - y) | 0,
  '*': Math.imul,
  '/': (x, y) => (x / y) | 0,
  '%': (x, y) => (x % y) | 0,
};

function math(operator: MathOperator, left: Evaluate, right: Evaluate): Evaluate {
  const apply = arithmetic[operator];
  const divides = operator === '/' || operator === '%';
  return (attributes) => {
    const x = left(attributes);
    const y = x.error ? x : right(attributes);
    if (y.error) return fail(0, y.error);
    const a = cast(x.value, 'integer');
    const b = a.error ? a : cast(y.value, 'integer');
    if (b.error) return fail(0, b.error);
    if (divides && b.value === 0) return fail(0, new CesqlError('math', 'division by zero'));
    return { value: apply(a.value as number, b.value as number) };
  };
}

const ordering: Readonly<Partial<Record<ComparisonOperator, (x: number, y: number) => boolean>>> = {
  '<': (x, y) => x < y,
  '<=': (x, y) => x <= y,
  '>': (x, y) => x > y,
  '>=': (x, y) => x >= y,
};

/** Equality compares in the type of the right operand, order compares integers. */
function compare(operator: ComparisonOperator, left: Evaluate, right: Evaluate): Evaluate {
  const order = ordering[operator];
  return (attributes) => {
    const x = left(attributes);
    const y = x.error ? x : right(attributes);
    if (y.error) return fail(false, y.error);
    const a = cast(x.value, order ? 'integer' : typeOf(y.value));
    const b = a.error || !order ? y : cast(y.value, 'integer');
    const error = a.error ?? b.error;
    if (error) return fail(false, error);
    if (order) return result(order(a.value as number, b.value as number));
    return result((a.value === b.value) === (operator === '='));
  };
}

function logic(operator: LogicOperator, left: Evaluate, right: Evaluate): Evaluate {
  return (attributes) => {
    const x = operand(left, attributes, 'boolean');
    if (x.error) return fail(false, x.error);
    if (operator === 'AND' && !x.value) return FALSE;
    if (operator === 'OR' && x.value) return TRUE;
    const y = operand(right, attributes, 'boolean');
    if (y.error) return fail(false, y.error);
    return result(operator === 'XOR' ? x.value !== y.value : (y.value as boolean));
  };
}

function call(name: string, args: readonly Evaluate[]): Evaluate {
  const found = findFunction(name, args.length);
  if (!found) {
    const error = new CesqlError('missingFunction', `there is no function ${name} of ${args.length} arguments`);
    return () => fail(false, error);
  }
  const { params, rest = 'any', returns } = found;
  return (attributes) => {
    const values: Value[] = [];
    for (const [i, evaluate] of args.entries()) {
      const { value, error } = evaluate(attributes);
      if (error) return fail(zeroOf(returns), error);
      const type = params[i] ?? rest;
      const argument = type === 'any' ? { value } : cast(value, type);
      if (argument.error) return fail(zeroOf(returns), argument.error);
      values.push(argument.value);
      if (typeof argument.value === 'string') charge(argument.value.length);
    }
    return found.call(...(values as never[]));
  };
}
