import { Readable } from 'node:stream';

/** What a response body needs of the exchange that fills it. */
export interface BodySource {
  /** Ask for more. */
  resume(): void;
  /** Nobody reads on. */
  cancel(error: Error): void;
}

/** Bytes that a body may hold before its source is told to wait. */
const HIGH_WATER_MARK = 64 * 1024;

/** The body of a response that is still arriving. Its source is slowed to the pace of whoever reads it. */
export class ResponseBody extends Readable {
  #complete = false;

  constructor(private readonly source: BodySource) {
    super({ highWaterMark: HIGH_WATER_MARK });
  }

  /** The last chunk has been pushed. */
  complete(): void {
    this.#complete = true;
    this.push(null);
  }

  override _read(): void {
    this.source.resume();
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#complete) this.source.cancel(error ?? new Error('response body was not read to its end'));
    callback(error);
  }
}
