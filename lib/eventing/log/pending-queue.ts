/** The offsets that one consumer has to get, in order; taking from the front and from the middle costs little. */
export class PendingQueue {
  readonly #offsets = new Set<number>();

  constructor(offsets: Iterable<number> = []) {
    for (const offset of offsets) this.#offsets.add(offset);
  }

  get size(): number {
    return this.#offsets.size;
  }

  has(offset: number): boolean {
    return this.#offsets.has(offset);
  }

  add(offset: number): void {
    this.#offsets.add(offset);
  }

  delete(offset: number): boolean {
    return this.#offsets.delete(offset);
  }

  /** In the order in which they were added; what is deleted meanwhile does not come. */
  [Symbol.iterator](): Iterator<number> {
    return this.#offsets.values();
  }
}
