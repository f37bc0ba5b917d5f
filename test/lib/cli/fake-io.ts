import type { Io, Output } from '../../../lib/cli/io';

/** An Io that keeps what is written. */
export class FakeIo implements Io {
  readonly out: string[] = [];
  readonly err: string[] = [];
  readonly env: Record<string, string | undefined>;
  readonly cwd: string;
  readonly stdout: Output;
  readonly stderr: Output;
  #interrupts = new Set<() => void>();

  constructor(
    options: { env?: Record<string, string | undefined>; cwd?: string; tty?: boolean; columns?: number; stdin?: string } = {},
  ) {
    this.env = options.env ?? {};
    this.cwd = options.cwd ?? process.cwd();
    const output = (lines: string[]): Output => ({
      write: (text) => void lines.push(text),
      isTTY: options.tty ?? false,
      columns: options.columns,
    });
    this.stdout = output(this.out);
    this.stderr = output(this.err);
    this.readStdin = async () => options.stdin ?? '';
  }

  readonly readStdin: () => Promise<string>;

  readonly onInterrupt = (fn: () => void): (() => void) => {
    this.#interrupts.add(fn);
    return () => void this.#interrupts.delete(fn);
  };

  /** Ctrl-C. */
  interrupt(): void {
    for (const fn of [...this.#interrupts]) fn();
  }

  get listeners(): number {
    return this.#interrupts.size;
  }

  get stdoutText(): string {
    return this.out.join('');
  }

  get stderrText(): string {
    return this.err.join('');
  }

  /** What was written to stdout as JSON, a line each. */
  get events(): Record<string, unknown>[] {
    return this.stdoutText
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }
}
