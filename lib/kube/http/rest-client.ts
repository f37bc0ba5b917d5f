import type { Clock, Random } from '../../base';
import { ClusterError } from '../cluster';
import type { ConnectionSource } from '../kubeconfig';
import { type HttpRequest, HttpTransport, isElsewhere, UnreachableError } from './http-transport';
import { retryAfter, retryDelay } from './retry-delay';
import { errorOfResponse } from './status-error';
import { type WriteLimit, WriteLimiter } from './write-limiter';

export interface RestClientOptions {
  readonly source: ConnectionSource;
  readonly clock: Clock;
  readonly random: Random;
  /** How we call ourselves: the API server's log of requests tells by it who asked. @default 'knc' */
  readonly userAgent?: string;
  /** How long one attempt at a request may take, in milliseconds. @default 60000, a minute, as long as Kubernetes itself gives it */
  readonly requestTimeoutMs?: number;
  /** Holds for what writes nothing but is no read, too, apart from writes. @default writes are not held back */
  readonly writeLimit?: WriteLimit;
}

/** Attempts in all: at what the server asks to be tried later, and at reads whose connection broke. */
const ATTEMPTS = 5;
const REQUEST_TIMEOUT_MS = 60_000;
/** How much of an answer that cannot be read is quoted. */
const QUOTED = 200;

interface Attempt {
  readonly value?: unknown;
  readonly error?: ClusterError;
  /** When another attempt makes sense, in milliseconds from now. */
  readonly retryIn?: number;
}

/** @throws ClusterError InternalError for what is no JSON: whoever answers is no API server */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new ClusterError('InternalError', `the server answered with something that is no JSON: ${text.slice(0, QUOTED)}`);
  }
}

/** Requests to the API server that are answered with one JSON document. */
export class RestClient {
  readonly transport: HttpTransport;
  readonly #writes: WriteLimiter | undefined;
  readonly #questions: WriteLimiter | undefined;

  constructor(private readonly options: RestClientOptions) {
    this.transport = new HttpTransport(options.source, options.userAgent);
    this.#writes = options.writeLimit && new WriteLimiter(options.clock, options.writeLimit);
    this.#questions = options.writeLimit && new WriteLimiter(options.clock, options.writeLimit);
  }

  /**
   * The document. What the server asks to be tried later (429 and 5xx with Retry-After) is tried again, and so is a read whose
   * connection broke; a write is not, since it may have been carried out.
   * @throws ClusterError as the server's Status says, Timeout, or UnreachableError; what the signal is aborted with.
   */
  async json(request: HttpRequest, signal?: AbortSignal): Promise<unknown> {
    const limiter = request.question ? this.#questions : this.#writes;
    if (request.method !== 'GET') await limiter?.take(request.urgent, signal);
    for (let failures = 1; ; failures++) {
      const { value, error, retryIn } = await this.#attempt(request, failures, signal);
      signal?.throwIfAborted();
      if (!error) return value;
      if (retryIn === undefined || failures === ATTEMPTS) throw error;
      await this.options.clock.sleep(retryIn, signal);
    }
  }

  close(): Promise<void> {
    return this.transport.close();
  }

  async #attempt(request: HttpRequest, failures: number, signal: AbortSignal | undefined): Promise<Attempt> {
    const { clock, random, requestTimeoutMs = REQUEST_TIMEOUT_MS } = this.options;
    const controller = new AbortController();
    const abort = () => controller.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const timer = clock.after(requestTimeoutMs, () =>
      controller.abort(
        new ClusterError('Timeout', `no answer to ${request.method} ${request.path} in ${requestTimeoutMs / 1000} s`),
      ),
    );
    try {
      const response = await this.transport.send(request, controller.signal);
      const text = await response.body.text();
      if (response.statusCode < 300) return { value: parsed(text) };
      const error = errorOfResponse(response.statusCode, text);
      const busy = response.statusCode === 429 || response.statusCode >= 500;
      const retryIn = busy ? retryAfter(response.headers) : undefined;
      return { error, ...(retryIn === undefined ? {} : { retryIn }) };
    } catch (thrown) {
      const cause = controller.signal.aborted ? controller.signal.reason : thrown;
      if (cause instanceof Error && cause.name === 'KncError') throw cause;
      const error = ClusterError.is(cause) ? cause : new UnreachableError((await this.options.source.get()).server, cause);
      const broke = error instanceof UnreachableError && !isElsewhere(error.cause);
      return { error, ...(request.method === 'GET' && broke ? { retryIn: retryDelay(failures, random) } : {}) };
    } finally {
      timer.cancel();
      signal?.removeEventListener('abort', abort);
    }
  }
}
