import { type Document, isAlias, isMap, isScalar, isSeq, type LineCounter, type Node, type Pair } from 'yaml';

/** Where in a text something stands; lines and columns count from 1. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
  /** How many characters of the line it takes. */
  readonly length: number;
}

interface Step {
  /** What stands for the field: its key, or the item of a list. */
  readonly shown: Node;
  readonly value: Node | null;
  /** The part of the path that follows. */
  readonly rest: string;
}

const keyText = ({ key }: Pair): string => String(isScalar(key) ? key.value : key);

/** Keys hold dots and slashes themselves, so the longest key with which the path goes on is the one meant. */
function mapStep(pairs: readonly Pair[], path: string): Step | undefined {
  const dotted = path.replace(/^\./, '');
  const bracketed = /^\.?\[([^\]]*)\]/.exec(path);
  const candidates = pairs.flatMap((pair) => {
    const key = keyText(pair);
    if (bracketed?.[1] === key) return [{ pair, rest: path.slice(bracketed[0].length), key }];
    const goesOn = dotted.startsWith(key) && /^($|[.[=])/.test(dotted.slice(key.length));
    return goesOn ? [{ pair, rest: dotted.slice(key.length), key }] : [];
  });
  const [best] = candidates.sort((a, b) => b.key.length - a.key.length);
  return best && { shown: best.pair.key as Node, value: best.pair.value as Node | null, rest: best.rest };
}

function listStep(items: readonly unknown[], path: string): Step | undefined {
  const match = /^\.?\[(\d+|\*)\]/.exec(path);
  const item = match && (items[match[1] === '*' ? 0 : Number(match[1])] as Node | undefined);
  return item ? { shown: item, value: item, rest: path.slice(match[0].length) } : undefined;
}

/**
 * Where the field with this path stands below `root`, such as `spec.traffic[0].percent`: its key, and its value where that is on the
 * same line. A field that is not there is shown as the nearest field around it that is.
 */
export function positionOf(document: Document, root: Node, path: string, lines: LineCounter): TextPosition {
  let at: Step = { shown: root, value: root, rest: path };
  let node: Node | null = root;
  while (at.rest !== '') {
    const known: Node | null | undefined = isAlias(node) ? node.resolve(document) : node;
    const next: Step | undefined = isMap(known)
      ? mapStep(known.items, at.rest)
      : isSeq(known)
        ? listStep(known.items, at.rest)
        : undefined;
    if (!next) break;
    [at, node] = [next, next.value];
  }
  return range(at, lines);
}

function range({ shown, value, rest }: Step, lines: LineCounter): TextPosition {
  const [start = 0, keyEnd = start] = shown.range ?? [];
  const found = rest === '' || rest.startsWith('=');
  const end = found && isScalar(value) ? (value.range?.[1] ?? keyEnd) : keyEnd;
  const [from, to, key] = [lines.linePos(start), lines.linePos(end), lines.linePos(keyEnd)];
  const last = to.line === from.line ? to.col : key.line === from.line ? key.col : from.col + 1;
  return { line: from.line, column: from.col, length: Math.max(1, last - from.col) };
}
