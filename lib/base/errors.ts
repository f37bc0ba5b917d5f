import type { ErrorCode } from './error-table';
import { errorTable } from './error-table';

/**
 * An error that a person meets: a stable code, what happened, where, and how to fix it.
 * Every code stands in `error-table.ts`, from which `docs/errors.md` is generated.
 */
export class KncError extends Error {
  /** Stable code, `KNC` and four digits: 1 synthesis, 2 apply, 3 local runtime, 4 command line, 5 our own fault. */
  readonly code: ErrorCode;
  /** The construct path, field path, file or object concerned. */
  readonly where: string | undefined;
  /** What to do about it, in one sentence. */
  readonly remedy: string;

  constructor(code: ErrorCode, what: string, options: { where?: string; remedy?: string; cause?: unknown } = {}) {
    super(what, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'KncError';
    this.code = code;
    this.where = options.where;
    this.remedy = options.remedy ?? errorTable[code].remedy;
  }

  /** True for our own faults, for which a stack trace helps; false for what the user can mend. */
  get internal(): boolean {
    return this.code.startsWith('KNC5');
  }

  /** True if `x` is a KncError, also one of another copy of this package. */
  static is(x: unknown): x is KncError {
    return x instanceof Error && x.name === 'KncError' && 'code' in x && 'remedy' in x;
  }
}

/** The text of anything thrown. */
export function errorMessage(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
