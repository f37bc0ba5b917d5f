import { Readable } from 'node:stream';
import type { Clock } from '../base';
import type { Backend, Lease } from './backend';
import { BreakerError } from './breaker';
import type { CancelSignal } from './cancellation';
import { clientGone, type Failures } from './failure';
import { forwardedHeaders, passedOnHeaders } from './forward-headers';
import { endToEnd, headerValue } from './headers';
import type { Inbound, Outbound, RawHeaders } from './message';
import { CannotStartError } from './obstacle';
import { RequestTimeout, RequestTimer } from './request-timer';
import type { Destination } from './resolver';
import { type RequestTimings, serverTiming } from './server-timing';
import { type PodRequest, type PodTransport, TransportError } from './transport';

/** How many pods one request is offered to, when none of them takes a byte of it. */
const MAX_ATTEMPTS = 10;

/** What a waiting body may hold in buffers of ours, beside its head. */
const BODY_BUFFER = 64 * 1024;

const IDEMPOTENT = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE', 'PUT', 'DELETE']);

export interface ForwarderDeps {
  readonly clock: Clock;
  readonly transport: PodTransport;
  readonly failures: Failures;
  /** Answers say where their time went. */
  readonly serverTiming: boolean;
  /** A request is over, as far as its head. */
  readonly onAnswer: (backend: Backend, status: number, timings: RequestTimings | undefined) => void;
}

/** A request that has a pod: what it holds there, and until when. */
export interface Passage {
  readonly lease: Lease;
  readonly timer: RequestTimer;
  readonly timings: RequestTimings;
  readonly request: PodRequest;
}

/** What came of a passage that a pod took. */
export interface Accepted<T> {
  readonly answer: T;
  readonly passage: Passage;
}

/** Takes a request to a pod of its backend and the answer back. */
export class Forwarder {
  constructor(private readonly deps: ForwarderDeps) {}

  async forward(inbound: Inbound, destination: Destination): Promise<Outbound> {
    const { backend } = destination;
    const outcome = await this.offer(inbound, destination, ({ lease, request, timer }) =>
      this.deps.transport.send(lease.target, request, timer),
    );
    // Whoever sent us a request with a place counts its answer.
    const counted = destination.placed === undefined;
    if (!('passage' in outcome)) {
      if (counted) this.deps.onAnswer(backend, outcome.status, undefined);
      return outcome;
    }
    const { answer: response, passage } = outcome;
    if (counted) this.deps.onAnswer(backend, response.status, passage.timings);
    const headers = endToEnd(response.headers);
    if (this.deps.serverTiming) headers.push('Server-Timing', serverTiming(passage.timings));
    const { body } = response;
    if (body instanceof Readable) follow(body, passage, backend);
    else finish(passage, backend);
    return response.trailers
      ? { status: response.status, headers, body, trailers: () => response.trailers!() }
      : { status: response.status, headers, body };
  }

  /**
   * Gets a place in a pod and lets `use` try it; gets another one where the first took nothing of the request. Where `use` has
   * succeeded, the passage is the caller's to `finish`. Otherwise the request is over, and the result is what to answer.
   */
  async offer<T>(
    inbound: Inbound,
    { backend, rules, placed }: Destination,
    use: (passage: Passage) => Promise<T>,
  ): Promise<Accepted<T> | Outbound> {
    const { clock } = this.deps;
    backend.enter();
    const arrivedAt = clock.monotonic();
    const headers = placed ? passedOnHeaders(inbound) : forwardedHeaders(inbound, rules);
    const bytes = heldBytes(inbound);
    let first: Lease | undefined;
    for (let attempt = 1; ; attempt++) {
      let lease: Lease;
      try {
        const again = attempt > 1;
        const got = placed && !again ? placed : backend.acquire({ signal: inbound.signal, bytes, arrivedAt, again });
        lease = got instanceof Promise ? await got : got;
      } catch (error) {
        return this.#unplaced(backend, error, inbound);
      }
      first ??= lease;
      const sentAt = clock.monotonic();
      if (attempt === 1) inbound.sendContinue?.();
      const timer = new RequestTimer(clock, backend.timeouts, inbound.signal, lease.limitsFrom);
      const { startMs: start, probeMs: probe, cold } = first;
      const timings = { queue: sentAt - arrivedAt, start, probe, app: 0, cold };
      const request = toPodRequest(inbound, lease.headers ? [...headers, ...lease.headers] : headers);
      try {
        const passage = { lease, timer, timings, request };
        const answer = await use(passage);
        timer.wrote();
        timings.app = clock.monotonic() - sentAt;
        return { answer, passage };
      } catch (error) {
        timer.stop();
        if (error instanceof TransportError && error.phase === 'before-write') lease.unreachable();
        lease.release();
        if (attempt < MAX_ATTEMPTS && replayable(error, inbound)) continue;
        return this.#failed(backend, lease, inbound.signal, error);
      }
    }
  }

  #unplaced(backend: Backend, error: unknown, { headers }: Inbound): Outbound {
    backend.leave();
    const { failures } = this.deps;
    if (error instanceof CannotStartError) return failures.cannotStart(backend.title, error, headers);
    if (error instanceof RequestTimeout)
      return failures.answer(
        504,
        error.message,
        () => `${backend.title} had no place for the request within ${error.ms / 1000} s`,
      );
    if (!(error instanceof BreakerError)) throw error;
    const why = (what: string) => () => {
      const trouble = backend.trouble();
      return trouble ? `${backend.title} ${what}; ${trouble}` : `${backend.title} ${what}`;
    };
    switch (error.reason) {
      case 'aborted':
        return clientGone;
      case 'queue-full':
        return failures.answer(503, error.message, why('has no room for more requests'), ['Retry-After', '1']);
      case 'no-endpoint':
        return failures.answer(503, error.message, why('took no request'));
      case 'deadline':
        return failures.answer(504, 'activator request timeout', why('had no place for the request in time'));
    }
  }

  #failed(backend: Backend, { target }: Lease, signal: CancelSignal, error: unknown): Outbound {
    backend.leave();
    const { failures } = this.deps;
    const pod = `${backend.title}, pod at ${target.host}:${target.port}`;
    if (error instanceof RequestTimeout)
      return failures.answer(
        504,
        error.message,
        () => `${pod}, sent nothing within ${error.ms / 1000} s (${LIMIT_FIELDS[error.limit]})`,
      );
    if (!(error instanceof TransportError)) {
      if (signal.aborted) return clientGone;
      throw error;
    }
    if (error.phase === 'invalid') return failures.answer(400, 'bad request', () => `${pod}: ${error.message}`);
    const what = error.phase === 'before-write' ? 'could not be reached' : 'ended the connection before it answered';
    return failures.answer(502, 'bad gateway', () => `${pod}, ${what}: ${error.message}`);
  }
}

const LIMIT_FIELDS = {
  total: 'timeoutSeconds',
  responseStart: 'responseStartTimeoutSeconds',
  idle: 'idleTimeoutSeconds',
} as const;

/**
 * True if another pod may get the request: nothing of it was written; or it has no body, may be repeated, and met a connection
 * that was closing as we took it. A request that a pod died with is not repeated.
 */
function replayable(error: unknown, { method, body }: Inbound): boolean {
  if (!(error instanceof TransportError)) return false;
  if (error.phase === 'before-write') return true;
  return error.stale && body === null && IDEMPOTENT.has(method);
}

function toPodRequest({ method, target, body }: Inbound, headers: RawHeaders): PodRequest {
  return { method, target, headers, body };
}

function heldBytes({ headers, target, body }: Inbound): number {
  let bytes = target.length;
  for (const field of headers) bytes += field.length;
  if (!body) return bytes;
  const length = Number(headerValue(headers, 'content-length') ?? BODY_BUFFER);
  return bytes + Math.min(length, BODY_BUFFER);
}

/** The request has left pod and gateway. */
export function finish({ timer, lease }: Passage, backend: Backend): void {
  timer.stop();
  lease.release();
  backend.leave();
}

/** Ends the passage when the body does, and cuts the body off when the passage ends first. */
function follow(body: Readable, passage: Passage, backend: Backend): void {
  const { timer } = passage;
  timer.addEventListener('abort', () => {
    body.destroy(timer.reason as Error);
  });
  if (backend.timeouts.idle > 0) {
    const push = body.push.bind(body);
    body.push = (chunk: unknown, encoding?: BufferEncoding) => {
      timer.wrote();
      return push(chunk, encoding);
    };
  }
  body.once('close', () => finish(passage, backend));
}
