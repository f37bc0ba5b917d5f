import { StringDecoder } from 'node:string_decoder';

export type LogStream = 'stdout' | 'stderr';

/** One line that a container wrote. */
export interface LogLine {
  /** When it was complete, in milliseconds since the epoch. */
  readonly time: number;
  readonly stream: LogStream;
  /** Without the line break. */
  readonly text: string;
}

export interface ReadLogsOptions {
  /** Go on with new lines until the container is gone. @default false */
  readonly follow?: boolean;
  /** Only the last lines. @default all that are kept */
  readonly tail?: number;
  /** Only what one run of the container has written, and with `follow` those after it. @default of all runs */
  readonly run?: 'current' | 'previous';
  /** Ends the reading. */
  readonly signal?: AbortSignal;
}

/** How many lines of a container are kept. */
const MAX_LINES = 2000;
/** How many characters of a container are kept. */
const MAX_CHARACTERS = 1 << 20;
/** A line longer than this is cut into several, as a kubelet does. */
const MAX_LINE = 16 * 1024;

/** The last lines of one container, oldest first; whoever follows gets the next ones. */
export class LogBuffer {
  readonly #lines: LogLine[] = [];
  readonly #open: Record<LogStream, { decoder: StringDecoder; text: string }> = {
    stdout: { decoder: new StringDecoder('utf8'), text: '' },
    stderr: { decoder: new StringDecoder('utf8'), text: '' },
  };
  readonly #followers = new Set<() => void>();
  #characters = 0;
  /** Number of the first line kept, counted from the very first one. */
  #first = 0;
  #closed = false;
  /** Number of the first line of the current run and of the one before it. */
  #runs: { readonly current: number; readonly previous: number } = { current: 0, previous: 0 };

  constructor(
    private readonly now: () => number,
    private readonly onLine: (line: LogLine) => void = () => {},
  ) {}

  /** Adds what was written; a line that is not complete waits for its rest. */
  write(stream: LogStream, chunk: Buffer | string): void {
    const open = this.#open[stream];
    const text = open.text + (typeof chunk === 'string' ? chunk : open.decoder.write(chunk));
    const lines = text.split('\n');
    let rest = lines.pop() ?? '';
    for (const line of lines) this.#add(stream, line.endsWith('\r') ? line.slice(0, -1) : line);
    for (; rest.length > MAX_LINE; rest = rest.slice(MAX_LINE)) this.#add(stream, rest.slice(0, MAX_LINE));
    open.text = rest;
    this.#wake();
  }

  /** Completes lines without an end: the container has ended. */
  flush(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      const open = this.#open[stream];
      const text = open.text + open.decoder.end();
      open.text = '';
      if (text) this.#add(stream, text);
    }
    this.#wake();
  }

  /** Nothing more will come: followers end. */
  close(): void {
    this.flush();
    this.#closed = true;
    this.#wake();
  }

  /** The container runs again. @param from number of its first line */
  beginRun(from: number): void {
    this.#runs = { current: from, previous: this.#runs.current };
  }

  /** How many lines there have been so far. */
  get count(): number {
    return this.#first + this.#lines.length;
  }

  /**
   * The last lines as one text of at most `lines` lines and `characters` characters.
   * @param since leaves out so many from the very first on: what an earlier run has written
   */
  tail(lines: number, characters: number, since = 0): string {
    const text = this.#lines
      .slice(Math.max(0, since - this.#first))
      .slice(-lines)
      .map((line) => line.text + '\n')
      .join('');
    return text.slice(-characters);
  }

  /** What is kept, and with `follow` what comes after it. */
  async *read({ follow, tail, run, signal }: ReadLogsOptions = {}): AsyncGenerator<LogLine> {
    const { current, previous } = this.#runs;
    const from = run === 'current' ? current : run === 'previous' ? previous : 0;
    const end = (): number => (run === 'previous' ? current : this.count);
    let next = Math.max(this.#first, from, end() - (tail ?? Number.POSITIVE_INFINITY));
    while (!signal?.aborted) {
      // Lines that a slow reader has not come to may be gone.
      for (next = Math.max(next, this.#first); next < end() && !signal?.aborted; next = Math.max(next + 1, this.#first)) {
        yield this.#lines[next - this.#first]!;
      }
      if (!follow || run === 'previous' || this.#closed) return;
      await this.#more(signal);
    }
  }

  /** Resolves when something has changed, or the signal aborts. */
  #more(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) {
        resolve();
        return;
      }
      const wake = () => {
        signal?.removeEventListener('abort', wake);
        this.#followers.delete(wake);
        resolve();
      };
      this.#followers.add(wake);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  #add(stream: LogStream, text: string): void {
    const line: LogLine = { time: this.now(), stream, text };
    this.#lines.push(line);
    this.#characters += text.length;
    while (this.#lines.length > MAX_LINES || (this.#characters > MAX_CHARACTERS && this.#lines.length > 1)) {
      this.#characters -= this.#lines.shift()!.text.length;
      this.#first++;
    }
    this.onLine(line);
  }

  #wake(): void {
    const followers = [...this.#followers];
    this.#followers.clear();
    for (const resolve of followers) resolve();
  }
}
