import { Readable } from 'node:stream';
import type { ReadableStream as NodeReadableStream } from 'node:stream/web';
import type { Inbound, Outbound, RawHeaders, Visibility } from './message';
import { lastWords } from './request-timer';

export interface FetchOptions {
  /** Which listener the request is taken to have come by. @default 'external' */
  readonly visibility?: Visibility;
}

/** Statuses whose answers have no body in fetch. */
const BODYLESS = new Set([204, 205, 304]);

/** Takes a fetch Request through a gateway. The host is that of the URL, unless a Host header says otherwise. */
export async function fetchThrough(
  gateway: { handle(inbound: Inbound): Promise<Outbound> },
  request: Request,
  { visibility = 'external' }: FetchOptions = {},
): Promise<Response> {
  const url = new URL(request.url);
  const { status, headers, body } = await gateway.handle({
    method: request.method,
    target: url.pathname + url.search,
    host: request.headers.get('host') ?? url.host,
    headers: [...request.headers].flat(),
    body: request.body ? Readable.fromWeb(request.body as NodeReadableStream) : null,
    visibility,
    peer: { address: '127.0.0.1', trusted: false },
    signal: request.signal,
  });
  request.signal.throwIfAborted();
  const answer = new Headers();
  for (let i = 0; i < headers.length; i += 2) answer.append(headers[i]!, headers[i + 1]!);
  if (!(body instanceof Readable)) return new Response(BODYLESS.has(status) ? null : body, { status, headers: answer });
  const pieces = Readable.from(endingWell(body, headers), { objectMode: false });
  return new Response(Readable.toWeb(pieces) as ReadableStream, { status, headers: answer });
}

async function* endingWell(body: Readable, headers: RawHeaders): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    const words = lastWords(error, headers);
    if (words === undefined) throw error;
    yield Buffer.from(words);
  }
}
