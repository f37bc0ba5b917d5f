import { crc32 } from 'node:zlib';
import { errorMessage } from '../../base';
import type { StoreValue } from './store';

/** A checksum over key, kind and content, then the kind, then the content. */
const HEAD = 5;
const JSON_KIND = 0x6a;
const BYTES_KIND = 0x62;

/** A value as it stands on disk. It belongs to its key: under another one it does not decode. */
export function encodeValue(key: string, value: StoreValue): Buffer {
  const bytes = value instanceof Uint8Array;
  const content = bytes ? value : Buffer.from(JSON.stringify(value));
  const encoded = Buffer.allocUnsafe(HEAD + content.length);
  encoded[4] = bytes ? BYTES_KIND : JSON_KIND;
  encoded.set(content, HEAD);
  encoded.writeUInt32LE(crc32(encoded.subarray(4), crc32(key)), 0);
  return encoded;
}

/** The value, or why it is none. */
export function decodeValue(key: string, encoded: Uint8Array): { readonly value: StoreValue } | { readonly fault: string } {
  if (encoded.length < HEAD) return { fault: 'it is too short' };
  const bytes = Buffer.from(encoded.buffer, encoded.byteOffset, encoded.length);
  if (bytes.readUInt32LE(0) !== crc32(bytes.subarray(4), crc32(key))) return { fault: 'its checksum is wrong' };
  const content = bytes.subarray(HEAD);
  if (bytes[4] === BYTES_KIND) return { value: Uint8Array.prototype.slice.call(content) };
  if (bytes[4] !== JSON_KIND) return { fault: `it is of unknown kind ${bytes[4]}` };
  try {
    return { value: JSON.parse(content.toString()) };
  } catch (error) {
    return { fault: errorMessage(error) };
  }
}
