import { CesqlError } from './value';

/**
 * How many characters one evaluation may go through, all functions, casts and patterns together: attributes may be long, and
 * expressions may name them thousands of times.
 */
export const MAX_WORK = 1_000_000;

/** Evaluation is synchronous: one at a time. */
let left = MAX_WORK;

/** Begins another evaluation. */
export function beginWork(): void {
  left = MAX_WORK;
}

/** Is told of work before it is done. Throws a CesqlError when there was too much. */
export function charge(characters: number): void {
  left -= characters;
  if (left < 0) throw new CesqlError('generic', `the expression goes through more than ${MAX_WORK} characters`);
}
