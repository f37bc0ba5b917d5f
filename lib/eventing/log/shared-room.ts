/** Of the room: what is divided evenly. */
const SURE = 1 / 2;

/**
 * Room that several have together. One half is divided evenly, among all of them and one more that may come: of that part each is sure. The
 * other half is had by whoever comes first. So one can have most of it and never all.
 */
export class SharedRoom {
  #limit = Number.POSITIVE_INFINITY;
  #part = Number.POSITIVE_INFINITY;
  #used = 0;
  /** What is had beyond the parts. */
  #beyond = 0;

  get limit(): number {
    return this.#limit;
  }

  get used(): number {
    return this.#used;
  }

  /** What each is sure of. */
  get part(): number {
    return this.#part;
  }

  /** @param shares what each has */
  divide(limit: number, shares: readonly number[]): void {
    this.#limit = limit;
    this.#part = (limit * SURE) / (shares.length + 1);
    this.#beyond = 0;
    for (const used of shares) this.#beyond += this.#over(used);
  }

  /** Someone has something else than before. */
  change(before: number, now: number): void {
    this.#used += now - before;
    this.#beyond += this.#over(now) - this.#over(before);
  }

  /** Whether someone who has `used` may have `more`. */
  fits(used: number, more: number): boolean {
    if (this.#used + more > this.#limit) return false;
    const over = this.#over(used + more) - this.#over(used);
    return over === 0 || this.#beyond + over <= this.#limit * (1 - SURE);
  }

  /** Whether others have room if someone who has `used` has less. */
  helps(used: number, more: number): boolean {
    return used > this.#part || this.#used + more > this.#limit;
  }

  #over(used: number): number {
    return Math.max(0, used - this.#part);
  }
}
