import type { SinkResponse } from './sender';

/** How much of an answer is read, in bytes. */
export const MAX_ANSWER = 2 ** 20;
const MAX_HEAD = 64 * 1024;
const MAX_CHUNK_LINE = 4096;
const MAX_PIECES = 256;

const STATUS_LINE = /^HTTP\/1\.([01]) (\d{3})(?: [^\r\n]*)?$/;
const FIELD_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const HEAD_END = Buffer.from('\r\n\r\n');
const LINE_END = Buffer.from('\r\n');
const NOTHING = Buffer.alloc(0);
/** Fields that a message has once: of several, the first counts. */
const SINGLE = new Set(['content-type', 'retry-after', 'location', 'date', 'age', 'expires', 'last-modified', 'etag', 'server']);

/** A whole answer, and whether another request may follow on its connection. */
export interface Answer extends SinkResponse {
  readonly reusable: boolean;
  /** For how many seconds the server says that it keeps the connection. */
  readonly keptSeconds?: number;
}

type Body =
  | { readonly kind: 'length'; left: number }
  /** `left`: bytes of the present chunk, with the line end behind it; undefined while its size is not known. `trailers`: characters of them, after the last. */
  | { readonly kind: 'chunked'; left: number | undefined; trailers: number | undefined }
  | { readonly kind: 'close' };

interface Head {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly persistent: boolean;
}

/** Puts one HTTP/1.1 answer to a POST together from what comes over a connection. Throws for what cannot be read in one way alone. */
export class AnswerReader {
  #rest: Buffer = NOTHING;
  #head: Head | undefined;
  #body: Body | undefined;
  readonly #pieces: Buffer[] = [];
  #size = 0;
  /** Pieces since some were put together. */
  #small = 0;
  #begun = false;

  /** True once a byte of it has come. */
  get begun(): boolean {
    return this.#begun;
  }

  /** The answer, once it is whole or has reached the limit. */
  push(chunk: Buffer): Answer | undefined {
    this.#begun = true;
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    while (!this.#body) {
      if (!this.#readHead()) return undefined;
    }
    return this.#readBody(this.#body);
  }

  /** The connection has ended: the answer if that is how its end is told, or undefined if it came to nothing. */
  end(): Answer | undefined {
    return this.#body?.kind === 'close' ? this.#answer(false) : undefined;
  }

  #readHead(): boolean {
    const end = this.#rest.indexOf(HEAD_END);
    if ((end < 0 ? this.#rest.length : end) > MAX_HEAD) throw new Error('the head of the answer is too large');
    if (end < 0) return false;
    const head = parseHead(this.#rest.toString('latin1', 0, end));
    this.#rest = this.#rest.subarray(end + 4);
    if (head.status === 101) throw new Error('the answer changes protocols, which nobody asked for');
    if (head.status < 200) return true; // another head follows
    this.#head = head;
    this.#body = bodyOf(head);
    return true;
  }

  #readBody(body: Body): Answer | undefined {
    if (body.kind === 'close') this.#take(this.#rest.length);
    else if (body.kind === 'length') {
      body.left -= this.#take(Math.min(body.left, this.#rest.length));
      if (body.left === 0) return this.#answer(this.#rest.length === 0);
    } else if (this.#readChunks(body)) return this.#answer(this.#rest.length === 0);
    return this.#size > MAX_ANSWER ? this.#answer(false) : undefined;
  }

  /** True after the last chunk and the trailers, which are passed over. */
  #readChunks(body: Extract<Body, { readonly kind: 'chunked' }>): boolean {
    while (this.#size <= MAX_ANSWER) {
      if (body.left !== undefined) {
        if (body.left > 2) body.left -= this.#take(Math.min(body.left - 2, this.#rest.length));
        if (body.left > 2 || this.#rest.length < 2) return false;
        if (this.#rest[0] !== 13 || this.#rest[1] !== 10) throw new Error('a chunk of the answer has no end');
        this.#rest = this.#rest.subarray(2);
        body.left = undefined;
      }
      const end = this.#rest.indexOf(LINE_END);
      if ((end < 0 ? this.#rest.length : end) > MAX_CHUNK_LINE) throw new Error('a chunk of the answer has no readable size');
      if (end < 0) return false;
      const line = this.#rest.toString('latin1', 0, end);
      this.#rest = this.#rest.subarray(end + 2);
      if (body.trailers !== undefined) {
        if (line === '') return true;
        body.trailers += line.length;
        if (body.trailers > MAX_HEAD) throw new Error('the trailers of the answer are too large');
        continue;
      }
      const size = /^([0-9a-fA-F]{1,12})[\t ]*(?:;.*)?$/.exec(line)?.[1];
      if (size === undefined) throw new Error('a chunk of the answer has no readable size');
      const length = Number.parseInt(size, 16);
      if (length === 0) body.trailers = 0;
      else body.left = length + 2;
    }
    return false;
  }

  #take(length: number): number {
    if (length > 0) this.#pieces.push(this.#rest.subarray(0, length));
    if (++this.#small === MAX_PIECES) this.#merge();
    this.#rest = this.#rest.subarray(length);
    this.#size += length;
    return length;
  }

  /** A body that comes byte by byte would take a hundred times its size. */
  #merge(): void {
    this.#small = 0;
    this.#pieces.push(Buffer.concat(this.#pieces.splice(-MAX_PIECES)));
  }

  #answer(clean: boolean): Answer {
    const { status, headers, persistent } = this.#head!;
    const body = this.#pieces.length === 0 ? NOTHING : Buffer.concat(this.#pieces);
    if (body.length > MAX_ANSWER) {
      return { status, headers, body: body.subarray(0, MAX_ANSWER), truncated: true, reusable: false };
    }
    const seconds = headers['keep-alive'] === undefined ? undefined : /\btimeout=(\d+)/i.exec(headers['keep-alive'])?.[1];
    const kept = seconds === undefined ? {} : { keptSeconds: Number(seconds) };
    return { status, headers, body, reusable: clean && persistent, ...kept };
  }
}

function parseHead(text: string): Head {
  const lines = text.split('\r\n');
  const [, minor, code] = STATUS_LINE.exec(lines[0]!) ?? [];
  if (code === undefined) throw new Error('the answer is not HTTP/1.1');
  const headers: Record<string, string> = {};
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i]!;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(colon, 0)).toLowerCase();
    if (!FIELD_NAME.test(name)) throw new Error('the head of the answer cannot be read');
    const value = withoutBlanks(line, colon + 1);
    const known = headers[name];
    if (known === undefined) headers[name] = value;
    else if (name === 'content-length' && known !== value) throw new Error('the answer has two lengths');
    else if (name !== 'content-length' && !SINGLE.has(name)) headers[name] = `${known}, ${value}`;
  }
  const connection = headers['connection']?.toLowerCase() ?? '';
  const persistent = minor === '1' ? !/\bclose\b/.test(connection) : /\bkeep-alive\b/.test(connection);
  return { status: Number(code), headers, persistent };
}

/** From `start` on. JavaScript's trim would take more than HTTP's two blanks: the end of a character in UTF-8. */
function withoutBlanks(line: string, start: number): string {
  let from = start;
  let to = line.length;
  while (from < to && isBlank(line[from])) from++;
  while (to > from && isBlank(line[to - 1])) to--;
  return line.slice(from, to);
}

const isBlank = (character: string | undefined): boolean => character === ' ' || character === '\t';

function bodyOf({ status, headers }: Head): Body {
  if (status === 204 || status === 304) return { kind: 'length', left: 0 };
  const coding = headers['transfer-encoding'];
  const length = headers['content-length'];
  if (coding !== undefined) {
    if (length !== undefined) throw new Error('the answer has both a length and chunks');
    if (coding.toLowerCase() !== 'chunked') throw new Error(`the answer has the transfer coding ${coding}`);
    return { kind: 'chunked', left: undefined, trailers: undefined };
  }
  if (length === undefined) return { kind: 'close' };
  if (!/^\d{1,15}$/.test(length)) throw new Error('the answer has no readable length');
  return { kind: 'length', left: Number(length) };
}
