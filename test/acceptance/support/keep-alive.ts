import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Answer {
  readonly status: number;
  /** What the pod said in the header `revision`. */
  readonly revision: string | undefined;
}

/** One connection to the gateway that is kept alive, on which answers without a body follow each other. Written for speed. */
export class KeepAlive {
  static async open(port: number, host: string): Promise<KeepAlive> {
    const socket = connect(port, '127.0.0.1');
    await once(socket, 'connect');
    return new KeepAlive(socket, host);
  }

  #received = '';
  #answered: (answer: Answer) => void = () => {};
  #failed: (error: Error) => void = () => {};

  private constructor(
    private readonly socket: Socket,
    private readonly host: string,
  ) {
    socket.setNoDelay().setEncoding('latin1');
    socket.on('data', (text: string) => this.#read(text));
    socket.on('error', (error) => this.#failed(error));
    socket.on('close', () => this.#failed(new Error('the gateway closed the connection')));
  }

  get(headers: string): Promise<Answer> {
    this.socket.write(`GET / HTTP/1.1\r\nhost: ${this.host}\r\n${headers}\r\n`);
    return new Promise((resolve, reject) => {
      this.#answered = resolve;
      this.#failed = reject;
    });
  }

  close(): void {
    this.socket.destroy();
  }

  #read(text: string): void {
    this.#received += text;
    if (!this.#received.endsWith('\r\n\r\n')) return;
    const head = this.#received;
    this.#received = '';
    this.#answered({ status: Number(head.slice(9, 12)), revision: /^revision: (.*)\r$/im.exec(head)?.[1] });
  }
}
