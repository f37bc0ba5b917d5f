import { crc32 } from 'node:zlib';

/** Changes of one batch: encoded values by key; undefined deletes. */
export type EncodedBatch = ReadonlyMap<string, Buffer | undefined>;

/** A batch in a journal and its place among all batches. */
export interface JournalBatch {
  readonly sequence: number;
  readonly changes: EncodedBatch;
}

/** What a journal was found to hold. */
export interface JournalContent {
  readonly batches: readonly JournalBatch[];
  /** Places amid the journal that could not be read. */
  readonly gaps: number;
  /** Bytes after the last batch that is whole: a write that was under way. */
  readonly torn: number;
}

/** `KNCJ`, length of the body, checksum over the rest, sequence number; then the body. Numbers are little-endian. */
const MARK = 0x4a434e4b;
const HEAD = 20;
const DELETED = 0xffffffff;

/** A batch as it stands in a journal. @param room gives so many bytes, whatever is in them. @default new ones */
export function encodeFrame({ sequence, changes }: JournalBatch, room: (length: number) => Buffer = Buffer.allocUnsafe): Buffer {
  let length = HEAD;
  for (const [key, value] of changes) length += 6 + key.length + (value?.length ?? 0);
  const frame = room(length);
  let at = HEAD;
  for (const [key, value] of changes) {
    at = frame.writeUInt16LE(key.length, at);
    at = frame.writeUInt32LE(value?.length ?? DELETED, at);
    at += frame.write(key, at, 'latin1');
    if (value) at += value.copy(frame, at);
  }
  frame.writeUInt32LE(MARK, 0);
  frame.writeUInt32LE(length - HEAD, 4);
  frame.writeDoubleLE(sequence, 12);
  frame.writeUInt32LE(crc32(frame.subarray(12)), 8);
  return frame;
}

/** All batches that are whole. What is damaged is passed over, up to the next batch that is not. */
export function decodeFrames(journal: Buffer): JournalContent {
  const mark = Buffer.alloc(4);
  mark.writeUInt32LE(MARK);
  const batches: JournalBatch[] = [];
  let gaps = 0;
  let end = 0;
  for (let at = journal.indexOf(mark); at >= 0; at = journal.indexOf(mark, at + 1)) {
    const frame = frameAt(journal, at);
    if (!frame) continue;
    if (at > end) gaps++;
    batches.push({ sequence: frame.readDoubleLE(12), changes: changesOf(frame) });
    end = at + frame.length;
    at = end - 1;
  }
  return { batches, gaps, torn: journal.length - end };
}

function frameAt(journal: Buffer, at: number): Buffer | undefined {
  if (journal.length - at < HEAD) return undefined;
  const length = HEAD + journal.readUInt32LE(at + 4);
  if (length > journal.length - at) return undefined;
  const frame = journal.subarray(at, at + length);
  return frame.readUInt32LE(8) === crc32(frame.subarray(12)) ? frame : undefined;
}

function changesOf(frame: Buffer): EncodedBatch {
  const changes = new Map<string, Buffer | undefined>();
  for (let at = HEAD; at < frame.length; ) {
    const keyLength = frame.readUInt16LE(at);
    const valueLength = frame.readUInt32LE(at + 2);
    const key = frame.toString('latin1', at + 6, at + 6 + keyLength);
    at += 6 + keyLength;
    if (valueLength === DELETED) changes.set(key, undefined);
    else {
      changes.set(key, frame.subarray(at, at + valueLength));
      at += valueLength;
    }
  }
  return changes;
}
