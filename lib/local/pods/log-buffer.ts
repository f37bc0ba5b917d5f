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

  /** What is kept, and with `follow` what comes after it. @param tail only this many of the lines kept. */
  async *read(options: { readonly follow?: boolean; readonly tail?: number } = {}): AsyncGenerator<LogLine> {
    let next = Math.max(this.#first, this.#first + this.#lines.length - (options.tail ?? Number.POSITIVE_INFINITY));
    for (;;) {
      while (next < this.#first + this.#lines.length) {
        next = Math.max(next, this.#first);
        yield this.#lines[next - this.#first]!;
        next++;
      }
      if (!options.follow || this.#closed) return;
      await new Promise<void>((resolve) => this.#followers.add(resolve));
    }
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
