import type { Clock, Timer } from '../base';
import type { Timeouts } from './backend';
import { Cancellation, type CancelSignal } from './cancellation';
import { headerValue } from './headers';
import type { RawHeaders } from './message';

/** A request came up against one of its revision's time limits. */
export class RequestTimeout extends Error {
  constructor(
    readonly limit: keyof Timeouts,
    readonly ms: number,
  ) {
    super('request timeout');
    this.name = 'RequestTimeout';
  }
}

/**
 * What stands in place of the rest of an answer that came up against a limit when it had begun: the answer ends well with it, as
 * Knative's does. Undefined for any other error, and for an answer that said how long it would be: that one is cut off.
 */
export function lastWords(error: unknown, headers: RawHeaders): string | undefined {
  if (!(error instanceof RequestTimeout) || headerValue(headers, 'content-length') !== undefined) return undefined;
  return error.message;
}

/**
 * Watches a request inside a pod: it aborts when the client goes or a limit is reached. The total limit runs to the end
 * of the answer, the start limit to its head, the idle limit from each piece of it to the next. One timer serves all three.
 * Limits count from `startedAt`, on the clock's monotonic scale; by default from now.
 */
export class RequestTimer extends Cancellation {
  readonly #startedAt: number;
  #writtenAt: number | undefined;
  #timer: Timer | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly timeouts: Timeouts,
    private readonly client: CancelSignal,
    startedAt = clock.monotonic(),
  ) {
    super();
    this.#startedAt = startedAt;
    if (client.aborted) this.#onClientGone();
    else client.addEventListener('abort', this.#onClientGone);
    this.#arm();
  }

  /** A piece of the answer has come. */
  wrote(): void {
    this.#writtenAt = this.clock.monotonic();
  }

  stop(): void {
    this.#timer?.cancel();
    this.client.removeEventListener('abort', this.#onClientGone);
  }

  readonly #onClientGone = (): void => this.abort(this.client.reason);

  #arm(): void {
    const now = this.clock.monotonic();
    let soonest = Number.POSITIVE_INFINITY;
    for (const limit of LIMITS) {
      const deadline = this.#deadline(limit);
      if (deadline <= now) {
        this.abort(new RequestTimeout(limit, this.timeouts[limit]));
        return;
      }
      if (deadline < soonest) soonest = deadline;
    }
    if (soonest < Number.POSITIVE_INFINITY) this.#timer = this.clock.after(soonest - now, () => this.#arm());
  }

  #deadline(limit: keyof Timeouts): number {
    const ms = this.timeouts[limit];
    if (ms === 0 || (limit === 'responseStart' && this.#writtenAt !== undefined)) return Number.POSITIVE_INFINITY;
    return ms + (limit === 'idle' ? (this.#writtenAt ?? this.#startedAt) : this.#startedAt);
  }
}

const LIMITS = ['total', 'responseStart', 'idle'] as const;
