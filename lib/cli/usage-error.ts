/** The command line was wrong: shown without a code, with a pointer to `--help`; exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }

  /** True if `x` is a UsageError, also one of the file of another command. */
  static is(x: unknown): x is UsageError {
    return x instanceof Error && x.name === 'UsageError';
  }
}
