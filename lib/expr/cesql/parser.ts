import type { ComparisonOperator, LogicOperator, MathOperator, Node } from './ast';
import { parseInteger } from './cast';
import { type Token, tokenize } from './lexer';
import { CesqlError } from './value';

/** How deep expressions may be nested; beyond it is no one's hand. */
const MAX_DEPTH = 200;
const MAX_LENGTH = 65_536;
/** How many operands AND, OR and XOR may chain. */
const MAX_CHAIN = 2000;

const LOGIC = new Set(['AND', 'OR', 'XOR']);
const COMPARISON = new Set(['=', '!=', '<', '<=', '>', '>=']);
const KEYWORDS = new Set([...LOGIC, 'NOT', 'LIKE', 'EXISTS', 'IN', 'TRUE', 'FALSE']);

/**
 * The tree of a CloudEvents SQL expression (cesql/CESQLParser.g4 of cloudevents/spec). Operators from the tightest: functions,
 * NOT and minus, LIKE, IN, products, sums, comparisons; AND, OR and XOR are of one rank and lean to the right.
 * Throws a CesqlError of kind parse that says what is wrong at which column.
 */
export function parse(expression: string): Node {
  if (expression.length > MAX_LENGTH) throw new CesqlError('parse', `longer than ${MAX_LENGTH} characters`);
  return new Parser(tokenize(expression)).parse();
}

class Parser {
  #at = 0;
  #depth = 0;

  constructor(private readonly tokens: readonly Token[]) {}

  parse(): Node {
    const node = this.#expression();
    if (this.#peek.kind !== 'end') throw this.#unexpected('an operator or the end');
    return node;
  }

  get #peek(): Token {
    return this.tokens[this.#at]!;
  }

  #is(text: string): boolean {
    return this.#peek.kind !== 'string' && this.#peek.text === text;
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false;
    this.#at++;
    return true;
  }

  #expect(text: string): void {
    if (!this.#take(text)) throw this.#unexpected(text);
  }

  #unexpected(wanted: string): CesqlError {
    const { kind, source, at } = this.#peek;
    const found = kind === 'end' ? 'the end of the expression' : source;
    return new CesqlError('parse', `expected ${wanted} at column ${at + 1}, found ${found}`);
  }

  #nested<T>(parse: () => T): T {
    if (++this.#depth > MAX_DEPTH) throw new CesqlError('parse', `nested more than ${MAX_DEPTH} deep`);
    const result = parse();
    this.#depth--;
    return result;
  }

  #expression(): Node {
    return this.#nested(() => {
      const operands = [this.#comparison()];
      const operators: LogicOperator[] = [];
      while (this.#peek.kind === 'word' && LOGIC.has(this.#peek.text)) {
        if (operands.length === MAX_CHAIN) throw new CesqlError('parse', `more than ${MAX_CHAIN} operands in one chain`);
        operators.push(this.#peek.text as LogicOperator);
        this.#at++;
        operands.push(this.#comparison());
      }
      return operands.reduceRight((right, left, i) => ({ kind: 'logic', operator: operators[i]!, left, right }));
    });
  }

  #comparison(): Node {
    let left = this.#sum();
    while (this.#peek.kind === 'symbol' && COMPARISON.has(this.#peek.text)) {
      const operator = this.#peek.text as ComparisonOperator;
      this.#at++;
      left = { kind: 'compare', operator, left, right: this.#sum() };
    }
    return left;
  }

  #sum(): Node {
    return this.#leftToRight(['+', '-'], () => this.#leftToRight(['*', '/', '%'], () => this.#predicate()));
  }

  #leftToRight(operators: readonly MathOperator[], operand: () => Node): Node {
    let left = operand();
    for (;;) {
      const operator = operators.find((symbol) => this.#take(symbol));
      if (!operator) return left;
      left = { kind: 'math', operator, left, right: operand() };
    }
  }

  /** An operand, and LIKE and IN after it. */
  #predicate(): Node {
    let operand = this.#unary();
    for (;;) {
      const start = this.#at;
      const negated = this.#take('NOT');
      const test = this.#test(operand);
      if (!test) {
        this.#at = start;
        return operand;
      }
      operand = negated ? { kind: 'not', operand: test } : test;
    }
  }

  #test(operand: Node): Node | undefined {
    if (this.#take('LIKE')) {
      const { kind, text } = this.#peek;
      if (kind !== 'string') throw this.#unexpected('a string after LIKE');
      this.#at++;
      return { kind: 'like', operand, pattern: text };
    }
    return this.#take('IN') ? { kind: 'in', operand, set: this.#list(1) } : undefined;
  }

  #unary(): Node {
    if (this.#take('NOT')) return { kind: 'not', operand: this.#nested(() => this.#unary()) };
    if (this.#is('-') || this.#is('+')) return this.#signed();
    return this.#primary();
  }

  /** A sign directly before digits is a part of the number: the smallest integer has no positive counterpart. */
  #signed(): Node {
    const sign = this.#peek;
    this.#at++;
    const digits = this.#peek;
    if (digits.kind === 'integer' && digits.at === sign.at + 1) {
      this.#at++;
      return this.#integer(sign.text + digits.text, sign);
    }
    if (sign.text === '+') throw this.#unexpected('digits directly after +');
    return { kind: 'negate', operand: this.#nested(() => this.#unary()) };
  }

  #primary(): Node {
    const token = this.#peek;
    if (this.#take('(')) {
      const node = this.#expression();
      this.#expect(')');
      return node;
    }
    if (token.kind === 'end' || token.kind === 'symbol') throw this.#unexpected('a value');
    this.#at++;
    if (token.kind === 'string') return { kind: 'literal', value: token.text };
    if (token.kind === 'integer') return this.#integer(token.text, token);
    if (token.text === 'TRUE' || token.text === 'FALSE') return { kind: 'literal', value: token.text === 'TRUE' };
    if (token.text === 'EXISTS') return { kind: 'exists', name: this.#attributeName() };
    if (this.#is('(') && /^[A-Z][A-Z_]*$/.test(token.text) && !KEYWORDS.has(token.text)) {
      return { kind: 'call', name: token.text, args: this.#list(0) };
    }
    this.#at--;
    return { kind: 'attribute', name: this.#attributeName() };
  }

  #integer(text: string, { at }: Token): Node {
    const value = parseInteger(text);
    if (value === undefined) throw new CesqlError('parse', `${text} at column ${at + 1} does not fit into 32 bits`);
    return { kind: 'literal', value };
  }

  #attributeName(): string {
    const { kind, text, source } = this.#peek;
    const named = (kind === 'word' || kind === 'integer') && !KEYWORDS.has(text) && !source.includes('_');
    if (!named) throw this.#unexpected('the name of an attribute (letters and digits)');
    this.#at++;
    return source.toLowerCase();
  }

  #list(least: number): Node[] {
    this.#expect('(');
    const items: Node[] = [];
    if (least === 0 && this.#take(')')) return items;
    do items.push(this.#expression());
    while (this.#take(','));
    this.#expect(')');
    return items;
  }
}
