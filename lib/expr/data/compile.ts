import { Environment } from '@marcbachmann/cel-js';
import { errorMessage } from '../../base';
import type { Attributes } from '../cesql';
import { fieldsByTakenNames } from './field-names';
import { metered } from './meter';
import { restrictions } from './restrictions';

/** What an expression over an event's data gives, or why it gives nothing. */
export interface DataResult {
  readonly value?: unknown;
  readonly error?: string;
}

export type EvaluateData = (data: unknown, attributes: Attributes) => DataResult;

/** An expression that is no valid one, with what is wrong and where. */
export class DataExpressionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'DataExpressionError';
  }
}

/** Names that mean something of their own; fields of these names are reached as `data.data` and `data.event`. */
const DATA = 'data';
const EVENT = 'event';
const MAX_MESSAGE = 200;

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  enableOptionalTypes: true,
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 1000, maxDepth: 50, maxListElements: 1000, maxMapEntries: 100, maxCallArguments: 10 },
})
  .registerVariable(DATA, 'dyn')
  .registerVariable(EVENT, 'map');

// Numbers of JSON are doubles, numbers without a point in CEL are integers: where they meet, both are taken as doubles.
const mixed: Readonly<Record<string, (x: number, y: number) => number>> = {
  '+': (x, y) => x + y,
  '-': (x, y) => x - y,
  '*': (x, y) => x * y,
  '/': (x, y) => x / y,
};
for (const [operator, apply] of Object.entries(mixed)) {
  environment.registerOperator(`double ${operator} int`, (x: number, y: bigint) => apply(x, Number(y)));
  environment.registerOperator(`int ${operator} double`, (x: bigint, y: number) => apply(Number(x), y));
}

/**
 * Compiles a CEL expression over an event's JSON data. Its fields are named as they are (`amount > 100`), `data` is all of it
 * (`data[0].id`, for data that is no object), `event` its context attributes (`event.type`). Evaluation never throws, and its
 * time is bounded. Throws a DataExpressionError.
 */
export function compileData(expression: string): EvaluateData {
  const program = parsed(expression);
  const refused = restrictions(program.ast);
  if (refused !== undefined) throw new DataExpressionError(refused);
  fieldsByTakenNames(program.ast, (part) => environment.parse(part).ast);
  const { valid, error } = program.check();
  if (!valid) throw new DataExpressionError(firstLine(error));
  const meter = metered(program.ast);
  return (data, attributes) => {
    meter.begin();
    try {
      const fields = typeof data === 'object' && data !== null && !Array.isArray(data) ? data : {};
      return { value: program({ ...fields, [DATA]: data, [EVENT]: attributes }) as unknown };
    } catch (failure) {
      return { error: firstLine(failure) };
    }
  };
}

function parsed(expression: string): ReturnType<Environment['parse']> {
  try {
    return environment.parse(expression);
  } catch (error) {
    throw new DataExpressionError(firstLine(error));
  }
}

/** cel-js draws the place into further lines of its messages, and quotes values however long they are. */
function firstLine(error: unknown): string {
  const [line = ''] = errorMessage(error).split('\n', 1);
  return line.length > MAX_MESSAGE ? `${line.slice(0, MAX_MESSAGE)}…` : line;
}
