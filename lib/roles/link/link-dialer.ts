import type { WebSocket } from 'ws';
import { type Clock, errorMessage, type Log, type Random, type Timer } from '../../base';
import { type LinkChannel, type LinkHandler, MAX_MESSAGE, SocketChannel } from './link-channel';

/** Between attempts to dial, in milliseconds: the first, and the longest. */
const FIRST_MS = 200;
const LONGEST_MS = 5000;
/** Failures in a row after which it is told, once: some ten seconds. */
const TOLD_AFTER = 6;
/** How long the other end may take to let us in, in milliseconds. */
const DIAL_MS = 10_000;

export interface LinkDialerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
  /** By which we prove who we are. */
  readonly token: () => string;
  /** A link has come about. */
  readonly accept: (channel: LinkChannel) => LinkHandler;
}

/** Dials another part of the runtime, again and again for as long as it is wanted. */
export class LinkDialer {
  #channel: SocketChannel | undefined;
  #next: Timer | undefined;
  #failures = 0;
  #stopped = false;

  constructor(private readonly options: LinkDialerOptions) {
    void this.#dial();
  }

  /** Dials at once if an attempt is to come: the other end may be there by now. */
  hurry(): void {
    if (!this.#next || this.#stopped) return;
    this.#next.cancel();
    this.#next = undefined;
    this.#failures = 0;
    void this.#dial();
  }

  stop(): void {
    this.#stopped = true;
    this.#next?.cancel();
    this.#channel?.close('it is not wanted any more');
  }

  async #dial(): Promise<void> {
    const { host, port, token } = this.options;
    try {
      await this.#connect(host, port, token());
    } catch (error) {
      this.#again(errorMessage(error));
    }
  }

  async #connect(host: string, port: number, token: string): Promise<void> {
    const { WebSocket: Socket } = await import('ws');
    const at = host.includes(':') ? `[${host}]` : host;
    const socket = new Socket(`ws://${at}:${port}/link`, {
      headers: { authorization: `Bearer ${token}` },
      ...{ maxPayload: MAX_MESSAGE, perMessageDeflate: false, handshakeTimeout: DIAL_MS, followRedirects: false },
    });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('open', () => {
        socket.off('error', reject);
        // At once: the first message may have come with the answer to our request.
        this.#opened(socket);
        resolve();
      });
    });
  }

  #opened(socket: WebSocket): void {
    const { clock, log, host, port, accept } = this.options;
    if (this.#stopped) {
      socket.terminate();
      return;
    }
    const channel = new SocketChannel({ socket, clock, log, peer: `${host}:${port}` });
    this.#channel = channel;
    const begun = clock.monotonic();
    const handler = accept(channel);
    channel.handle({
      message: (message) => handler.message(message),
      closed: (reason) => {
        handler.closed(reason);
        if (clock.monotonic() - begun > LONGEST_MS) this.#failures = 0;
        this.#again(reason);
      },
    });
  }

  #again(error: string): void {
    if (this.#stopped) return;
    const { clock, random, log, host, port } = this.options;
    const longest = Math.min(FIRST_MS * 2 ** this.#failures++, LONGEST_MS);
    // Many that have lost the same end do not come back at the same moment.
    const delayMs = longest * (0.5 + random.next() / 2);
    // One that has just begun is not there for a moment.
    if (this.#failures === TOLD_AFTER) log.warn('a link is not there', { peer: `${host}:${port}`, error });
    this.#next = clock.after(delayMs, () => {
      this.#next = undefined;
      void this.#dial();
    });
  }
}
