import type { Output } from '../io';

const UP_AND_CLEAR = (lines: number): string => `\x1b[${lines}A\x1b[0J`;
const WIDTH = 80;

/** Cuts a line to a width; escape sequences take no room. */
function cut(line: string, width: number): string {
  let room = width;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  return line.replace(/\x1b\[[0-9;]*m|[^\x1b]+/g, (part) => {
    if (part.startsWith('\x1b')) return part;
    const kept = [...part].slice(0, room).join('');
    room -= [...kept].length;
    return kept;
  });
}

/**
 * As many lines as the terminal has room for below its first one: what has scrolled out of it cannot be drawn over, and a terminal
 * may keep a copy of a screen that is cleared whole.
 */
function fitting(lines: readonly string[], rows = Number.POSITIVE_INFINITY): readonly string[] {
  const room = Math.max(2, rows - 2);
  if (lines.length <= room) return lines;
  return [...lines.slice(0, room - 1), `… ${lines.length - room + 1} more lines: the terminal is too low for them`];
}

/** Lines at the end of a terminal that are redrawn in place, while other text goes on above them. */
export class LiveRegion {
  #lines: readonly string[] = [];

  constructor(private readonly output: Output) {}

  /** Shows these lines instead of the ones before. */
  show(lines: readonly string[]): void {
    const width = (this.output.columns || WIDTH) - 1;
    const next = fitting(lines, this.output.rows).map((line) => cut(line, width));
    if (next.join('\n') === this.#lines.join('\n')) return;
    this.output.write(this.#erased() + next.map((line) => `${line}\n`).join(''));
    this.#lines = next;
  }

  /** Writes text above the lines; it must end with a newline. */
  print(text: string): void {
    this.output.write(this.#erased() + text + this.#lines.map((line) => `${line}\n`).join(''));
  }

  #erased(): string {
    return this.#lines.length === 0 ? '' : UP_AND_CLEAR(this.#lines.length);
  }
}
