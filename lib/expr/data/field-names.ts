/** A node of cel-js's syntax tree, as far as it is looked at here. */
interface CelNode {
  readonly op: string;
  readonly args: unknown;
  setMeta(key: 'alternate', value: unknown): unknown;
}

/** What CEL has for names of types and of its own, and what is far more often a field of an event's data. */
const TAKEN = new Set([
  ...['bool', 'int', 'uint', 'double', 'string', 'bytes', 'list', 'map', 'type', 'null_type'],
  ...['google', 'cel', 'optional'],
]);

const isNode = (value: unknown): value is CelNode =>
  typeof value === 'object' && value !== null && 'op' in value && 'setMeta' in value;

/**
 * Has `type == 'a'` and `list.size() > 0` mean the fields of these names, which to CEL are types; but in expressions that ask for
 * types, as `type(amount) == int` does, they are what they are to CEL.
 * @param ast of an expression that has not been checked yet
 * @param parse parses another expression
 */
export function fieldsByTakenNames(ast: unknown, parse: (expression: string) => unknown): void {
  const found: CelNode[] = [];
  const own = new Set<unknown>();
  let asksForTypes = false;
  const visit = (value: unknown): void => {
    if (Array.isArray(value)) for (const item of value) visit(item);
    if (!isNode(value)) return;
    const [first, target, args] = Array.isArray(value.args) ? (value.args as unknown[]) : [];
    if (value.op === 'call' && first === 'type') asksForTypes = true;
    // The first argument of `all`, `exists` and their like names an element.
    if (value.op === 'rcall' && Array.isArray(args) && isNode(args[0]) && args[0].op === 'id') own.add(args[0].args);
    // `optional.none()` and `cel.bind()` are not said of a field.
    const said =
      value.op === 'rcall' && isNode(target) && target.op === 'id' && (target.args === 'optional' || target.args === 'cel');
    if (value.op === 'id' && TAKEN.has(value.args as string)) found.push(value);
    visit(said ? args : value.args);
  };
  visit(ast);
  if (asksForTypes) return;
  for (const node of found) if (!own.has(node.args)) node.setMeta('alternate', parse(`data.${node.args}`));
}
