import { CesqlError } from './value';

export type TokenKind = 'string' | 'integer' | 'word' | 'symbol' | 'end';

/** One token. `text` of a word is in upper case, as keywords are compared; `source` is as it was written. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly source: string;
  /** Characters before it. */
  readonly at: number;
}

const SPACE = /[ \t\r\n]*/y;
const STRING = /'(?:\\[\s\S]|''|[^'\\])*'|"(?:\\[\s\S]|""|[^"\\])*"/y;
const WORD = /[A-Za-z0-9_]+/y;
const SYMBOL = /<>|!=|<=|>=|[-+*/%=<>(),]/y;

/** The tokens of an expression. Throws a CesqlError of kind parse that says where. */
export function tokenize(expression: string): Token[] {
  const tokens: Token[] = [];
  for (let at = skip(expression, 0); at < expression.length; ) {
    const token = next(expression, at);
    tokens.push(token);
    at = skip(expression, at + token.source.length);
  }
  tokens.push({ kind: 'end', text: '', source: '', at: expression.length });
  return tokens;
}

function next(expression: string, at: number): Token {
  const quoted = match(STRING, expression, at);
  if (quoted !== undefined) return { kind: 'string', text: unquoted(quoted), source: quoted, at };
  const word = match(WORD, expression, at);
  if (word !== undefined) return { kind: /^\d+$/.test(word) ? 'integer' : 'word', text: word.toUpperCase(), source: word, at };
  const symbol = match(SYMBOL, expression, at);
  if (symbol !== undefined) return { kind: 'symbol', text: symbol === '<>' ? '!=' : symbol, source: symbol, at };
  const character = String.fromCodePoint(expression.codePointAt(at)!);
  const what = character === "'" || character === '"' ? 'a string without its closing quote' : `unexpected ${character}`;
  throw new CesqlError('parse', `${what} at column ${at + 1}`);
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function skip(text: string, at: number): number {
  return at + match(SPACE, text, at)!.length;
}

/** A backslash escapes the quote around the string and stays before anything else: LIKE patterns use it themselves. */
function unquoted(literal: string): string {
  const quote = literal[0]!;
  return literal
    .slice(1, -1)
    .replaceAll(`\\${quote}`, quote)
    .replaceAll(quote + quote, quote);
}
