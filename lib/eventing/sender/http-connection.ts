import type { Socket } from 'node:net';
import { type Answer, AnswerReader } from './answer-reader';

interface Exchange {
  readonly reader: AnswerReader;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** One connection to a server: a request at a time, each with its answer. */
export class HttpConnection {
  /** Until when it may be kept without work, by the clock of whoever keeps it. */
  freshUntil = 0;
  #exchange: Exchange | undefined;
  #over = false;

  /** @param onClose called once, when it cannot be used any more */
  constructor(
    private readonly socket: Socket,
    private readonly onClose: (connection: HttpConnection) => void,
  ) {
    socket.setNoDelay(true);
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    socket.on('error', (error) => this.destroy(error));
    socket.on('end', () => this.#ended());
    socket.on('close', () => this.destroy(new Error('the connection was closed')));
  }

  get open(): boolean {
    return !this.#over;
  }

  /** Sends a request, and resolves with its answer. Rejects if there is none; then the connection is over. */
  exchange(request: Buffer): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#exchange = { reader: new AnswerReader(), resolve, reject };
      if (this.#over) this.#fail(new Error('the connection was closed'));
      else this.socket.write(request);
    });
  }

  destroy(reason: unknown): void {
    if (!this.#over) {
      this.#over = true;
      this.socket.destroy();
      this.onClose(this);
    }
    this.#fail(reason);
  }

  #read(chunk: Buffer): void {
    if (!this.#exchange) {
      this.destroy(new Error('the server spoke without being asked'));
      return;
    }
    try {
      const answer = this.#exchange.reader.push(chunk);
      if (answer) this.#settle(answer);
    } catch (error) {
      this.destroy(error);
    }
  }

  #ended(): void {
    const answer = this.#exchange?.reader.end();
    if (answer) this.#settle(answer);
    this.destroy(new Error('the server closed the connection'));
  }

  #settle(answer: Answer): void {
    const { resolve } = this.#exchange!;
    this.#exchange = undefined;
    if (!answer.reusable) this.destroy(new Error('the answer was the last one'));
    resolve(answer);
  }

  #fail(reason: unknown): void {
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.reject(reason);
  }
}
