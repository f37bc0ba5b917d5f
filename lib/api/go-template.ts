/** A text that is no template of the part of Go's text/template that is understood here, or one that cannot be applied to its data. */
export class TemplateError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'TemplateError';
  }
}

type Data = Readonly<Record<string, unknown>>;
type Node = (data: unknown) => string;
type Expression = (data: unknown) => unknown;

/** `{{…}}` with the trim marks `{{-` and `-}}`, and the text between, in order. */
function split(template: string): readonly { readonly text?: string; readonly action?: string }[] {
  const pieces: { text?: string; action?: string }[] = [];
  let rest = template;
  let trimNext = false;
  for (;;) {
    const start = rest.indexOf('{{');
    const text = start < 0 ? rest : rest.slice(0, start);
    const trimThis = start >= 0 && /^\{\{-\s/.test(rest.slice(start));
    let shown = trimNext ? text.trimStart() : text;
    if (trimThis) shown = shown.trimEnd();
    if (shown) pieces.push({ text: shown });
    if (start < 0) return pieces;
    const end = rest.indexOf('}}', start);
    if (end < 0) throw new TemplateError('unclosed action');
    const inside = rest.slice(start + 2, end);
    trimNext = /\s-$/.test(inside);
    const action = inside.replace(/^-\s/, '').replace(/\s-$/, '').trim();
    if (!/^\/\*[\s\S]*\*\/$/.test(action)) pieces.push({ action });
    rest = rest.slice(end + 2);
  }
}

/** Field of an object; a missing key of a map is empty, as in Go; a missing field of a struct is an error. */
function field(value: unknown, name: string, isRoot: boolean): unknown {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'object') throw new TemplateError(`can't evaluate field ${name}`);
  if (isRoot && !Object.hasOwn(value, name)) throw new TemplateError(`can't evaluate field ${name}`);
  return Object.hasOwn(value, name) ? (value as Data)[name] : undefined;
}

const truthy = (value: unknown): boolean =>
  Array.isArray(value) ? value.length > 0 : typeof value === 'object' && value !== null ? Object.keys(value).length > 0 : !!value;

const shown = (value: unknown): string => (value === undefined || value === null ? '' : String(value));

function printf(format: unknown, ...args: unknown[]): string {
  let next = 0;
  return shown(format).replace(/%([%vsdq])/g, (_, verb: string) => {
    if (verb === '%') return '%';
    const value = args[next++];
    return verb === 'q' ? JSON.stringify(shown(value)) : shown(value);
  });
}

const functions: Readonly<Record<string, (...args: unknown[]) => unknown>> = {
  index: (value, ...keys) => keys.reduce((part, key) => field(part, shown(key), false), value) ?? '',
  eq: (first, ...others) => others.some((other) => first === other || (!truthy(first) && !truthy(other))),
  ne: (a, b) => !(a === b || (!truthy(a) && !truthy(b))),
  not: (value) => !truthy(value),
  and: (...values) => values.find((value) => !truthy(value)) ?? values.at(-1),
  or: (...values) => values.find(truthy) ?? values.at(-1),
  len: (value) => (typeof value === 'string' || Array.isArray(value) ? value.length : Object.keys((value ?? {}) as Data).length),
  print: (...values) => values.map(shown).join(''),
  printf,
  slice: (text, from, to) => shown(text).slice(Number(from ?? 0), to === undefined ? undefined : Number(to)),
};

const TOKEN = /\s*("(?:[^"\\]|\\.)*"|`[^`]*`|-?\d+(?:\.\d+)?|\||\(|\)|(?:\.[A-Za-z_]\w*)+|\.|[A-Za-z_]\w*)/y;

function tokens(source: string): string[] {
  const found: string[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  for (let match = TOKEN.exec(source); match; match = TOKEN.exec(source)) {
    found.push(match[1]!);
    at = TOKEN.lastIndex;
  }
  if (source.slice(at).trim() !== '') throw new TemplateError(`unexpected ${JSON.stringify(source.slice(at).trim())} in action`);
  return found;
}

/** An expression: commands joined by `|`, each a value or a function with arguments. */
function expression(source: string): Expression {
  const all = tokens(source);
  let at = 0;
  const operand = (): Expression => {
    const token = all[at++];
    if (token === undefined) throw new TemplateError('missing value for command');
    if (token === '(') {
      const inner = pipeline();
      if (all[at++] !== ')') throw new TemplateError('unclosed left paren');
      return inner;
    }
    if (token === '.') return (data) => data;
    if (token.startsWith('.')) {
      const names = token.slice(1).split('.');
      return (data) => names.reduce<unknown>((value, name, i) => field(value, name, i === 0), data);
    }
    if (token.startsWith('"')) return () => JSON.parse(token);
    if (token.startsWith('`')) return () => token.slice(1, -1);
    if (/^-?\d/.test(token)) return () => Number(token);
    if (token === 'true' || token === 'false') return () => token === 'true';
    if (token === 'nil') return () => undefined;
    throw new TemplateError(`function ${JSON.stringify(token)} not defined`);
  };
  const atEnd = () => at >= all.length || all[at] === '|' || all[at] === ')';
  const command = (piped: Expression | undefined): Expression => {
    const name = all[at];
    if (name !== undefined && Object.hasOwn(functions, name)) {
      at++;
      const args: Expression[] = [];
      while (!atEnd()) args.push(operand());
      if (piped) args.push(piped);
      return (data) => functions[name]!(...args.map((arg) => arg(data)));
    }
    if (piped) throw new TemplateError(`non executable command in pipeline: ${name ?? ''}`);
    const value = operand();
    if (!atEnd()) throw new TemplateError(`unexpected ${JSON.stringify(all[at])} in operand`);
    return value;
  };
  const pipeline = (): Expression => {
    let value = command(undefined);
    while (all[at] === '|') {
      at++;
      value = command(value);
    }
    return value;
  };
  const result = pipeline();
  if (at < all.length) throw new TemplateError(`unexpected ${JSON.stringify(all[at])}`);
  return result;
}

/**
 * Parses a Go template: fields, `index`, comparisons, `print`, `printf`, `slice`, pipes, `if`/`else if`/`else`, `with`, trim marks
 * and comments. That is what domain and name templates use; anything else is refused with a TemplateError.
 */
export function parseGoTemplate(template: string): (data: Data) => string {
  const pieces = split(template);
  let at = 0;
  const block = (until: readonly string[]): { readonly body: Node; readonly end: string } => {
    const nodes: Node[] = [];
    const body: Node = (data) => nodes.map((node) => node(data)).join('');
    while (at < pieces.length) {
      const { text, action } = pieces[at++]!;
      if (text !== undefined) {
        nodes.push(() => text);
        continue;
      }
      const word = /^\w*/.exec(action!)![0];
      if (until.includes(word)) return { body, end: action! };
      if (word === 'if' || word === 'with') nodes.push(conditional(word, action!.slice(word.length)));
      else if (['range', 'define', 'template', 'block', 'else', 'end', 'break', 'continue'].includes(word)) {
        throw new TemplateError(`unexpected {{${word}}}`);
      } else {
        const value = expression(action!);
        nodes.push((data) => shown(value(data)));
      }
    }
    if (until.length > 0) throw new TemplateError('unexpected EOF');
    return { body, end: '' };
  };
  const conditional = (word: string, source: string): Node => {
    const test = expression(source);
    const { body: then, end } = block(['else', 'end']);
    let otherwise: Node = () => '';
    if (end !== 'end') {
      const chained = /^else\s+(if|with)\b(.*)$/s.exec(end);
      otherwise = chained ? conditional(chained[1]!, chained[2]!) : block(['end']).body;
    }
    return (data) => {
      const value = test(data);
      return truthy(value) ? then(word === 'with' ? value : data) : otherwise(data);
    };
  };
  return block([]).body;
}
