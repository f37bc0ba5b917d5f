import { type ClientHttp2Session, type ClientHttp2Stream, connect, constants, type IncomingHttpHeaders } from 'node:http2';
import { type Clock, errorMessage } from '../../base';
import type { CancelSignal } from '../cancellation';
import type { RawHeaders } from '../message';
import {
  type PodProbe,
  type PodRequest,
  type PodResponse,
  type PodTarget,
  type PodTransport,
  TransportError,
  targetKey,
  type UpgradeResponse,
} from './pod-transport';
import { probePod } from './probe-pod';
import { ResponseBody } from './response-body';

/** HTTP/2 without TLS to pods whose port is named `h2c`: one session for each pod, a stream for each request. */
export class H2cTransport implements PodTransport {
  readonly #sessions = new Map<string, ClientHttp2Session>();

  constructor(private readonly clock: Clock) {}

  send(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<PodResponse> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      const session = this.#session(target);
      const stream = session.request(toHttp2(request), { endStream: request.body === null });
      const onAbort = () => stream.close(constants.NGHTTP2_CANCEL);
      signal.addEventListener('abort', onAbort, { once: true });
      let trailers: RawHeaders | undefined;
      stream.on('trailers', (fields) => {
        trailers = fromHttp2(fields);
      });
      stream.once('response', (fields) => {
        const status = fields[':status'] ?? 502;
        resolve({ status, headers: fromHttp2(fields), body: bodyOf(stream), trailers: () => trailers });
      });
      const fail = (message: string) => {
        if (signal.aborted) reject(signal.reason);
        else reject(new TransportError(unsent(session, stream) ? 'before-write' : 'after-write', message));
      };
      stream.once('error', (error) => fail(errorMessage(error)));
      stream.once('close', () => {
        signal.removeEventListener('abort', onAbort);
        fail('the stream was closed without an answer');
      });
      request.body?.on('error', () => stream.close(constants.NGHTTP2_CANCEL)).pipe(stream);
    });
  }

  async upgrade(): Promise<UpgradeResponse> {
    throw new TransportError('invalid', 'HTTP/2 has no Upgrade');
  }

  probe(target: PodTarget, probe: PodProbe, timeoutMs: number): Promise<boolean> {
    return probePod(this, this.clock, target, probe, timeoutMs);
  }

  retire(target: PodTarget): void {
    const key = targetKey(target);
    this.#sessions.get(key)?.close();
    this.#sessions.delete(key);
  }

  async close(): Promise<void> {
    for (const session of this.#sessions.values()) session.destroy();
    this.#sessions.clear();
  }

  #session(target: PodTarget): ClientHttp2Session {
    const key = targetKey(target);
    const known = this.#sessions.get(key);
    if (known && !known.closed && !known.destroyed) return known;
    const session = connect(`http://${target.host.includes(':') ? `[${target.host}]` : target.host}:${target.port}`);
    const forget = () => {
      if (this.#sessions.get(key) === session) this.#sessions.delete(key);
    };
    session.on('error', forget);
    session.on('close', forget);
    session.on('goaway', forget);
    this.#sessions.set(key, session);
    return session;
  }
}

/** What a stream brings. Node ends a stream that was broken off like one that ended well, but for its code. */
function bodyOf(stream: ClientHttp2Stream): ResponseBody {
  const body = new ResponseBody({
    resume: () => stream.resume(),
    cancel: () => stream.close(constants.NGHTTP2_CANCEL),
  });
  const broken = () => body.destroy(new TransportError('after-write', `the stream was broken off with code ${stream.rstCode}`));
  stream.on('data', (chunk: Buffer) => {
    if (!body.push(chunk)) stream.pause();
  });
  stream.once('end', () => {
    if (stream.rstCode === constants.NGHTTP2_NO_ERROR) body.complete();
    else broken();
  });
  stream.once('close', () => {
    if (!stream.readableEnded) broken();
  });
  return body;
}

/** True if the pod cannot have seen the request: never connected, or it said so (RFC 9113, 8.7). */
function unsent(session: ClientHttp2Session, stream: ClientHttp2Stream): boolean {
  return session.connecting || stream.id === undefined || stream.rstCode === constants.NGHTTP2_REFUSED_STREAM;
}

function toHttp2(request: PodRequest): Record<string, string | string[]> {
  const out: Record<string, string | string[]> = { ':method': request.method, ':path': request.target, ':scheme': 'http' };
  for (let i = 0; i < request.headers.length; i += 2) {
    const name = request.headers[i]!.toLowerCase();
    const key = name === 'host' ? ':authority' : name;
    const value = request.headers[i + 1]!;
    const before = out[key];
    out[key] = before === undefined ? value : [before, value].flat();
  }
  return out;
}

function fromHttp2(fields: IncomingHttpHeaders): string[] {
  const out: string[] = [];
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith(':') || value === undefined) continue;
    for (const one of Array.isArray(value) ? value : [value]) out.push(name, one);
  }
  return out;
}
