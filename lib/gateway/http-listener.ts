import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { SecureContext, TLSSocket } from 'node:tls';
import { type Clock, errorMessage, type Log, noLog } from '../base';
import { Cancellation, type CancelSignal } from './cancellation';
import { plainText } from './failure';
import type { Gateway } from './gateway';
import { answerHttp1 } from './http1-answer';
import { Http2Front } from './http2-front';
import { sniffHttp2 } from './http2-sniff';
import { InnerLane } from './inner-lane';
import type { Inbound, Visibility } from './message';
import { RequestBody } from './request-body';
import { writeOutbound } from './upgrade';
import { withoutUpgrade } from './without-upgrade';

/** What a listener hands requests to. */
export type HttpFront = Pick<Gateway, 'handle' | 'inner' | 'upgrade'>;

export interface HttpListenerOptions {
  readonly gateway: HttpFront;
  readonly clock: Clock;
  /** Address to bind. @default '127.0.0.1' */
  readonly host?: string;
  /** Port to bind; 0 lets the system choose. */
  readonly port: number;
  readonly visibility: Visibility;
  /** Serves HTTPS, with what this says of the name that a client asks for. A client that asks for none, or an unknown one, is refused. */
  readonly certificates?: (servername: string) => SecureContext | undefined;
  /** Every request counts as one for this host: gives a cluster-local name a URL of its own. */
  readonly forceHost?: string;
  /** Peers whose forwarding headers are believed. @default none */
  readonly trusted?: (address: string) => boolean;
  /** Peers that are an ingress in front of this one: they are trusted, and may name a revision by headers. @default none */
  readonly outer?: (address: string) => boolean;
  readonly log?: Log;
  /** Bytes that a request's head may have. @default 64 KiB */
  readonly maxHeaderBytes?: number;
  /** Milliseconds that a client may take to send a head. @default 15000 */
  readonly headerTimeoutMs?: number;
  /** Milliseconds that an idle connection is kept. @default 75000 */
  readonly keepAliveMs?: number;
}

/** Why a connection ends that has said something we cannot read. */
const CLIENT_ERRORS: Record<string, readonly [status: number, text: string]> = {
  HPE_HEADER_OVERFLOW: [431, 'request header fields too large'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'chunk extensions too large'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request timeout'],
};

const badTarget = () => plainText(400, 'bad request: unusable request target');

/** The front over real sockets: HTTP/1.1 by node:http, HTTP/2 without TLS where a client begins with it. */
export class HttpListener {
  readonly #server: Server;
  readonly #http2: Http2Front;
  readonly #lane: InnerLane;
  readonly #sniffing = new Set<Socket>();
  readonly #upgraded = new Set<Duplex>();
  /** Connections with an answer outstanding: a parse error there cannot be answered. */
  readonly #busy = new WeakSet<Duplex>();
  #scheme: 'http' | 'https' = 'http';
  readonly #serveHttp1: (socket: Duplex) => void;
  readonly #peers = new WeakMap<Duplex, Inbound['peer']>();
  #closing = false;

  constructor(private readonly options: HttpListenerOptions) {
    const { maxHeaderBytes = 64 * 1024, headerTimeoutMs = 15_000, keepAliveMs = 75_000 } = options;
    const serving: ServerOptions = {
      maxHeaderSize: maxHeaderBytes,
      headersTimeout: headerTimeoutMs,
      requestTimeout: 0,
      keepAliveTimeout: keepAliveMs,
      connectionsCheckingInterval: Math.min(5000, headerTimeoutMs),
      noDelay: true,
    };
    this.#server = options.certificates ? tlsServer(serving, options.certificates, headerTimeoutMs) : createServer(serving);
    if (options.certificates) this.#scheme = 'https';
    this.#http2 = new Http2Front({
      handle: (inbound) => options.gateway.handle(inbound),
      describe: (socket) => ({ visibility: options.visibility, scheme: this.#scheme, peer: this.#peer(socket) }),
      forceHost: options.forceHost,
      maxHeaderBytes,
      onFault: (error, stream) => {
        this.#fault(error);
        stream.destroy(new Error('internal error'));
      },
    });
    const arrival = options.certificates ? 'secureConnection' : 'connection';
    const serveHttp1 = this.#server.listeners(arrival)[0]!;
    this.#serveHttp1 = (socket) => serveHttp1.call(this.#server, socket);
    this.#server.removeAllListeners(arrival);
    this.#lane = new InnerLane({
      ...{ clock: options.clock, visibility: options.visibility, forceHost: options.forceHost, maxHeaderBytes, keepAliveMs },
      inner: (host, target) => options.gateway.inner(host, target, options.visibility),
      peer: (socket) => this.#peer(socket),
      leave: (socket) => serveHttp1.call(this.#server, socket),
      onFault: (error) => this.#fault(error),
    });
    if (options.certificates)
      this.#server.on('secureConnection', (socket: TLSSocket) => {
        if (socket.alpnProtocol === 'h2') this.#http2.accept(socket);
        else serveHttp1.call(this.#server, socket);
      });
    else this.#sniff(serveHttp1, headerTimeoutMs);
    this.#server.on('request', (req, res) => this.#serve(req, res));
    this.#server.on('checkContinue', (req, res) => this.#serve(req, res, () => res.writeContinue()));
    this.#server.on('upgrade', (req, socket, head) => this.#upgrade(req, socket, head));
    this.#server.on('connect', (_req, socket) => writeOutbound(socket, plainText(405, 'method not allowed')));
    this.#server.on('clientError', (error: NodeJS.ErrnoException, socket) => this.#clientError(error, socket));
  }

  /** Tells by the first bytes of a connection what it speaks. */
  #sniff(serveHttp1: ReturnType<Server['listeners']>[number], timeoutMs: number): void {
    this.#server.on('connection', (socket: Socket) => {
      this.#sniffing.add(socket);
      sniffHttp2(socket, this.options.clock, timeoutMs, (http2, beginning) => {
        this.#sniffing.delete(socket);
        if (http2) this.#http2.accept(socket);
        else if (this.#lane.takes(beginning)) this.#lane.accept(socket);
        else serveHttp1.call(this.#server, socket);
      });
      socket.once('close', () => this.#sniffing.delete(socket));
    });
  }

  /** Starts to accept connections. Rejects if the port cannot be had. */
  listen(): Promise<{ readonly host: string; readonly port: number }> {
    const { host = '127.0.0.1', port } = this.options;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 4096 }, () => {
        this.#server.off('error', reject);
        this.#server.on('error', (error) => this.#fault(error));
        const { address, port: bound } = this.#server.address() as AddressInfo;
        resolve({ host: address, port: bound });
      });
    });
  }

  /**
   * Accepts no more connections, answers what is under way, closes connections as they become idle. Connections that last
   * longer than `graceMs` (WebSockets, endless streams) are cut.
   */
  async close(graceMs = 30_000): Promise<void> {
    this.#closing = true;
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.#sniffing) socket.destroy();
    this.#server.closeIdleConnections();
    this.#lane.drain();
    this.#http2.drain();
    const cut = this.options.clock.after(graceMs, () => {
      this.#server.closeAllConnections();
      this.#lane.destroy();
      this.#http2.destroy();
      for (const socket of this.#upgraded) socket.destroy();
    });
    await closed;
    cut.cancel();
  }

  #serve(req: IncomingMessage, res: ServerResponse, sendContinue?: () => void): void {
    const { socket } = req;
    const cancellation = new Cancellation();
    this.#busy.add(socket);
    res.on('close', () => {
      this.#busy.delete(socket);
      if (!res.writableFinished) cancellation.abort(new Error('the client has gone'));
    });
    const inbound = this.#inbound(req, cancellation, sendContinue);
    if (!inbound) {
      answerHttp1(res, badTarget(), true);
      return;
    }
    this.options.gateway.handle(inbound).then(
      (outbound) => answerHttp1(res, outbound, this.#closing),
      (error: unknown) => {
        this.#fault(error);
        answerHttp1(res, plainText(500, 'internal error'), true);
      },
    );
  }

  #upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void {
    const ordinary = withoutUpgrade(req);
    if (ordinary) {
      // A client that only offers to change is served as if it had not; answers that are still to come would be mixed up with its own.
      if (this.#busy.has(socket)) return void socket.destroy();
      socket.pause();
      socket.unshift(Buffer.concat([ordinary, head]));
      this.#serveHttp1(socket);
      socket.resume();
      return;
    }
    const cancellation = new Cancellation();
    this.#upgraded.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => {
      this.#upgraded.delete(socket);
      cancellation.abort(new Error('the client has gone'));
    });
    const inbound = this.#inbound(req, cancellation);
    if (!inbound) {
      writeOutbound(socket, badTarget());
      return;
    }
    void this.options.gateway.upgrade({ ...inbound, body: null }, { socket, head });
  }

  #inbound(req: IncomingMessage, signal: CancelSignal, sendContinue?: () => void): Inbound | undefined {
    const { headers, rawHeaders, method = 'GET', url = '/' } = req;
    let host = headers.host ?? '';
    let target = url;
    if (!url.startsWith('/')) {
      const absolute = /^https?:\/\/([^/?#]+)(.*)$/i.exec(url);
      if (!absolute) return undefined;
      host = absolute[1]!;
      target = absolute[2]!.startsWith('/') ? absolute[2]! : `/${absolute[2]}`;
    }
    const length = headers['content-length'];
    const hasBody = headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
    return {
      method,
      target,
      host: this.options.forceHost ?? host,
      headers: rawHeaders,
      body: hasBody ? new RequestBody(req) : null,
      visibility: this.options.visibility,
      scheme: this.#scheme,
      peer: this.#peer(req.socket),
      signal,
      ...(sendContinue && { sendContinue }),
    };
  }

  /** Who is at the other end; found out once for each connection, if it can be. */
  #peer(socket: Duplex | undefined): Inbound['peer'] {
    const known = socket && this.#peers.get(socket);
    if (known) return known;
    // HTTP/2 gives a stand-in for its socket, which has the socket's properties to read and none to look for.
    const remote = (socket as Partial<Socket> | undefined)?.remoteAddress ?? 'unknown';
    const address = remote.startsWith('::ffff:') ? remote.slice(7) : remote;
    const outer = this.options.outer?.(address) ?? false;
    const peer = { address, trusted: outer || (this.options.trusted?.(address) ?? false), outer };
    // Whose address it is may be known later than the first request.
    if (socket && (outer || !this.options.outer)) this.#peers.set(socket, peer);
    return peer;
  }

  #clientError(error: NodeJS.ErrnoException, socket: Duplex): void {
    if (error.code === 'ECONNRESET' || !socket.writable || this.#busy.has(socket)) {
      socket.destroy();
      return;
    }
    const [status, text] = CLIENT_ERRORS[error.code ?? ''] ?? [400, 'bad request'];
    writeOutbound(socket, plainText(status, text));
  }

  #fault(error: unknown): void {
    (this.options.log ?? noLog).error('request failed', { error: errorMessage(error) });
  }
}

/** A server for HTTPS that is told by each connection's HTTP version what is spoken on it. */
function tlsServer(
  serving: ServerOptions,
  certificates: (servername: string) => SecureContext | undefined,
  handshakeTimeout: number,
): Server {
  const server = createTlsServer({
    ...serving,
    handshakeTimeout,
    ALPNProtocols: ['h2', 'http/1.1'],
    SNICallback: (servername, done) => {
      const context = certificates(servername);
      done(context ? null : new Error('no certificate'), context);
    },
  });
  // What is no handshake is not answered.
  server.removeAllListeners('tlsClientError');
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return server as unknown as Server;
}
