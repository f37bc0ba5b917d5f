/** How much one evaluation may do: every step counts, and with it the size of what it gives. */
export const MAX_WORK = 10_000_000;
/** What a step counts for by itself, and what one that fails does. */
const STEP = 10;
const FAILURE = 1000;

type Evaluate = (this: CelNode, evaluator: unknown, node: CelNode, context: unknown) => unknown;

/** A node of cel-js's syntax tree, as far as it is looked at here. */
interface CelNode {
  readonly op: string;
  readonly args: unknown;
  readonly meta: { evaluate: Evaluate; readonly alternate?: unknown };
}

/** What cel-js makes of `all`, `exists`, `map` and their like. */
interface Comprehension {
  readonly iterable: unknown;
  readonly init: unknown;
  readonly step: unknown;
  condition?: (accumulated: unknown) => boolean;
}

/** How the size of a value counts: not at all where only a part of it is taken, as a whole where it is compared. */
type Weight = 'none' | 'own' | 'deep';

const ACCESS = new Set(['.', '.?', '[]', '[?]']);
const COMPARISON = new Set(['==', '!=', 'in']);

/** An evaluation did more than it may. */
export class BudgetError extends Error {
  constructor() {
    super('takes too much work: the data is too large for this expression');
    this.name = 'BudgetError';
  }
}

/** Counts the work of one evaluation after the other. */
export class Meter {
  #left = MAX_WORK;

  begin(): void {
    this.#left = MAX_WORK;
  }

  /** Throws a BudgetError once there was too much, and again with every further step: iterations go on after errors. */
  charge(work: number): void {
    this.#left -= work;
    if (this.#left < 0) throw new BudgetError();
  }
}

const isNode = (value: unknown): value is CelNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'meta' in value;

/** Has every step of a checked expression counted; the meter is begun anew for each evaluation. */
export function metered(ast: unknown): Meter {
  const meter = new Meter();
  const seen = new Set<CelNode>();
  const visit = (value: unknown, weight: Weight): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, weight);
    if (!isNode(value) || seen.has(value)) return;
    seen.add(value);
    const { op, args, meta } = value;
    if (op === 'comprehension') countIterations(args as Comprehension, meter, visit);
    else if (ACCESS.has(op) && Array.isArray(args)) {
      visit(args[0], 'none');
      visit(args.slice(1), 'own');
    } else visit(args, COMPARISON.has(op) ? 'deep' : 'own');
    if (meta.alternate === undefined) count(meta, meter, weight);
    else visit(meta.alternate, weight);
  };
  visit(ast, 'own');
  return meter;
}

function countIterations(comprehension: Comprehension, meter: Meter, visit: (value: unknown, weight: Weight) => void): void {
  const { iterable, init, step, condition } = comprehension;
  for (const part of [iterable, init, step]) visit(part, 'own');
  // Errors of steps do not end an iteration; those of its condition do.
  comprehension.condition = (accumulated) => {
    meter.charge(STEP);
    return condition ? condition(accumulated) : true;
  };
}

function count(meta: CelNode['meta'], meter: Meter, weight: Weight): void {
  const { evaluate } = meta;
  meta.evaluate = (evaluator, node, context) => {
    let result: unknown;
    try {
      result = evaluate.call(node, evaluator, node, context);
    } catch (error) {
      meter.charge(FAILURE);
      throw error;
    }
    meter.charge(STEP + (weight === 'none' ? 0 : weight === 'own' ? sizeOf(result) : deepSizeOf(result)));
    return result;
  };
}

const sizes = new WeakMap<object, number>();
const deepSizes = new WeakMap<object, number>();

/** How many characters, bytes, elements or keys a value has. */
function sizeOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length;
  const known = sizes.get(value) ?? Object.keys(value).length;
  sizes.set(value, known);
  return known;
}

/** The same with all that is within: each part of it is a step of a comparison. */
function deepSizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return sizeOf(value);
  const known = deepSizes.get(value);
  if (known !== undefined) return known;
  const size = Object.values(value).reduce<number>((sum, part) => sum + STEP + deepSizeOf(part), 0);
  deepSizes.set(value, size);
  return size;
}
