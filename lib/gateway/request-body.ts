import { Readable } from 'node:stream';

/**
 * A request's body as the gateway passes it on. Nothing is read before somebody asks for it, so a request that waits holds no
 * more than the kernel does; and giving the body up does not end the connection it comes by, over which an answer may still go.
 */
export class RequestBody extends Readable {
  #started = false;
  #ended = false;

  constructor(private readonly source: Readable) {
    super();
    source.once('close', () => {
      if (!this.#ended) this.destroy(new Error('the client ended its request early'));
    });
    source.on('error', (error) => this.destroy(error));
    // Without a reader a failure of the client is no one's concern: whoever reads has a listener of its own.
    this.on('error', () => {});
  }

  override _read(): void {
    if (this.#started) {
      this.source.resume();
      return;
    }
    this.#started = true;
    this.source.on('data', (chunk: Buffer) => {
      if (!this.destroyed && !this.push(chunk)) this.source.pause();
    });
    this.source.once('end', () => {
      this.#ended = true;
      this.push(null);
    });
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#ended = true;
    if (!this.source.destroyed) this.source.resume();
    callback(error);
  }
}
