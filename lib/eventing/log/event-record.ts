import type { CloudEvent } from '../cloud-event';

/** An event as a log keeps it. */
export interface EventRecord {
  readonly event: CloudEvent;
  /** Headers that came with it and go along with it. */
  readonly headers: Readonly<Record<string, string>>;
  /** When it was appended, in milliseconds since the epoch. */
  readonly time: number;
}

/** A record as bytes: the length of its JSON part, that part, the data of the event. */
export function encodeRecord({ event, headers, time }: EventRecord, size: number): Buffer {
  const { attributes, data } = event;
  const head = JSON.stringify({ attributes, headers, data: data !== undefined, size, time });
  const length = Buffer.byteLength(head, 'utf8');
  const bytes = Buffer.allocUnsafe(4 + length + (data?.length ?? 0));
  bytes.writeUInt32BE(length);
  bytes.write(head, 4, 'utf8');
  data?.copy(bytes, 4 + length);
  return bytes;
}

/** Throws if the bytes are no record. */
export function decodeRecord(bytes: Buffer): EventRecord {
  const end = 4 + bytes.readUInt32BE(0);
  if (end > bytes.length) throw new RangeError('a record of an event ends too early');
  const head = JSON.parse(bytes.toString('utf8', 4, end)) as Pick<EventRecord, 'headers' | 'time'> &
    Pick<CloudEvent, 'attributes'> & { readonly data: boolean };
  const { attributes, headers, time, data } = head;
  return { event: { attributes, data: data ? Buffer.from(bytes.subarray(end)) : undefined }, headers, time };
}

/** As `encodeRecord` ends its JSON part. */
const SUMMARY = /"size":(\d+),"time":(\d+)\}$/;
const LONGEST_SUMMARY = 64;

/** Size and time of a record, without reading all of it. Throws if the bytes are no record. */
export function summaryOf(bytes: Buffer): { readonly size: number; readonly time: number } {
  const end = 4 + bytes.readUInt32BE(0);
  const [, size, time] = SUMMARY.exec(bytes.toString('latin1', Math.max(4, end - LONGEST_SUMMARY), end)) ?? [];
  if (size !== undefined && end <= bytes.length) return { size: Number(size), time: Number(time) };
  const record = decodeRecord(bytes);
  return { size: sizeOf(record), time: record.time };
}

/** About how many bytes a record takes. */
export function sizeOf({ event, headers }: EventRecord): number {
  let size = 64 + (event.data?.length ?? 0);
  for (const part of [event.attributes, headers]) {
    for (const name in part) size += name.length + String(part[name]).length + 8;
  }
  return size;
}
