import type { Segment } from './segment';

/** Empty ones that are borne before the others move together. */
const MIN_HOLES = 64;

/** The segments of a log in the order of their offsets. */
export class SegmentList {
  #segments: Segment[] = [];
  #holes = 0;

  get last(): Segment | undefined {
    return this.#segments.at(-1);
  }

  /** Its events come after all that are there. */
  add(segment: Segment): void {
    this.#segments.push(segment);
  }

  /** The segment that an event is in, also if it is empty of late. */
  find(offset: number): Segment | undefined {
    const found = this.#segments[this.#indexOf(offset)];
    return found && found.first <= offset ? found : undefined;
  }

  /** Of the first that ends beyond an offset. */
  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#segments.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#segments[middle]!.end <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Those of which most is not needed any more, but for the last. */
  sparse(): readonly Segment[] {
    return this.#segments.filter((one, i) => i < this.#segments.length - 1 && isSparse(one));
  }

  /** Others take the place of one, in their order. */
  replace(segment: Segment, others: readonly Segment[]): void {
    const at = this.#indexOf(segment.first);
    if (this.#segments[at] === segment) this.#segments.splice(at, 1, ...others);
  }

  /** One has become empty. */
  removed(): void {
    this.#holes++;
    while (this.#segments.at(-1)?.isEmpty) {
      this.#segments.pop();
      this.#holes--;
    }
    if (this.#holes < MIN_HOLES || 2 * this.#holes < this.#segments.length) return;
    this.#segments = this.#segments.filter(({ isEmpty }) => !isEmpty);
    this.#holes = 0;
  }
}

/** Written anew without what nobody needs, it takes half the room or less. */
export const isSparse = (segment: Segment): boolean =>
  segment.isWritten && !segment.isEmpty && 2 * segment.liveBytes <= segment.bytes;
