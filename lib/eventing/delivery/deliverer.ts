import type { Clock } from '../../base';
import { type CloudEvent, encodeBatch, encodeBinary, encodeStructured } from '../cloud-event';
import type { Destination, Sender } from '../sender';
import { deadLetter, mayRead } from './dead-letter';
import { backoffMs, type DeliveryPolicy, LONGEST_ATTEMPT_MS, retryAfterMs } from './delivery-policy';
import { noAnswer, type Outcome, outcomeOf } from './outcome';
import { ofTrace } from './pass-through';

/** An event with the headers that came with it and go along with it. */
export interface Member {
  readonly event: CloudEvent;
  readonly headers: Readonly<Record<string, string>>;
}

/** An event on its way to one subscriber. */
export interface Delivery {
  readonly event: CloudEvent;
  /** Events that it stands for: these become dead letters, one after the other. @default itself */
  readonly members?: readonly Member[];
  /** The subscriber gets the members as a batch, in place of the event. @default false */
  readonly batched?: boolean;
  /** The namespace of the subscription, which the subscriber is told. */
  readonly namespace: string;
  readonly subscriber: Destination;
  /** Where the subscriber's answer goes, if it is an event. */
  readonly reply?: Destination;
  readonly deadLetterSink?: Destination;
  readonly policy: DeliveryPolicy;
  /** `event`: an answer with a body that is no event is a failure. `none`: no answer is wanted, whatever comes. */
  readonly replies: 'event' | 'lenient' | 'none';
  /** How the event is written. @default 'binary' */
  readonly format?: 'binary' | 'json';
  /** Headers that came with the event and go along with it. */
  readonly headers: Readonly<Record<string, string>>;
  /** What becomes of a reply before it is sent on. @default nothing */
  readonly onReply?: (reply: CloudEvent) => CloudEvent;
}

export type Role = 'subscriber' | 'reply' | 'deadLetterSink';

/** One attempt to send, as the journal keeps it. */
export interface Attempt {
  readonly role: Role;
  readonly url: string;
  /** Counted from 1. */
  readonly attempt: number;
  readonly outcome: Outcome;
  /** When the next attempt follows, in milliseconds; undefined if there is none. */
  readonly retryInMs: number | undefined;
}

/** What became of an event: with the subscriber, in the dead letters, or nowhere. */
export type DeliveryResult =
  | { readonly kind: 'delivered'; readonly reply?: CloudEvent }
  | {
      readonly kind: 'deadLettered' | 'dropped';
      readonly failed: Role;
      readonly url: string;
      readonly status: number;
      readonly reason: string;
    };

const NOTHING = Buffer.alloc(0);

type Failed = Extract<Outcome, { readonly kind: 'failed' }>;

/** What breaks a delivery off, with the signal's reason. */
export interface BreakOff {
  /** At once, also while an attempt is under way. */
  readonly now?: AbortSignal;
  /** Before the next attempt, if there would be one. */
  readonly between?: AbortSignal;
}

export interface DelivererOptions {
  readonly clock: Clock;
  readonly sender: Sender;
}

/** Carries out Knative's delivery contract: attempts, waiting, replies, dead letters. Keeps nothing between events. */
export class Deliverer {
  constructor(private readonly options: DelivererOptions) {}

  /** Resolves when it is decided what became of the event; rejects only when it is broken off. */
  async deliver(delivery: Delivery, onAttempt: (attempt: Attempt) => void, signal?: BreakOff): Promise<DeliveryResult> {
    const { event, subscriber, reply: replyTo, replies, onReply } = delivery;
    // Of an answer that goes nowhere it does not matter what it is, unless it is a trigger's.
    const heeded = replies === 'lenient' && !replyTo ? 'none' : replies;
    const first = await this.#send(delivery, 'subscriber', subscriber, event, heeded, onAttempt, signal);
    if (first.kind === 'failed') return this.#give(delivery, 'subscriber', subscriber, first, onAttempt, signal);
    if (!first.reply) return { kind: 'delivered' };
    const reply = onReply?.(first.reply.event) ?? first.reply.event;
    if (!replyTo) return { kind: 'delivered', reply };
    // A reply is an event of its own: what goes along with it is what the subscriber sent with it, and the trace.
    const answering = { ...delivery, headers: { ...ofTrace(delivery.headers), ...first.reply.headers } };
    const second = await this.#send(answering, 'reply', replyTo, reply, 'none', onAttempt, signal);
    if (second.kind === 'failed') return this.#give(answering, 'reply', replyTo, second, onAttempt, signal);
    return { kind: 'delivered', reply };
  }

  /** Sends nothing but dead letters. Resolves and rejects as `deliver`. */
  giveUp(
    delivery: Delivery,
    { status, reason }: { readonly status: number; readonly reason: string },
    onAttempt: (attempt: Attempt) => void,
    signal?: BreakOff,
  ): Promise<DeliveryResult> {
    const failed: Failed = { kind: 'failed', retry: false, status, reason, body: Buffer.from(reason) };
    return this.#give(delivery, 'subscriber', delivery.subscriber, failed, onAttempt, signal);
  }

  /** The original events go to the dead letter sink, if there is one, whatever could not be sent. One that is lost tells the result. */
  async #give(
    delivery: Delivery,
    role: Role,
    at: Destination,
    failed: Failed,
    onAttempt: (attempt: Attempt) => void,
    signal: BreakOff | undefined,
  ): Promise<DeliveryResult> {
    const { members: [first, ...others] = [delivery] } = delivery;
    let result = await this.#bury({ ...delivery, ...first }, role, at, failed, onAttempt, signal);
    for (const member of others) {
      const next = await this.#bury({ ...delivery, ...member }, role, at, failed, onAttempt, signal);
      if (next.kind === 'dropped') result = next;
    }
    return result;
  }

  async #bury(
    delivery: Delivery,
    failed: Role,
    { url }: Destination,
    { status, body, reason }: Failed,
    onAttempt: (attempt: Attempt) => void,
    signal: BreakOff | undefined,
  ): Promise<DeliveryResult> {
    const { event, deadLetterSink } = delivery;
    const why = { failed, url, status, reason };
    if (!deadLetterSink) return { kind: 'dropped', ...why };
    const readable = mayRead(delivery.namespace, deadLetterSink.url, url);
    const letter = deadLetter(event, { destination: url, status, body: readable ? body : NOTHING });
    const outcome = await this.#send(delivery, 'deadLetterSink', deadLetterSink, letter, 'none', onAttempt, signal);
    if (outcome.kind === 'delivered') return { kind: 'deadLettered', ...why };
    return { kind: 'dropped', failed: 'deadLetterSink', url: deadLetterSink.url, status: outcome.status, reason: outcome.reason };
  }

  async #send(
    { namespace, headers, policy, format, replies: asked, batched, members = [] }: Delivery,
    role: Role,
    destination: Destination,
    event: CloudEvent,
    replies: 'event' | 'lenient' | 'none',
    onAttempt: (attempt: Attempt) => void,
    signal: BreakOff | undefined,
  ): Promise<Outcome> {
    const { clock } = this.options;
    const batch = batched && role === 'subscriber' ? members.map((member) => member.event) : undefined;
    const encoded = batch ? encodeBatch(batch) : format === 'json' ? encodeStructured(event) : encodeBinary(event);
    const sent: Record<string, string> = {};
    for (const name in headers) sent[name] = headers[name]!;
    for (const name in encoded.headers) sent[name] = encoded.headers[name]!;
    if (role === 'subscriber' && asked !== 'none') sent['prefer'] = 'reply';
    sent['kn-namespace'] = namespace;
    const message = { headers: sent, body: encoded.body };
    for (let attempt = 0; ; attempt++) {
      const outcome = await this.#try(destination, message, policy, replies, signal?.now);
      const again = outcome.kind === 'failed' && outcome.retry && attempt < (policy.retry ?? 0);
      const retryInMs = again ? waitMs(policy, attempt, outcome, clock.now()) : undefined;
      onAttempt({ role, url: destination.url, attempt: attempt + 1, outcome, retryInMs });
      if (retryInMs === undefined) return outcome;
      await clock.sleep(retryInMs, eitherOf(signal));
    }
  }

  async #try(
    destination: Destination,
    message: Parameters<Sender['send']>[1],
    { timeoutMs = LONGEST_ATTEMPT_MS }: DeliveryPolicy,
    replies: 'event' | 'lenient' | 'none',
    signal: AbortSignal | undefined,
  ): Promise<Outcome> {
    try {
      return outcomeOf(
        await this.options.sender.send(destination, message, { timeoutMs, ...(signal ? { signal } : {}) }),
        replies,
      );
    } catch (error) {
      signal?.throwIfAborted();
      return noAnswer(error);
    }
  }
}

function eitherOf({ now, between }: BreakOff = {}): AbortSignal | undefined {
  return now && between ? AbortSignal.any([now, between]) : (now ?? between);
}

function waitMs(policy: DeliveryPolicy, attempt: number, { status, retryAfter }: Failed, now: number): number {
  return Math.max(backoffMs(policy, attempt), retryAfterMs(policy, status, retryAfter, now));
}
