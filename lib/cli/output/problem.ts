import { type ErrorCode, errorMessage, errorTable, KncError } from '../../base';

/** One thing that is wrong. */
export interface ProblemMessage {
  readonly text: string;
  readonly remedy?: string;
}

/** What is wrong in one place: an object, a construct, a file. */
export interface ProblemEntry {
  /** `Service default/hello`, a construct path. */
  readonly where?: string;
  /** Where the person wrote it: a file, a construct path. */
  readonly source?: string;
  readonly messages: readonly ProblemMessage[];
}

/** Something that a person has to mend, complete: everything known is in one block. */
export interface Problem {
  readonly code: ErrorCode;
  readonly title: string;
  readonly entries: readonly ProblemEntry[];
  readonly remedy: string | undefined;
  /** Our own fault alone: where it happened. */
  readonly stack?: string;
  /** Something outside was missing: exit code 3. */
  readonly unavailable: boolean;
}

/** Codes that mean that something outside was not there. */
const UNAVAILABLE: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['KNC3301', 'KNC4005', 'KNC4011', 'KNC4012']);

/** A KncError about several places at once. */
export class ProblemError extends KncError {
  constructor(
    code: ErrorCode,
    what: string,
    readonly entries: readonly ProblemEntry[],
    options: { readonly remedy?: string; readonly cause?: unknown } = {},
  ) {
    super(code, what, options);
  }

  /** True if `x` is a ProblemError, also one of another copy of this class. */
  static override is(x: unknown): x is ProblemError {
    return KncError.is(x) && Array.isArray((x as Partial<ProblemError>).entries);
  }
}

/** What to show of anything thrown. What is no KncError is our own fault, and says so. */
export function problemOf(error: unknown): Problem {
  if (ProblemError.is(error)) {
    const { code, message: title, entries, remedy } = error;
    return { code, title, entries, remedy, unavailable: UNAVAILABLE.has(code) };
  }
  if (KncError.is(error)) {
    const { code, message, where, remedy, stack } = error;
    const entries = where === undefined ? [] : [{ where, messages: [] }];
    const base = { code, title: message, entries, remedy, unavailable: UNAVAILABLE.has(code) };
    return error.internal && stack ? { ...base, stack } : base;
  }
  return {
    code: 'KNC5001',
    title: errorMessage(error),
    entries: [],
    remedy: errorTable.KNC5001.remedy,
    unavailable: false,
    ...(error instanceof Error && error.stack ? { stack: error.stack } : {}),
  };
}

/** The problem as the `error` event of `--json` carries it. */
export function problemJson(problem: Problem): Record<string, unknown> {
  const { code, title, entries, remedy } = problem;
  return { code, message: title, ...(remedy ? { remedy } : {}), ...(entries.length > 0 ? { details: entries } : {}) };
}
