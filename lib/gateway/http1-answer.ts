import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { headerValue } from './headers';
import type { Outbound } from './message';

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
  if (!trailers && needsLength(res, status) && headerValue(headers, 'content-length') === undefined)
    headers.push('Content-Length', String(body?.byteLength ?? 0));
  res.writeHead(status, headers);
  if (!trailers) {
    res.end(body ?? undefined);
    return;
  }
  if (body) res.write(body);
  addTrailers(res, trailers);
  res.end();
}

function stream(res: ServerResponse, body: Readable, outbound: Outbound): void {
  body.on('error', () => res.destroy());
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
