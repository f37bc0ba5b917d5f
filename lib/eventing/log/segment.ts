import { type EventRecord, encodeRecord } from './event-record';

/** The most that stands together, but for an event that has more by itself. Damage takes away a whole segment, so they are kept small. */
const MAX_BYTES = 2 ** 14;
/** The first byte of several records in one value; that of a record alone, which is its length, is 0. */
const SEVERAL = 0x01000000;

/** Consecutive events of a log that are kept as one value. */
export class Segment {
  #count: number;
  #live: number;
  #bytes = 0;
  #records: EventRecord[] | undefined;
  #sizes: number[] = [];

  /** @param count so many are in the store; 0: it begins now, in memory */
  constructor(
    readonly first: number,
    count = 0,
  ) {
    this.#count = count;
    this.#live = count;
    if (count === 0) this.#records = [];
  }

  /** The first offset that is beyond it. */
  get end(): number {
    return this.first + this.#count;
  }

  /** Nobody needs any of its events any more. */
  get isEmpty(): boolean {
    return this.#live === 0;
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
    this.#count++;
    this.#live++;
  }

  /** The event that was added last is none after all. */
  takeBack(): void {
    this.#records!.pop();
    this.#bytes -= this.#sizes.pop()!;
    this.#count--;
    this.#live--;
  }

  /** One of its events is not needed any more; it goes with the others. */
  drop(): void {
    this.#live--;
  }

  /** The event of an offset, while it is only in memory. */
  record(offset: number): EventRecord | undefined {
    return this.#records?.[offset - this.first];
  }

  encode(): Buffer {
    const parts = this.#records!.map((record, i) => encodeRecord(record, this.#sizes[i]!));
    return parts.length === 1 ? parts[0]! : joined(parts);
  }

  /** Its events are in the store. */
  written(): void {
    this.#records = undefined;
    this.#sizes = [];
  }
}

function joined(parts: readonly Buffer[]): Buffer {
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
