import type { IncomingHttpHeaders } from 'node:http';
import { errorMessage } from '../../base';
import { type AccessRefusal, type Refusal, refusalHeaders } from '../auth';
import { type CloudEvent, decodeHttp, EventError, modeOf } from '../cloud-event';
import { passedThrough } from '../delivery';
import type { EventHub } from '../dispatch';
import { LogError } from '../log';

/** An HTTP request for a broker or channel. */
export interface IngressRequest {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** The address that it comes from, if that is known. */
  readonly from?: string;
  /** Not read yet, or all of it. */
  readonly body: AsyncIterable<Uint8Array> | Buffer;
}

export interface IngressResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** One line that says what was wrong; empty if nothing was. */
  readonly body: string;
}

/** Finds the broker or channel that a request is for by its host and path. */
export interface HubDirectory {
  /** `none`: the path can name none; `unknown`: it names one that is not there; `starting`: whether it is there is not known yet. */
  find(host: string, path: string): EventHub | 'none' | 'unknown' | 'starting';
}

/** Why an event may not be sent to a broker or channel by whoever has this `authorization` header, from an address; undefined if it may. */
export type IngressGate = (hub: string, authorization: string | undefined, event: CloudEvent, from?: string) => Refusal;

export interface EventIngressOptions {
  readonly hubs: HubDirectory;
  /** @default everybody may send everything */
  readonly gate?: IngressGate;
  /** The most bytes of one request. @default 10 MiB */
  readonly maxBytes?: number;
  /** How long senders are told to wait when a log takes nothing, in seconds. @default 5 */
  readonly retryAfterSeconds?: number;
}

const MAX_BYTES = 10 * 2 ** 20;
const RETRY_AFTER_SECONDS = 5;
/** How long senders are told to wait while brokers and channels are opened, in seconds. */
const STARTING_SECONDS = 1;
/** The most bytes of bodies that are held while they are read, of all senders together. */
const MAX_HELD = 256 * 2 ** 20;
/** So many events of a batch are written at once. */
const AT_ONCE = 1000;

/** Too many events are being received at once. */
class BusyError extends Error {
  constructor() {
    super(`more than ${MAX_HELD} bytes of events are being received`);
    this.name = 'BusyError';
  }
}

/** Takes events over HTTP as Knative's broker ingress and channels do: 202 once an event cannot be lost any more. */
export class EventIngress {
  /** Bytes of all bodies that are being read. */
  #held = 0;

  constructor(private readonly options: EventIngressOptions) {}

  async handle(request: IngressRequest): Promise<IngressResponse> {
    const { method, target, headers, body } = request;
    if (method === 'OPTIONS') return answer(200, '', webhook);
    if (method !== 'POST') return answer(405, `${method} is not allowed, POST is`);
    const query = target.indexOf('?');
    const path = query < 0 ? target : target.slice(0, query);
    const hub = this.options.hubs.find(headers.host ?? '', path);
    if (hub === 'none') return answer(path === '/' ? 404 : 400, `${path} names no broker or channel: /NAMESPACE/NAME does`);
    if (hub === 'starting')
      return answer(503, 'brokers and channels are being opened: try again', { 'retry-after': String(STARTING_SECONDS) });
    if (hub === 'unknown') return answer(404, `there is no broker or channel at ${path}`);
    try {
      const events = Buffer.isBuffer(body) ? this.#decoded(headers, body) : await this.#events(headers, body);
      const along = passedThrough(headers);
      const refusal = this.#refused(hub, events, request, along);
      const refused = refusal instanceof Promise ? await refusal : refusal;
      if (refused) return answer(refused.status, refused.reason, refusalHeaders(refused));
      if (events.length === 1) await hub.publish(events[0]!, along);
      // Parts of a batch are written together, and others get their turn in between.
      for (let i = 0; events.length > 1 && i < events.length; i += AT_ONCE) {
        await Promise.all(events.slice(i, i + AT_ONCE).map((event) => hub.publish(event, along)));
      }
      return TAKEN;
    } catch (error) {
      return refusal(error, this.options.retryAfterSeconds ?? RETRY_AFTER_SECONDS);
    }
  }

  /** The first of the events that may not be sent there; none of its batch is taken then. */
  #refused(
    hub: EventHub,
    events: readonly CloudEvent[],
    request: IngressRequest,
    along: Readonly<Record<string, string>>,
  ): Refusal {
    const { gate } = this.options;
    const told = (event: CloudEvent, refused: AccessRefusal) => {
      hub.refuse(event, along, refused);
      return refused;
    };
    for (let i = 0; gate && i < events.length; i++) {
      const event = events[i]!;
      const refused = gate(hub.name, request.headers.authorization, event, request.from);
      // Once the token is known, the others of a batch are not waited for.
      if (refused instanceof Promise) {
        return refused.then((now) => (now ? told(event, now) : this.#refused(hub, events.slice(i + 1), request, along)));
      }
      if (refused) return told(event, refused);
    }
    return undefined;
  }

  #decoded(headers: IncomingHttpHeaders, body: Buffer): CloudEvent[] {
    const { maxBytes = MAX_BYTES } = this.options;
    if (body.length > maxBytes) throw tooLarge(maxBytes);
    return decodeHttp(headers, body);
  }

  /** All of them are read before the first is taken: a batch is good or bad as a whole. */
  async #events(headers: IncomingHttpHeaders, body: AsyncIterable<Uint8Array>): Promise<CloudEvent[]> {
    const { maxBytes = MAX_BYTES } = this.options;
    if (modeOf(headers) === undefined) return decodeHttp(headers, Buffer.alloc(0)); // which refuses it, unread
    if (Number(headers['content-length'] ?? 0) > maxBytes) throw tooLarge(maxBytes);
    const chunks: Uint8Array[] = [];
    let size = 0;
    try {
      for await (const chunk of whole(body)) {
        size += chunk.length;
        this.#held += chunk.length;
        if (size > maxBytes) throw tooLarge(maxBytes);
        if (this.#held > MAX_HELD) throw new BusyError();
        chunks.push(chunk);
      }
    } finally {
      this.#held -= size;
    }
    return decodeHttp(headers, Buffer.concat(chunks));
  }
}

const tooLarge = (maxBytes: number): EventError => new EventError(`the event has more than ${maxBytes} bytes`, 413);

/** CloudEvents webhooks ask before they send: anyone may, as fast as they like. */
const webhook = { 'webhook-allowed-origin': '*', 'webhook-allowed-rate': '*' };
const ALLOW = { allow: 'POST, OPTIONS' };

function answer(status: number, text: string, headers: Readonly<Record<string, string>> = {}): IngressResponse {
  if (text === '') return { status, headers: { ...ALLOW, ...headers }, body: '' };
  return { status, headers: { ...ALLOW, ...headers, 'content-type': 'text/plain; charset=utf-8' }, body: `${text}\n` };
}

const TAKEN = answer(202, '');

/** A sender that goes away in the middle has sent no event; it gets no answer either, but nothing has failed here. */
async function* whole(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    throw new EventError(`the body ended early: ${errorMessage(error)}`);
  }
}

function refusal(error: unknown, retryAfterSeconds: number): IngressResponse {
  if (error instanceof EventError) return answer(error.status, error.message);
  if (error instanceof LogError || error instanceof BusyError)
    return answer(503, error.message, { 'retry-after': String(retryAfterSeconds) });
  throw error;
}
