import { type EventRecord, encodeRecord, sizeOf } from './event-record';

/** The most that stands together, but for an event that has more by itself. Damage takes away a whole segment, so they are kept small. */
const MAX_BYTES = 2 ** 14;
/** The first byte of several records in one value; that of a record alone, which is its length, is 0. */
const SEVERAL = 0x01000000;

/** Consecutive events of a log that are kept as one value. */
export class Segment {
  #live: number;
  #bytes = 0;
  #liveBytes = 0;
  /** About how many bytes each record takes; 0: nobody needs it any more. */
  readonly #sizes: number[];
  #records: EventRecord[] | undefined;

  /** @param sizes of those that are in the store; none: it begins now, in memory */
  constructor(
    readonly first: number,
    sizes: readonly number[] = [],
  ) {
    this.#sizes = [...sizes];
    this.#live = sizes.length;
    for (const size of sizes) this.#bytes += size;
    this.#liveBytes = this.#bytes;
    if (sizes.length === 0) this.#records = [];
  }

  /** The first offset that is beyond it. */
  get end(): number {
    return this.first + this.#sizes.length;
  }

  /** Nobody needs any of its events any more. */
  get isEmpty(): boolean {
    return this.#live === 0;
  }

  /** About how many bytes it takes, with those of events that nobody needs any more. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The same of the events that somebody needs. */
  get liveBytes(): number {
    return this.#liveBytes;
  }

  /** Whether its events are in the store. */
  get isWritten(): boolean {
    return this.#records === undefined;
  }

  /** Whether the event of this offset can become its next one. @param size about how many bytes its record takes */
  takes(offset: number, size: number): boolean {
    return !this.isWritten && offset === this.end && this.#bytes + size <= MAX_BYTES;
  }

  add(record: EventRecord, size: number): void {
    this.#records!.push(record);
    this.#sizes.push(size);
    this.#bytes += size;
    this.#liveBytes += size;
    this.#live++;
  }

  /** The event that was added last is none after all. */
  takeBack(): void {
    const size = this.#sizes.pop()!;
    this.#records!.pop();
    this.#bytes -= size;
    this.#liveBytes -= size;
    this.#live--;
  }

  /** One of its events is not needed any more; it goes with the others. */
  drop(offset: number): void {
    const at = offset - this.first;
    const size = this.#sizes[at]!;
    if (size === 0) return;
    this.#sizes[at] = 0;
    this.#liveBytes -= size;
    this.#live--;
  }

  /** Its events that somebody needs, where they stand together: where each run of them begins, and their sizes. */
  *runs(): Iterable<{ readonly first: number; readonly sizes: readonly number[] }> {
    let sizes: number[] = [];
    for (let at = 0; at <= this.#sizes.length; at++) {
      const size = this.#sizes[at] ?? 0;
      if (size > 0) sizes.push(size);
      else if (sizes.length > 0) {
        yield { first: this.first + at - sizes.length, sizes };
        sizes = [];
      }
    }
  }

  /** The event of an offset, while it is only in memory. */
  record(offset: number): EventRecord | undefined {
    return this.#records?.[offset - this.first];
  }

  encode(): Buffer {
    return joined(this.#records!.map((record, i) => encodeRecord(record, this.#sizes[i] || sizeOf(record))));
  }

  /** Its events are in the store. */
  written(): void {
    this.#records = undefined;
  }
}

/** Encoded records as one value. */
export function joined(parts: readonly Buffer[]): Buffer {
  return parts.length === 1 ? parts[0]! : together(parts);
}

function together(parts: readonly Buffer[]): Buffer {
  const head = Buffer.allocUnsafe(4 + 4 * parts.length);
  head.writeUInt32BE(SEVERAL + parts.length, 0);
  for (let i = 0; i < parts.length; i++) head.writeUInt32BE(parts[i]!.length, 4 + 4 * i);
  return Buffer.concat([head, ...parts]);
}

/** The records of an encoded segment, as bytes. Throws if it is none. */
export function recordsOf(bytes: Buffer): Buffer[] {
  if (bytes[0] !== SEVERAL >>> 24) return [bytes];
  const count = bytes.readUInt32BE(0) - SEVERAL;
  const records: Buffer[] = [];
  let at = 4 + 4 * count;
  for (let i = 0; i < count; i++) {
    const end = at + bytes.readUInt32BE(4 + 4 * i);
    if (end > bytes.length) throw new RangeError('a segment of events ends too early');
    records.push(bytes.subarray(at, end));
    at = end;
  }
  return records;
}
