/** A node of cel-js's syntax tree, as far as it is looked at here. */
interface CelNode {
  readonly op: string;
  readonly args: unknown;
}

const ITERATIONS = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);
/** How deep iterations may stand within each other. */
const MAX_NESTED = 3;

const REFUSED: Readonly<Record<string, string>> = {
  matches: 'regular expressions are not supported, as they may never end: use startsWith, endsWith, contains or ==',
  join: 'join is not supported, as its texts may become too long: compare their parts',
  bind: 'cel.bind is not supported: write the value where it is used',
};

const isNode = (value: unknown): value is CelNode => typeof value === 'object' && value !== null && 'op' in value;

/** Why a parsed CEL expression is refused, if it is: for what no meter stops, or no one means. */
export function restrictions(ast: unknown): string | undefined {
  const visit = (value: unknown, nested: number): string | undefined => {
    if (Array.isArray(value)) return firstOf(value, (item) => visit(item, nested));
    if (!isNode(value)) return undefined;
    const [name, target, ...rest] = value.op === 'rcall' && Array.isArray(value.args) ? (value.args as unknown[]) : [];
    if (typeof name !== 'string') return visit(value.args, nested);
    if (Object.hasOwn(REFUSED, name)) return REFUSED[name];
    if (!ITERATIONS.has(name)) return visit([target, ...rest], nested);
    if (nested === MAX_NESTED) return `iterations may be nested ${MAX_NESTED} deep at most`;
    if (splits(target))
      return `${name} goes through the elements of the event's own lists, not through what split makes of a text`;
    return visit(target, nested) ?? visit(rest, nested + 1);
  };
  return visit(ast, 0);
}

function firstOf<T>(items: readonly T[], test: (item: T) => string | undefined): string | undefined {
  for (const item of items) {
    const found = test(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

function splits(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(splits);
  if (!isNode(value)) return false;
  return (value.op === 'rcall' && Array.isArray(value.args) && value.args[0] === 'split') || splits(value.args);
}
