import type { IncomingMessage, ServerResponse } from 'node:http';
import { stringify } from 'yaml';
import { ClusterError } from '../../kube';
import { type Accepted, accepted } from './accept';
import type { ProtobufCodec } from './codecs';
import { listJson } from './list-json';
import type { Status } from './status';

/** The most that the body of a request may have, in bytes: what kube-apiserver allows. */
export const MAX_BODY_BYTES = 3 * 1024 * 1024;

const JSON_OBJECT: Accepted = { format: 'json', as: 'object', contentType: 'application/json' };
const OBJECT_ONLY: ReadonlySet<Accepted['as']> = new Set(['object']);

/** One request and its answer. */
export class Exchange {
  readonly url: URL;
  readonly #protobuf: ProtobufCodec | undefined;

  constructor(
    readonly request: IncomingMessage,
    readonly response: ServerResponse,
    protobuf?: ProtobufCodec,
  ) {
    this.url = requestUrl(request);
    this.#protobuf = protobuf;
  }

  get method(): string {
    return this.request.method ?? 'GET';
  }

  get query(): URLSearchParams {
    return this.url.searchParams;
  }

  /** The media type of the body, without its parameters; empty if none is given. */
  get contentType(): string {
    return (this.request.headers['content-type'] ?? '').split(';')[0]!.trim().toLowerCase();
  }

  /** In which form the answer is wanted. @throws ClusterError NotAcceptable */
  accepts(offered: ReadonlySet<Accepted['as']> = OBJECT_ONLY): Accepted {
    return accepted(this.request.headers.accept, offered);
  }

  /** The whole body. @throws ClusterError RequestEntityTooLarge, or UnsupportedMediaType if it is compressed */
  async body(): Promise<Buffer> {
    const encoding = this.request.headers['content-encoding'] ?? 'identity';
    if (encoding !== 'identity') {
      throw new ClusterError('UnsupportedMediaType', `the body of the request has the encoding ${encoding}: send it as it is`);
    }
    const chunks: Buffer[] = [];
    let size = 0;
    for await (const chunk of this.request as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) {
        this.response.setHeader('Connection', 'close');
        throw new ClusterError('RequestEntityTooLarge', `Request entity too large: limit is ${MAX_BODY_BYTES}`);
      }
      chunks.push(chunk);
    }
    return Buffer.concat(chunks);
  }

  /** Tells the client something beside the answer, which must not have been sent. */
  warn(warnings: readonly string[]): void {
    const texts = warnings.map((text) => `299 - ${JSON.stringify(text)}`).map(headerValue);
    if (texts.length > 0) this.response.setHeader('Warning', texts);
  }

  async send(code: number, value: unknown, form: Accepted = JSON_OBJECT): Promise<void> {
    if (form.format === 'protobuf') {
      const bytes = await this.#protobuf?.encode(value);
      if (!bytes) {
        throw new ClusterError(
          'NotAcceptable',
          'only the following media types are accepted: application/json, application/yaml',
        );
      }
      return this.#end(code, form.contentType, Buffer.from(bytes));
    }
    const list = form.format === 'json' && !this.query.has('pretty') ? listJson(value) : undefined;
    if (list) return this.#end(code, form.contentType, list);
    const text = form.format === 'yaml' ? stringify(value, { aliasDuplicateObjects: false }) : this.#json(value);
    this.#end(code, form.contentType, text);
  }

  sendText(code: number, text: string): void {
    this.#end(code, 'text/plain; charset=utf-8', text);
  }

  /** Sends each value as a line of JSON when it comes, at the client's pace, until the signal aborts. */
  async sendLines(values: AsyncIterable<unknown>, signal: AbortSignal): Promise<void> {
    const { response } = this;
    response.writeHead(200, {
      'Content-Type': 'application/jsonl',
      'Cache-Control': 'no-cache, private',
      'X-Content-Type-Options': 'nosniff',
    });
    response.flushHeaders();
    for await (const value of values) {
      if (signal.aborted) break;
      if (!response.write(`${JSON.stringify(value)}\n`)) await drained(response, signal);
    }
    response.end();
  }

  sendStatus(status: Status): void {
    const { response } = this;
    if (response.headersSent) {
      // The answer has begun: all that can still be told is that it is not whole.
      response.destroy();
      return;
    }
    if (status.code === 401) response.setHeader('WWW-Authenticate', 'Bearer');
    if (status.details?.retryAfterSeconds) response.setHeader('Retry-After', String(status.details.retryAfterSeconds));
    // What is left of the body is not worth reading.
    if (!this.request.complete) response.setHeader('Connection', 'close');
    this.#end(status.code ?? 500, 'application/json', this.#json(status));
  }

  #json(value: unknown): string {
    const pretty = this.query.get('pretty');
    return pretty !== null && pretty !== 'false' && pretty !== '0'
      ? `${JSON.stringify(value, null, 2)}\n`
      : `${JSON.stringify(value)}\n`;
  }

  #end(code: number, contentType: string, body: string | Buffer): void {
    // Bytes, because Node would send a text and the head before it in one encoding.
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    this.response.writeHead(code, {
      'Content-Type': contentType,
      'Content-Length': bytes.length,
      'Cache-Control': 'no-cache, private',
      'X-Content-Type-Options': 'nosniff',
    });
    this.response.end(bytes);
  }
}

/** Resolves when more can be written, or when the signal aborts. */
function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      response.off('drain', done);
      signal.removeEventListener('abort', done);
      resolve();
    };
    response.once('drain', done);
    signal.addEventListener('abort', done, { once: true });
    if (signal.aborted) done();
  });
}

/** Text as the value of a header: its UTF-8, byte by byte, without what no header may have. */
const headerValue = (text: string): string => Buffer.from(text.replaceAll('\x7f', '')).toString('latin1');

/** The URL of a request, whatever its target looks like. @throws ClusterError BadRequest */
export function requestUrl({ url }: IncomingMessage): URL {
  const target = url ?? '/';
  if (!target.startsWith('/')) throw new ClusterError('BadRequest', 'the target of a request is a path');
  try {
    return new URL(`https://localhost${target}`);
  } catch {
    throw new ClusterError('BadRequest', 'the target of the request is no valid path');
  }
}
