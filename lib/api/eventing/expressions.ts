import type * as Expressions from '../../expr';

let loaded: typeof Expressions | undefined;

/** The compilers of expressions: read when the first expression is checked, not when the package is loaded. */
function expressions(): typeof Expressions {
  loaded ??= require('../../expr') as typeof Expressions;
  return loaded;
}

function messageOf(compile: () => unknown): string | undefined {
  try {
    compile();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** What is wrong with a CloudEvents SQL expression, or undefined. */
export const cesqlProblem = (expression: string): string | undefined => messageOf(() => expressions().compileCesql(expression));

/** What is wrong with a CEL expression over the data of an event, or undefined. */
export const dataProblem = (expression: string): string | undefined => messageOf(() => expressions().compileData(expression));
