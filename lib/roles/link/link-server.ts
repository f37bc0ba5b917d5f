import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WebSocketServer } from 'ws';
import { type Clock, errorMessage, type Log } from '../../base';
import { type LinkChannel, type LinkHandler, MAX_MESSAGE, SocketChannel } from './link-channel';
import type { LinkRole } from './link-message';

/** How many links there may be, with those that are still to prove who dials: one pod has few peers. */
const MAX_LINKS = 256;
/** How long a token may take to be looked at, in milliseconds. */
const REVIEW_MS = 10_000;

export interface LinkServerOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** @default every address */
  readonly host?: string;
  readonly port: number;
  /** Whose a token is; undefined: nobody's who may dial. Rejects if that cannot be found out now. */
  readonly review: (token: string) => Promise<LinkRole | undefined>;
  /** Takes a link of somebody who has proved who it is. */
  readonly accept: (role: LinkRole, channel: LinkChannel) => LinkHandler;
}

/** Where other parts of the runtime dial this one. Only they get through, by their service accounts. */
export class LinkServer {
  static async listen(options: LinkServerOptions): Promise<LinkServer> {
    const { WebSocketServer: Sockets } = await import('ws');
    const sockets = new Sockets({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false });
    const server = new LinkServer(options, sockets);
    await server.#listen();
    return server;
  }

  readonly #server: Server;
  readonly #channels = new Set<SocketChannel>();
  /** Sockets that are not links yet, or were refused and are not closed yet. */
  readonly #pending = new Set<Duplex>();

  private constructor(
    private readonly options: LinkServerOptions,
    private readonly sockets: WebSocketServer,
  ) {
    this.#server = createServer((_request, response) => response.writeHead(404).end());
    this.#server.headersTimeout = REVIEW_MS;
    this.#server.on('upgrade', (request, socket, head) => void this.#upgrade(request, socket, head));
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const channel of [...this.#channels]) channel.close('this process ends');
    for (const socket of this.#pending) socket.destroy();
    this.#server.closeAllConnections();
    await closed;
  }

  #listen(): Promise<void> {
    const { host = '::', port } = this.options;
    return new Promise((resolve, reject) => {
      const listen = (at: string) => this.#server.listen({ host: at, port }, () => resolve());
      // A machine without IPv6 has IPv4.
      this.#server.once('error', (error: NodeJS.ErrnoException) => {
        if (host !== '::' || error.code !== 'EAFNOSUPPORT') return reject(error);
        this.#server.once('error', reject);
        listen('0.0.0.0');
      });
      listen(host);
    });
  }

  async #upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const { clock, log } = this.options;
    socket.on('error', () => socket.destroy());
    const full = this.#channels.size + this.#pending.size >= MAX_LINKS;
    this.#pending.add(socket);
    const timer = clock.after(REVIEW_MS, () => socket.destroy());
    const settled = () => {
      timer.cancel();
      this.#pending.delete(socket);
    };
    socket.once('close', settled);
    if (full) return refuse(socket, 503, 'Service Unavailable');
    try {
      const [, token] = /^Bearer (\S+)$/.exec(request.headers.authorization ?? '') ?? [];
      const role = token === undefined ? undefined : await this.options.review(token);
      if (socket.destroyed) return;
      if (role === undefined) {
        log.warn('a link is refused', { from: request.socket.remoteAddress ?? '', error: 'not one of those who may dial' });
        return refuse(socket, 401, 'Unauthorized');
      }
      this.sockets.handleUpgrade(request, socket, head, (accepted) => {
        const channel = new SocketChannel({ socket: accepted, clock, log, peer: `${role} at ${request.socket.remoteAddress}` });
        this.#channels.add(channel);
        settled();
        const handler = this.options.accept(role, channel);
        channel.handle({
          message: (message) => handler.message(message),
          closed: (reason) => {
            this.#channels.delete(channel);
            handler.closed(reason);
          },
        });
      });
    } catch (error) {
      log.warn('who dials a link could not be found out', { error: errorMessage(error) });
      refuse(socket, 503, 'Service Unavailable');
    }
  }
}

/** Does not wait for the other end to close its side. */
function refuse(socket: Duplex, status: number, text: string): void {
  socket.end(`HTTP/1.1 ${status} ${text}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}
