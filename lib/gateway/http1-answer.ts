import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { headerValue } from './headers';
import type { Outbound } from './message';
import { lastWords } from './request-timer';

/** What is left of a request that has been answered is read so far to keep its connection, in bytes. */
const MAX_DRAINED = 2 ** 20;
/** What is left of a longer one is read so far before its connection is closed. */
const MAX_LINGERED = 16 * 2 ** 20;
/** A client that sends nothing more has so long to close its connection itself, in milliseconds. */
const LINGER_MS = 2000;

/** Writes an answer over HTTP/1.1: the head at once, then the body at the client's pace, then trailers. */
export function answerHttp1(res: ServerResponse, outbound: Outbound, lastOnConnection: boolean): void {
  const { status, body } = outbound;
  if (res.destroyed) {
    if (body instanceof Readable) body.on('error', () => {}).destroy();
    return;
  }
  const headers = outbound.headers as string[];
  if (lastOnConnection && headerValue(headers, 'connection') === undefined) headers.push('Connection', 'close');
  if (body instanceof Readable) {
    res.writeHead(status, headers);
    res.flushHeaders();
    stream(res, body, outbound);
    return;
  }
  const trailers = outbound.trailers?.();
  const unread = !trailers && isUnread(res.req);
  if (unread && headerValue(headers, 'connection') === undefined) headers.push('Connection', 'close');
  if (!trailers && needsLength(res, status) && headerValue(headers, 'content-length') === undefined)
    headers.push('Content-Length', String(body?.byteLength ?? 0));
  res.writeHead(status, headers);
  if (unread) {
    if (body) res.write(body);
    linger(res);
    return;
  }
  if (!trailers) {
    res.end(body ?? undefined);
    return;
  }
  if (body) res.write(body);
  addTrailers(res, trailers);
  res.end();
}

/** Whether much of a request is still to come, or it will not come as the client has not been told to go on. */
function isUnread({ complete, headers }: IncomingMessage): boolean {
  if (complete) return false;
  const length = headers['transfer-encoding'] === undefined ? Number(headers['content-length'] ?? 0) : Number.POSITIVE_INFINITY;
  return length > MAX_DRAINED || headers.expect !== undefined;
}

/**
 * Ends the connection of a client that is still sending what is not wanted any more. It gets the time to read the answer first:
 * closing at once would make its system throw that away.
 */
function linger(res: ServerResponse): void {
  const { req } = res;
  let size = 0;
  req.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size > MAX_LINGERED) res.end();
  });
  req.once('end', () => res.end());
  req.once('close', () => res.end());
  req.socket.setTimeout(LINGER_MS, () => req.socket.destroy());
  req.resume();
}

function stream(res: ServerResponse, body: Readable, outbound: Outbound): void {
  body.on('error', (error) => {
    const words = lastWords(error, outbound.headers);
    if (words === undefined) res.destroy();
    else res.end(words);
  });
  body.on('end', () => {
    addTrailers(res, outbound.trailers?.());
    res.end();
  });
  res.on('close', () => body.destroy());
  body.pipe(res, { end: false });
}

function addTrailers(res: ServerResponse, trailers: readonly string[] | undefined): void {
  if (!trailers || !res.chunkedEncoding) return;
  const pairs: [string, string][] = [];
  for (let i = 0; i < trailers.length; i += 2) pairs.push([trailers[i]!, trailers[i + 1]!]);
  res.addTrailers(pairs);
}

function needsLength(res: ServerResponse, status: number): boolean {
  return status >= 200 && status !== 204 && status !== 304 && res.req.method !== 'HEAD';
}
