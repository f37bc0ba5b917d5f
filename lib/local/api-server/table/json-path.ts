/** One step from a value to those below it. */
type Step = (value: unknown) => readonly unknown[];

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const child =
  (key: string): Step =>
  (value) =>
    isObject(value) && Object.hasOwn(value, key) ? [value[key]] : [];

const element =
  (index: number): Step =>
  (value) => {
    if (!Array.isArray(value)) return [];
    const found = value.at(index) as unknown;
    return found === undefined ? [] : [found];
  };

const every: Step = (value) => (Array.isArray(value) ? value : isObject(value) ? Object.values(value) : []);

const FIELD = /^\.?((?:\\.|[^.[\]\\\s])+)/;
const QUOTED = /^\[\s*(?:'((?:\\.|[^'\\])*)'|"((?:\\.|[^"\\])*)")\s*\]/;
const INDEX = /^\[\s*(-?\d+)\s*\]/;
const EVERY = /^(?:\[\s*\*\s*\]|\.\*)/;
const FILTER = /^\[\s*\?\(\s*@([^=!<>\s)]*)\s*(?:(==|!=)\s*(?:'([^']*)'|"([^"]*)"|([^\s)]+))\s*)?\)\s*\]/;

const unescaped = (text: string): string => text.replaceAll(/\\(.)/g, '$1');

/** A literal of a filter that has no quotes. */
function literal(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return Number.isNaN(number) ? text : number;
}

function filter(path: string, operator: string | undefined, wanted: unknown): Step {
  const find = parseJsonPath(path);
  const keep = (item: unknown): boolean => {
    const [found, ...others] = find(item);
    if (operator === undefined) return found !== undefined || others.length > 0;
    return found !== undefined && (found === wanted) === (operator === '==');
  };
  return (value) => (Array.isArray(value) ? value.filter(keep) : []);
}

/** The first step of a path, and what is left of the path. */
function nextStep(path: string, whole: string): { readonly step: Step; readonly rest: string } {
  const patterns: readonly (readonly [RegExp, (match: RegExpExecArray) => Step])[] = [
    [EVERY, () => every],
    [QUOTED, ([, single, double]) => child(unescaped(single ?? double ?? ''))],
    [INDEX, ([, index]) => element(Number(index))],
    [FILTER, ([, inner, operator, single, double, plain]) => filter(inner!, operator, single ?? double ?? literal(plain ?? ''))],
    [FIELD, ([, name]) => child(unescaped(name!))],
  ];
  for (const [pattern, step] of patterns) {
    const match = pattern.exec(path);
    if (match) return { step: step(match), rest: path.slice(match[0].length) };
  }
  throw new SyntaxError(`unrecognized column definition ${JSON.stringify(whole)}`);
}

/**
 * Compiles the JSONPath of a printer column: fields (`.a.b`, `['a.b']`, `.a\.b`), elements (`[0]`, `[-1]`, `[*]`) and filters by one field
 * (`[?(@.type=="Ready")]`). The result finds every value there; what is missing is no error.
 *
 * @throws SyntaxError for a path that uses anything else
 */
export function parseJsonPath(path: string): (value: unknown) => readonly unknown[] {
  const steps: Step[] = [];
  for (let rest = path.trim(); rest !== '' && rest !== '.'; ) {
    const next = nextStep(rest, path);
    steps.push(next.step);
    rest = next.rest;
  }
  return (value) => steps.reduce<readonly unknown[]>((values, step) => values.flatMap((one) => step(one)), [value]);
}
