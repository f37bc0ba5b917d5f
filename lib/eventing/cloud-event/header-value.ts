import { EventError } from './event-error';

const ENCODED = /[\s"%]|[^\x21-\x7e]/gu;

/** An attribute's value as an HTTP header (HTTP protocol binding 1.0, 3.1.3.2): UTF-8, percent-encoded where it must be. */
export function encodeHeader(value: string): string {
  return value.replace(ENCODED, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join(''),
  );
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** What stands for itself. */
const PLAIN = /^(?!")[\x20-\x24\x26-\x7e]*$/;

/** The value of a header: quotes around it are taken off, `%XX` is decoded, a `%` before anything else stays. Throws an EventError. */
export function decodeHeader(name: string, header: string): string {
  if (PLAIN.test(header)) return header;
  const value = header.startsWith('"') && header.endsWith('"') && header.length > 1 ? unquoted(header) : header;
  // Node reads headers as Latin-1: bytes above ASCII are UTF-8 that someone did not encode.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: all of ASCII
  if (!value.includes('%') && /^[\x00-\x7f]*$/.test(value)) return value;
  const bytes = Buffer.from(
    value.replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
    'latin1',
  );
  try {
    return decoder.decode(bytes);
  } catch {
    throw new EventError(`${name}: is not valid UTF-8`);
  }
}

function unquoted(header: string): string {
  return header.slice(1, -1).replace(/\\(.)/g, '$1');
}
