import type { Value } from './value';

export type LogicOperator = 'AND' | 'OR' | 'XOR';
export type MathOperator = '+' | '-' | '*' | '/' | '%';
export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/** A parsed expression. */
export type Node =
  | { readonly kind: 'literal'; readonly value: Value }
  | { readonly kind: 'attribute'; readonly name: string }
  | { readonly kind: 'exists'; readonly name: string }
  | { readonly kind: 'not'; readonly operand: Node }
  | { readonly kind: 'negate'; readonly operand: Node }
  | { readonly kind: 'like'; readonly operand: Node; readonly pattern: string }
  | { readonly kind: 'in'; readonly operand: Node; readonly set: readonly Node[] }
  | { readonly kind: 'math'; readonly operator: MathOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'compare'; readonly operator: ComparisonOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'logic'; readonly operator: LogicOperator; readonly left: Node; readonly right: Node }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Node[] };
