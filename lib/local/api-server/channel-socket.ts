import type { WebSocket } from 'ws';

/** What is sent over one connection, each kind under its own number. */
export const channels = { stdin: 0, stdout: 1, stderr: 2, error: 3, resize: 4 } as const;

/** Closes a channel: the next byte says which (v5 of the protocol). */
const CLOSE = 255;

/** What a client must offer to speak one of. */
export const CHANNEL_PROTOCOLS: readonly string[] = ['v5.channel.k8s.io', 'v4.channel.k8s.io'];

/** A WebSocket that carries the streams of a command: the first byte of each message says of which. */
export class ChannelSocket {
  /** Resolves when the connection is over. */
  readonly closed: Promise<void>;

  constructor(private readonly socket: WebSocket) {
    socket.on('error', () => {});
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Calls `onData` for what comes in on a channel, `onEnd` when the client has closed it. */
  receive(onData: (channel: number, data: Buffer) => void, onEnd: (channel: number) => void): void {
    this.socket.on('message', (message: Buffer) => {
      const [channel, ...rest] = message.subarray(0, 2);
      if (channel === CLOSE) onEnd(rest[0] ?? channels.stdin);
      else if (channel !== undefined) onData(channel, message.subarray(1));
    });
  }

  /** Takes nothing more from the client until `resume`. */
  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    this.socket.resume();
  }

  /** Resolves when it has been handed on, so that whoever waits for it is as slow as the client. */
  send(channel: number, data: Uint8Array): Promise<void> {
    const message = Buffer.concat([Buffer.of(channel), data]);
    return new Promise((resolve) => this.socket.send(message, { binary: true }, () => resolve()));
  }

  close(): void {
    this.socket.close(1000);
  }

  /** Breaks off. */
  terminate(): void {
    this.socket.terminate();
  }
}
