import type { RawData, WebSocket } from 'ws';
import { type Clock, errorMessage, type Log, type Timer } from '../../base';
import { type LinkMessage, parseLinkMessage } from './link-message';

/** One end of a link. */
export interface LinkChannel {
  send(message: LinkMessage): void;
  /** Ends it; the handler is told. */
  close(reason: string): void;
}

/** What is told of a link. */
export interface LinkHandler {
  message(message: LinkMessage): void;
  /** Called once. */
  closed(reason: string): void;
}

/** The largest message, in bytes. */
export const MAX_MESSAGE = 8 * 2 ** 20;
/** An end that leaves more than this unread is given up. */
const MAX_BUFFERED = 16 * 2 ** 20;
/** How often the other end is asked for a sign of life, and when it is taken for gone, in milliseconds. */
const PING_MS = 3000;
const SILENCE_MS = 10_000;

export interface SocketChannelOptions {
  readonly socket: WebSocket;
  readonly clock: Clock;
  readonly log: Log;
  /** Who is at the other end, for the log. */
  readonly peer: string;
}

/** A link over a WebSocket: what cannot be read, or does not read, ends it. */
export class SocketChannel implements LinkChannel {
  readonly #pings: Timer;
  #handler: LinkHandler | undefined;
  #heardAt: number;
  #closed = false;

  constructor(private readonly options: SocketChannelOptions) {
    const { socket, clock } = options;
    this.#heardAt = clock.monotonic();
    this.#pings = clock.every(PING_MS, () => this.#ping());
    socket.on('pong', () => this.#heard());
    socket.on('ping', () => this.#heard());
    socket.on('message', (data, isBinary) => this.#message(data, isBinary));
    socket.on('error', (error) => this.close(errorMessage(error)));
    socket.on('close', () => this.close('the other end has closed it'));
  }

  /** Call at once: nothing that comes may be missed. */
  handle(handler: LinkHandler): void {
    this.#handler = handler;
  }

  send(message: LinkMessage): void {
    if (this.#closed) return;
    const { socket } = this.options;
    socket.send(JSON.stringify(message));
    if (socket.bufferedAmount > MAX_BUFFERED) this.close('it does not read what it is told');
  }

  close(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pings.cancel();
    this.options.socket.terminate();
    this.#handler?.closed(reason);
  }

  #heard(): void {
    this.#heardAt = this.options.clock.monotonic();
  }

  #ping(): void {
    const { socket, clock } = this.options;
    if (clock.monotonic() - this.#heardAt >= SILENCE_MS) this.close(`nothing was heard of it for ${SILENCE_MS / 1000} s`);
    else if (socket.readyState === socket.OPEN) socket.ping();
  }

  #message(data: RawData, isBinary: boolean): void {
    if (this.#closed) return;
    this.#heard();
    try {
      if (isBinary) throw new Error('a message that is no text');
      this.#handler?.message(parseLinkMessage(String(data)));
    } catch (error) {
      this.options.log.warn('a link is closed', { peer: this.options.peer, error: errorMessage(error) });
      this.close(errorMessage(error));
    }
  }
}
