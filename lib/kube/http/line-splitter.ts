/**
 * Cuts a stream of chunks into lines, wherever the chunks end: in the middle of a line or of a character. The cost of a line is
 * its length, however many chunks it comes in.
 */
export class LineSplitter {
  #parts: Uint8Array[] = [];
  #length = 0;

  /** @param maxBytes a longer line throws */
  constructor(private readonly maxBytes = 64 * 1024 * 1024) {}

  /** The lines that this chunk completes, without their ends; empty lines are left out. */
  push(chunk: Uint8Array): string[] {
    const lines: string[] = [];
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const line = this.#take(chunk.subarray(start, end));
      if (line.trim() !== '') lines.push(line);
      start = end + 1;
    }
    if (start < chunk.length) {
      this.#parts.push(chunk.subarray(start));
      this.#length += chunk.length - start;
      if (this.#length > this.maxBytes) throw new Error(`a line is longer than ${this.maxBytes} bytes`);
    }
    return lines;
  }

  #take(last: Uint8Array): string {
    if (this.#parts.length === 0) return Buffer.from(last.buffer, last.byteOffset, last.byteLength).toString('utf8');
    const line = Buffer.concat([...this.#parts, last]).toString('utf8');
    this.#parts = [];
    this.#length = 0;
    return line;
  }
}
