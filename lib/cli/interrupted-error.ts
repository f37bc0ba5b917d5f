/** Ctrl-C, while something ran that had to be ended first: nothing is said; exit code 130. */
export class InterruptedError extends Error {
  constructor() {
    super('interrupted');
    this.name = 'InterruptedError';
  }

  /** True if `x` is an InterruptedError, also one of the file of another command. */
  static is(x: unknown): x is InterruptedError {
    return x instanceof Error && x.name === 'InterruptedError';
  }
}
