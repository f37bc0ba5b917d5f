import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import { Cancellation } from './cancellation';
import { isHopByHop } from './headers';
import type { Inbound, Outbound, RawHeaders } from './message';
import { RequestBody } from './request-body';
import { lastWords } from './request-timer';

/** What a front adds to a request that its protocol does not say. */
export interface Http2Context {
  handle(inbound: Inbound): Promise<Outbound>;
  /** The parts of a request that depend on the connection and the listener. */
  describe(socket: Duplex | undefined): Pick<Inbound, 'visibility' | 'peer'>;
  readonly forceHost: string | undefined;
  readonly maxHeaderBytes: number;
  onFault(error: unknown, stream: ServerHttp2Stream): void;
}

/** HTTP/2 without TLS (gRPC, mostly), on sockets whose first bytes were HTTP/2's. */
export class Http2Front {
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();

  constructor(private readonly context: Http2Context) {
    this.#server = createServer({ maxHeaderListPairs: 256, settings: { maxHeaderListSize: context.maxHeaderBytes } });
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.on('error', () => session.destroy());
      session.on('close', () => this.#sessions.delete(session));
    });
    this.#server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: RawHeaders) =>
      this.#serve(stream, headers, raw),
    );
  }

  /** Takes a connection over. */
  accept(socket: Duplex): void {
    this.#server.emit('connection', socket);
  }

  /** Lets requests under way finish and takes no more. */
  drain(): void {
    for (const session of this.#sessions) session.close();
  }

  destroy(): void {
    for (const session of this.#sessions) session.destroy();
  }

  #serve(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, raw: RawHeaders): void {
    const cancellation = new Cancellation();
    stream.on('error', () => {});
    stream.once('close', () => cancellation.abort(new Error('the client has gone')));
    const fields: string[] = [];
    for (let i = 0; i < raw.length; i += 2) if (!raw[i]!.startsWith(':')) fields.push(raw[i]!, raw[i + 1]!);
    const inbound: Inbound = {
      ...this.context.describe(stream.session?.socket),
      method: headers[':method'] ?? 'GET',
      target: headers[':path'] ?? '/',
      host: this.context.forceHost ?? headers[':authority'] ?? headers.host ?? '',
      headers: fields,
      body: stream.endAfterHeaders ? null : new RequestBody(stream),
      signal: cancellation,
      ...(headers.expect === '100-continue' ? { sendContinue: () => stream.additionalHeaders({ ':status': 100 }) } : {}),
    };
    this.context
      .handle(inbound)
      .then((outbound) => answer(stream, outbound))
      .catch((error: unknown) => this.context.onFault(error, stream));
  }
}

function answer(stream: ServerHttp2Stream, outbound: Outbound): void {
  const { body } = outbound;
  if (stream.destroyed || stream.closed) {
    if (body instanceof Readable) body.on('error', () => {}).destroy();
    return;
  }
  stream.once('wantTrailers', () => stream.sendTrailers(grouped(outbound.trailers?.() ?? [])));
  stream.respond(
    { ...grouped(outbound.headers), ':status': outbound.status },
    { waitForTrailers: outbound.trailers !== undefined },
  );
  if (!(body instanceof Readable)) {
    stream.end(body ?? undefined);
    return;
  }
  // Only a destroyed stream is told from one that ended well: `close` sends an end first.
  body.on('error', (error) => {
    const words = lastWords(error, outbound.headers);
    if (words === undefined) stream.destroy(error);
    else stream.end(words);
  });
  stream.on('close', () => body.destroy());
  body.pipe(stream);
}

/** Fields by name, as node:http2 takes them; those that HTTP/2 forbids left out. */
function grouped(headers: RawHeaders): OutgoingHttpHeaders {
  const out: Record<string, string | string[]> = {};
  for (let i = 0; i < headers.length; i += 2) {
    const name = headers[i]!.toLowerCase();
    if (isHopByHop(name) && name !== 'trailer') continue;
    const before = out[name];
    out[name] = before === undefined ? headers[i + 1]! : [before, headers[i + 1]!].flat();
  }
  return out;
}
