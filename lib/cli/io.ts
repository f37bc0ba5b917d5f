/** A stream to a person or a program. */
export interface Output {
  write(text: string): void;
  readonly isTTY: boolean;
  /** Width of the terminal in columns, while there is one. */
  readonly columns: number | undefined;
  /** Height of the terminal in lines, while there is one. */
  readonly rows?: number | undefined;
}

/** Everything by which a command touches the world, so that tests can stand in for it. */
export interface Io {
  /** What was asked for: a report, YAML, JSON. Nothing that a program which reads it would stumble over. */
  readonly stdout: Output;
  /** What is said beside it to people: notes, progress, errors. */
  readonly stderr: Output;
  /** All of standard input as text. */
  readStdin(): Promise<string>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Calls `fn` for every Ctrl-C (SIGINT) and every SIGTERM or SIGHUP; returns what ends that. */
  onInterrupt(fn: () => void): () => void;
}

function outputOf(stream: NodeJS.WriteStream): Output {
  // A reader that went away (`knc crds | head`) is no error of ours.
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    write: (text) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns;
    },
    get rows() {
      return stream.rows;
    },
  };
}

/** Resolves when whoever reads standard output and error has all that was written, or has gone away: a pipe takes 64 KiB at a time. */
export async function flushed(): Promise<void> {
  const drained = (stream: NodeJS.WriteStream) => new Promise<void>((resolve) => stream.write('', () => resolve()));
  await Promise.all([drained(process.stdout), drained(process.stderr)]);
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** The Io of this process. */
export function processIo(): Io {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  return {
    stdout: outputOf(process.stdout),
    stderr: outputOf(process.stderr),
    readStdin: () => readAll(process.stdin),
    env: process.env,
    cwd: process.cwd(),
    onInterrupt(fn) {
      for (const signal of signals) process.on(signal, fn);
      return () => {
        for (const signal of signals) process.off(signal, fn);
      };
    },
  };
}
