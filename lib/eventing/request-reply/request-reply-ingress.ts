import type { IncomingHttpHeaders } from 'node:http';
import { type Clock, type Executor, errorMessage } from '../../base';
import { type Attributes, correlationId, isCorrelationId } from '../../expr';
import { type AccessRefusal, type Refusal, refusalHeaders } from '../auth';
import { type CloudEvent, encodeBinary, withAttributes } from '../cloud-event';
import type { Attempt, Deliverer, DeliveryPolicy } from '../delivery';
import { passedThrough } from '../delivery';
import { answer, type EndpointRequest, type EndpointResponse, pathParts, readEvent, refusedEvent } from '../endpoint';
import type { Destination } from '../sender';

/** A RequestReply as the data plane needs it. */
export interface RequestReplySpec {
  readonly namespace: string;
  readonly name: string;
  readonly correlationAttribute: string;
  readonly replyAttribute: string;
  readonly timeoutMs: number;
  /** How requests get to the broker. */
  readonly policy: DeliveryPolicy;
  readonly deadLetterSink?: Destination;
  /** Undefined: it has never been ready. */
  readonly broker: Destination | undefined;
  /** The newest first. */
  readonly keys: readonly Buffer[];
}

/** What becomes of requests; each with the headers by which its trace is known. */
export interface RequestReplyEvents {
  arrived(of: RequestReplySpec, event: CloudEvent, headers: IncomingHttpHeaders): void;
  attempt(of: RequestReplySpec, event: CloudEvent, headers: IncomingHttpHeaders, attempt: Attempt): void;
  answered(of: RequestReplySpec, event: CloudEvent, headers: IncomingHttpHeaders): void;
  refused(of: RequestReplySpec, event: CloudEvent, headers: IncomingHttpHeaders, refusal: AccessRefusal): void;
  /** Nobody gets an answer. */
  lost(of: RequestReplySpec, event: CloudEvent, headers: IncomingHttpHeaders, reason: string): void;
}

export interface RequestReplyIngressOptions {
  readonly clock: Clock;
  readonly executor: Executor;
  readonly deliverer: Deliverer;
  readonly find: (namespace: string, name: string) => RequestReplySpec | undefined;
  /** Why whoever sends an `Authorization` header may not ask; undefined if he may. */
  readonly gate: (of: RequestReplySpec, authorization: string | undefined, event: CloudEvent, from?: string) => Refusal;
  /** Bytes that nobody can guess. */
  readonly nonce: () => Buffer;
  readonly events: RequestReplyEvents;
}

const WEBHOOK = { allow: 'POST, OPTIONS', 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' };
/** Requests that wait, of all RequestReplies together. */
const MAX_WAITING = 10_000;

/**
 * Takes requests as upstream's request-reply does: POST `/NAMESPACE/NAME` sends the event to the broker, marked so that the reply to it is
 * known, and is answered with the event that comes back at `/NAMESPACE/NAME/reply`. Where upstream leaves things open, this says them: a
 * request that gets no reply in time is answered with 504, one that the broker did not take with 502.
 */
export class RequestReplyIngress {
  /** By the correlation id. */
  readonly #waiting = new Map<string, (reply: CloudEvent) => void>();

  constructor(private readonly options: RequestReplyIngressOptions) {}

  async handle(request: EndpointRequest): Promise<EndpointResponse> {
    const { method, target } = request;
    if (method === 'OPTIONS') return answer(200, '', WEBHOOK);
    if (method !== 'POST') return answer(405, `${method} is not allowed, POST is`, { allow: WEBHOOK.allow });
    const [namespace = '', name = '', what, ...more] = pathParts(target);
    if (namespace === '') return answer(404, `${target} names no RequestReply`);
    if (name === '' || more.length > 0 || (what !== undefined && what !== 'reply')) {
      return answer(400, `${target} names no RequestReply: /NAMESPACE/NAME does`);
    }
    let event: CloudEvent;
    try {
      event = await readEvent(request.headers, request.body);
    } catch (error) {
      return refusedEvent(error);
    }
    const found = this.options.find(namespace, name);
    if (!found) return answer(404, `there is no RequestReply ${namespace}/${name}`);
    // A reply proves itself by what only this RequestReply can have put into the request.
    if (what === 'reply') return this.#reply(found, event);
    const refusal = await this.options.gate(found, request.headers.authorization, event, request.from);
    if (!refusal) return this.#request(found, event, request);
    this.options.events.refused(found, event, request.headers, refusal);
    return answer(refusal.status, refusal.reason, refusalHeaders(refusal));
  }

  async #request(of: RequestReplySpec, event: CloudEvent, { headers, signal }: EndpointRequest): Promise<EndpointResponse> {
    const { clock, executor, events, nonce } = this.options;
    const { broker, correlationAttribute, timeoutMs } = of;
    const [key] = of.keys;
    if (!broker || !key) return answer(500, `RequestReply ${of.namespace}/${of.name} is not ready`);
    if (this.#waiting.size >= MAX_WAITING) return answer(503, `${MAX_WAITING} requests wait already`, { 'retry-after': '5' });
    const id = correlationId(String(event.attributes['id']), key, nonce(), 0);
    const over = new AbortController();
    const giveUp = (reason: string) => over.abort(new Error(reason));
    const left = () => giveUp('whoever asked is gone');
    signal.addEventListener('abort', left, { once: true });
    const timer = clock.after(timeoutMs, () => giveUp(`no reply within ${timeoutMs / 1000} s`));
    const reply = new Promise<CloudEvent>((resolve) => this.#waiting.set(id, resolve));
    events.arrived(of, event, headers);
    try {
      const asked = await this.#send(
        of,
        { ...broker },
        withAttributes(event, { [correlationAttribute]: id }),
        headers,
        over.signal,
      );
      if (asked !== undefined) {
        events.lost(of, event, headers, asked);
        return answer(502, `the broker did not take the event: ${asked}`);
      }
      const found = await executor.suspended(orAborted(reply, over.signal));
      events.answered(of, event, headers);
      const message = encodeBinary(found);
      return { status: 200, headers: message.headers, body: message.body };
    } catch (error) {
      if (!over.signal.aborted) throw error;
      events.lost(of, event, headers, errorMessage(over.signal.reason));
      return answer(504, errorMessage(over.signal.reason));
    } finally {
      timer.cancel();
      signal.removeEventListener('abort', left);
      this.#waiting.delete(id);
    }
  }

  /** Returns why the broker did not take it. */
  async #send(
    of: RequestReplySpec,
    subscriber: Destination,
    event: CloudEvent,
    headers: IncomingHttpHeaders,
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const { deliverer, events } = this.options;
    const { namespace, policy, deadLetterSink } = of;
    const delivery = { event, subscriber, policy, namespace, headers: passedThrough(headers), replies: 'none' as const };
    const result = await deliverer.deliver(
      { ...delivery, ...(deadLetterSink ? { deadLetterSink } : {}) },
      (attempt) => events.attempt(of, event, headers, attempt),
      { now: signal },
    );
    return result.kind === 'delivered' ? undefined : result.reason;
  }

  /** A reply that was not asked for here is refused; one for which nobody waits any more is taken, and nothing becomes of it. */
  #reply({ namespace, name, replyAttribute, keys }: RequestReplySpec, event: CloudEvent): EndpointResponse {
    const id: Attributes[string] | undefined = event.attributes[replyAttribute];
    if (id === undefined) return answer(400, `the event has no attribute ${replyAttribute}`);
    if (!keys.some((key) => isCorrelationId(String(id), key))) {
      return answer(400, `${replyAttribute} is none that RequestReply ${namespace}/${name} has made`);
    }
    this.#waiting.get(String(id))?.(event);
    return answer(202);
  }
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) reject(signal.reason as Error);
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    promise.then(resolve, reject);
  });
}
