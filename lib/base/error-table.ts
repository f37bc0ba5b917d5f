/** What a code means and what to do about it, when the place that throws knows nothing better. */
export interface ErrorEntry {
  readonly title: string;
  readonly remedy: string;
}

/**
 * Every error code. KNC1: synthesis; KNC2: applying objects; KNC3: the local runtime; KNC4: the command line; KNC5: our own fault.
 * A code is never given a second meaning. `docs/errors.md` is generated from this table.
 */
export const errorTable = {
  KNC1001: {
    title: 'A construct was given an invalid value',
    remedy: 'Change the field that the message names; the path is that of the synthesized object.',
  },
  KNC2001: {
    title: 'An object was refused by validation',
    remedy: 'Change the fields that the message names and apply again.',
  },
  KNC5001: {
    title: 'Background work failed unexpectedly',
    remedy: 'This is a defect: please report it with the stack trace.',
  },
} as const satisfies Record<string, ErrorEntry>;

/** A code of the error table. */
export type ErrorCode = keyof typeof errorTable;
