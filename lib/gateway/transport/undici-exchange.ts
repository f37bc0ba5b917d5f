import type { Clock } from '../../base';
import { errorMessage } from '../../base';
import type { RawHeaders } from '../message';
import { type PodResponse, TransportError } from './pod-transport';
import { type BodySource, ResponseBody } from './response-body';

/**
 * A connection that had been idle for a while and ends this soon after a request was written had most likely been closed
 * already. One that went from request to request has died with its pod.
 */
const STALE_MS = 50;
const IDLE_MS = 250;

/** What an exchange wants to know of its connection. */
export interface ConnectionUse {
  /** Requests written on the connection before this one. */
  served: number;
  /** When the last of them was over, by the monotonic clock. */
  idleSince: number;
}

/**
 * One request and its answer on an undici dispatcher. An answer that has arrived whole by the end of the parser's run becomes
 * bytes; otherwise a stream is made. So a small answer costs no stream, and none waits for the other.
 */
export class UndiciExchange implements BodySource {
  /** Set by the connection that takes the request. */
  connection: ConnectionUse | undefined;
  #phase: 'waiting' | 'written' | 'head' | 'streaming' | 'done' = 'waiting';
  #wasIdle = false;
  #writtenAt = 0;
  #abort: ((error?: Error) => void) | undefined;
  #aborted: Error | undefined;
  #resumeSocket: (() => void) | undefined;
  #status = 0;
  #headers: RawHeaders = [];
  #chunks: Buffer[] = [];
  #complete = false;
  #trailers: RawHeaders | undefined;
  #body: ResponseBody | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly resolve: (response: PodResponse) => void,
    private readonly reject: (error: Error) => void,
  ) {}

  /** Gives the request up: it will not be written, or its connection is closed. */
  cancel(error: Error): void {
    if (this.#phase === 'done' || this.#aborted) return;
    this.#aborted = error;
    this.#abort?.(error);
    if (this.#phase !== 'streaming') this.reject(error);
  }

  resume(): void {
    this.#resumeSocket?.();
  }

  onConnect(abort: (error?: Error) => void): void {
    if (this.#aborted) {
      abort(this.#aborted);
      return;
    }
    this.#abort = abort;
    this.#phase = 'written';
    this.#writtenAt = this.clock.monotonic();
    const { connection } = this;
    if (connection) this.#wasIdle = connection.served++ > 0 && this.#writtenAt - connection.idleSince >= IDLE_MS;
  }

  onHeaders(status: number, headers: Buffer[], resume: () => void): boolean {
    if (status < 200) return true;
    this.#phase = 'head';
    this.#status = status;
    this.#headers = decode(headers);
    this.#resumeSocket = resume;
    queueMicrotask(() => this.#answer());
    return true;
  }

  onData(chunk: Buffer): boolean {
    if (this.#body) return this.#body.push(chunk);
    this.#chunks.push(chunk);
    return true;
  }

  onComplete(trailers: Buffer[] | string[] | null): void {
    this.#complete = true;
    if (this.connection) this.connection.idleSince = this.clock.monotonic();
    if (trailers && trailers.length > 0) this.#trailers = decode(trailers);
    if (this.#phase === 'streaming') this.#phase = 'done';
    this.#body?.complete();
  }

  onError(error: Error): void {
    const phase = this.#phase;
    this.#phase = 'done';
    if (this.#body) this.#body.destroy(this.#aborted ?? new TransportError('after-write', errorMessage(error)));
    else this.reject(this.#aborted ?? this.#classify(error, phase));
  }

  #classify(error: Error & { code?: string }, phase: string): TransportError {
    if (error.code === 'UND_ERR_INVALID_ARG' || error.code === 'UND_ERR_NOT_SUPPORTED')
      return new TransportError('invalid', errorMessage(error));
    if (phase === 'waiting') return new TransportError('before-write', errorMessage(error));
    const stale = phase === 'written' && this.#wasIdle && this.clock.monotonic() - this.#writtenAt < STALE_MS;
    return new TransportError('after-write', errorMessage(error), stale);
  }

  #answer(): void {
    if (this.#phase !== 'head') return;
    const status = this.#status;
    const headers = this.#headers;
    const trailers = () => this.#trailers;
    if (this.#complete) {
      this.#phase = 'done';
      const { length } = this.#chunks;
      const body = length === 0 ? null : length === 1 ? this.#chunks[0]! : Buffer.concat(this.#chunks);
      this.resolve(this.#trailers ? { status, headers, body, trailers } : { status, headers, body });
      return;
    }
    this.#phase = 'streaming';
    this.#body = new ResponseBody(this);
    for (const chunk of this.#chunks) this.#body.push(chunk);
    this.#chunks = [];
    this.resolve({ status, headers, body: this.#body, trailers });
  }
}

function decode(fields: readonly (Buffer | string)[]): RawHeaders {
  const out = new Array<string>(fields.length);
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    out[i] = typeof field === 'string' ? field : field.toString('latin1');
  }
  return out;
}
