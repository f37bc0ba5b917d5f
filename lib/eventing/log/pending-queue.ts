/** Holes that are borne before the others move together. */
const MIN_HOLES = 64;

/**
 * Offsets in the order in which they were added, each once; taking from the front and from the middle costs little, however many there
 * are. (A Set keeps what was deleted as a gap that every iteration passes over.)
 */
export class PendingQueue {
  /** Those that were deleted are holes, undefined. Behind `#head`, there is none at the front. */
  #items: (number | undefined)[] = [];
  #head = 0;
  /** Where each stands. */
  readonly #places = new Map<number, number>();

  constructor(offsets: Iterable<number> = []) {
    for (const offset of offsets) this.add(offset);
  }

  get size(): number {
    return this.#places.size;
  }

  /** The one that was added first. */
  get first(): number | undefined {
    return this.#items[this.#head];
  }

  has(offset: number): boolean {
    return this.#places.has(offset);
  }

  add(offset: number): void {
    if (this.#places.has(offset)) return;
    this.#places.set(offset, this.#items.length);
    this.#items.push(offset);
  }

  delete(offset: number): boolean {
    const place = this.#places.get(offset);
    if (place === undefined) return false;
    this.#places.delete(offset);
    this.#items[place] = undefined;
    while (this.#head < this.#items.length && this.#items[this.#head] === undefined) this.#head++;
    if (this.#items.length > 2 * this.#places.size + MIN_HOLES) this.#moveTogether();
    return true;
  }

  /** In the order in which they were added; what is deleted meanwhile does not come. */
  *[Symbol.iterator](): Iterator<number> {
    const items = this.#items;
    for (let i = this.#head; i < items.length; i++) {
      const offset = items[i];
      if (offset !== undefined && this.#places.has(offset)) yield offset;
    }
  }

  /** Into another list: who goes through the present one is not disturbed. */
  #moveTogether(): void {
    this.#items = [...this.#places.keys()];
    this.#head = 0;
    for (let i = 0; i < this.#items.length; i++) this.#places.set(this.#items[i]!, i);
  }
}
