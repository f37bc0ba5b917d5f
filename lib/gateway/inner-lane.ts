import type { Socket } from 'node:net';
import type { Clock } from '../base';
import { InnerConnection } from './inner-connection';
import type { InnerAnswer } from './inner-hosts';
import type { Inbound, Outbound, Visibility } from './message';

const BEGINNING = Buffer.from('POST /');

export interface InnerLaneOptions {
  readonly clock: Clock;
  readonly visibility: Visibility;
  readonly forceHost: string | undefined;
  readonly maxHeaderBytes: number;
  /** Milliseconds that a connection is kept without a byte. */
  readonly keepAliveMs: number;
  /** What answers requests for this host, if it is a part of this process. */
  readonly inner: (host: string, target: string) => InnerAnswer | undefined;
  readonly peer: (socket: Socket) => Inbound['peer'];
  /** Serves a connection from here on, beginning with what has not been read of it. */
  readonly leave: (socket: Socket) => void;
  readonly onFault: (error: unknown) => void;
}

/**
 * A short way for small, ordinary requests to hosts that are parts of this process, as events are: node:http costs several times what
 * reading such a request does. A connection that brings anything else leaves this lane for good, between two messages.
 */
export class InnerLane {
  readonly #connections = new Set<InnerConnection>();
  #date = { second: -1, text: '' };
  /** The answer that was written last, and its head at that second. */
  #head: { readonly outbound: Outbound; readonly second: number; readonly text: string } | undefined;

  constructor(readonly options: InnerLaneOptions) {}

  /** Whether a connection that begins with these bytes may be for this lane. */
  takes(beginning: Buffer): boolean {
    return beginning.length >= BEGINNING.length && BEGINNING.compare(beginning, 0, BEGINNING.length) === 0;
  }

  /** Serves a connection of which nothing has been read. */
  accept(socket: Socket): void {
    const connection = new InnerConnection(this, socket);
    this.#connections.add(connection);
    socket.once('close', () => this.forget(connection));
  }

  forget(connection: InnerConnection): void {
    this.#connections.delete(connection);
  }

  /** Answers what is under way, and closes connections as they become idle. */
  drain(): void {
    for (const connection of this.#connections) connection.drain();
  }

  destroy(): void {
    for (const connection of this.#connections) connection.destroy();
  }

  /** Now, as a Date field has it. */
  date(): string {
    const second = this.#second();
    if (second !== this.#date.second) this.#date = { second, text: new Date(second * 1000).toUTCString() };
    return this.#date.text;
  }

  /** The head of an answer, if it is the same one as the last, in the same second: most are. */
  lastHead(outbound: Outbound): string | undefined {
    return this.#head?.outbound === outbound && this.#head.second === this.#second() ? this.#head.text : undefined;
  }

  keepHead(outbound: Outbound, text: string): void {
    this.#head = { outbound, second: this.#second(), text };
  }

  #second(): number {
    return Math.floor(this.options.clock.now() / 1000);
  }
}
