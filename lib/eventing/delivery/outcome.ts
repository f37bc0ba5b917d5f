import { errorMessage } from '../../base';
import { type CloudEvent, decodeHttp, EventError, modeOf } from '../cloud-event';
import type { SinkResponse } from '../sender';
import { passedThrough } from './pass-through';

/** An event in an answer. */
export interface Reply {
  readonly event: CloudEvent;
  /** Headers of the answer that go along with it. */
  readonly headers: Readonly<Record<string, string>>;
}

/** What one attempt came to. */
export type Outcome =
  | { readonly kind: 'delivered'; readonly status: number; readonly reply?: Reply }
  | {
      readonly kind: 'failed';
      /** Whether another attempt makes sense. */
      readonly retry: boolean;
      /** As it goes into dead letters: the receiver's code, 500 if there was no answer. */
      readonly status: number;
      readonly reason: string;
      readonly body: Buffer;
      readonly retryAfter?: string;
    };

/** Statuses below 500 that are tried again: not found yet, timed out, in conflict, too many. */
const RETRIED = new Set([404, 408, 409, 429]);

/**
 * What an answer means (specs/eventing/data-plane.md, and where it leaves things open, upstream's code).
 * @param replies `event`: a body that is no event makes the delivery fail, as for triggers of a broker; `lenient`: it is
 *   ignored, as for subscriptions of a channel, where only a broken event makes it fail, at once; `none`: whatever comes
 *   back is ignored.
 */
export function outcomeOf(response: SinkResponse, replies: 'event' | 'lenient' | 'none'): Outcome {
  const { status, headers, body } = response;
  if (status < 200 || status > 299) {
    const [retryAfter] = [headers['retry-after']].flat(); // clients give a field that stands there twice as a list
    return {
      ...{ kind: 'failed', retry: status >= 500 || RETRIED.has(status), status, reason: `HTTP ${status}`, body },
      ...(retryAfter === undefined ? {} : { retryAfter }),
    };
  }
  if (replies === 'none') return { kind: 'delivered', status };
  if (modeOf(headers) === undefined) {
    if (body.length === 0 || replies === 'lenient') return { kind: 'delivered', status };
    return badReply('the reply is no CloudEvent', body, true);
  }
  try {
    if (response.truncated) throw new EventError('the reply is too large');
    const [reply, ...more] = decodeHttp(headers, body);
    if (more.length > 0) throw new EventError('the reply is a batch');
    return { kind: 'delivered', status, ...(reply ? { reply: { event: reply, headers: passedThrough(headers) } } : {}) };
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
    return badReply(`the reply is no valid CloudEvent: ${error.message}`, body, replies === 'event');
  }
}

/** Upstream's filter answers 502 for these, which its channel tries again; a channel alone asks no one twice. */
const badReply = (reason: string, body: Buffer, retry: boolean): Outcome => ({
  kind: 'failed',
  retry,
  status: 502,
  reason,
  body,
});

/** No answer came: always worth another attempt. What went wrong stands in dead letters in place of an answer. */
export function noAnswer(error: unknown): Outcome {
  const reason = errorMessage(error);
  return { kind: 'failed', retry: true, status: 500, reason, body: Buffer.from(`dispatch error: ${reason}`) };
}
