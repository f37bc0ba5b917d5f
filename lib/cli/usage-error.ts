/** The command line was wrong: shown without a code, with a pointer to `--help`; exit code 2. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'UsageError';
  }
}
