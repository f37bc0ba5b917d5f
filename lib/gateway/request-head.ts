/** The head of a request whose body has a length. */
export interface RequestHead {
  readonly target: string;
  readonly host: string;
  /** Name, value, name, value; names in lower case. */
  readonly headers: readonly string[];
  /** Bytes of the body. */
  readonly length: number;
  /** Bytes of the head, with the empty line after it. */
  readonly size: number;
  /** The lines as they came, in front the request line. */
  readonly lines: readonly string[];
}

const HEAD_END = Buffer.from('\r\n\r\n');
const REQUEST_LINE = /^POST (\/[!-~]*) HTTP\/1\.1$/;
const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
/** What changes how a message is read, or asks for more than an answer. */
const SPECIAL = new Set(['transfer-encoding', 'expect', 'upgrade', 'te', 'trailer', 'proxy-connection', 'http2-settings']);

/**
 * Reads the head of an ordinary `POST` over HTTP/1.1. Undefined for anything else, for a head that has not come in full, and for all
 * that is unusual or could be read in two ways: node:http decides about those.
 * @param before the head before it on its connection: what is the same again is not read again
 */
export function ordinaryPost(bytes: Buffer, maxBytes: number, before?: RequestHead): RequestHead | undefined {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0 || end > maxBytes) return undefined;
  const lines = bytes.toString('latin1', 0, end).split('\r\n');
  const target = lines[0] === before?.lines[0] ? before?.target : REQUEST_LINE.exec(lines[0]!)?.[1];
  if (target === undefined) return undefined;
  const headers: string[] = [];
  let host: string | undefined;
  let length: string | undefined;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    let name: string;
    let value: string;
    if (line === before?.lines[i]) {
      name = before.headers[2 * i - 2]!;
      value = before.headers[2 * i - 1]!;
    } else {
      const colon = line.indexOf(':');
      if (colon <= 0) return undefined;
      const known = nameOf(line.slice(0, colon));
      if (known === undefined) return undefined;
      name = known;
      value = trimmed(line, colon + 1);
      if (BAD_VALUE.test(value)) return undefined;
    }
    if (name === 'host') {
      if (host !== undefined) return undefined;
      host = value;
    } else if (name === 'content-length') {
      if (length !== undefined || !/^\d{1,9}$/.test(value)) return undefined;
      length = value;
    } else if (name === 'connection' && value.toLowerCase() !== 'keep-alive') return undefined;
    headers.push(name, value);
  }
  if (host === undefined || length === undefined) return undefined;
  return { target, host, headers, length: Number(length), size: end + 4, lines };
}

/** Names of fields in lower case, by how they were written; undefined: not ordinary. */
const names = new Map<string, string | undefined>();
const MAX_NAMES = 1000;
const LONGEST_NAME = 64;

function nameOf(written: string): string | undefined {
  const known = names.get(written);
  if (known !== undefined || names.has(written)) return known;
  const lower = written.toLowerCase();
  const name = NAME.test(lower) && !SPECIAL.has(lower) ? lower : undefined;
  if (names.size < MAX_NAMES && written.length <= LONGEST_NAME) names.set(written, name);
  return name;
}

/** What stands from `start` on, without spaces and tabs around it; nothing else is a space in HTTP. */
function trimmed(line: string, start: number): string {
  let from = start;
  let to = line.length;
  while (from < to && isBlank(line.charCodeAt(from))) from++;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

const isBlank = (code: number): boolean => code === 0x20 || code === 0x09;
