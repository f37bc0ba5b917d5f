import type { IncomingHttpHeaders } from 'node:http';
import { type Executor, errorMessage } from '../../base';
import { type Refusal, refusalHeaders } from '../auth';
import { type CloudEvent, decodeHttp, EventError, jsonOfEvent, modeOf } from '../cloud-event';
import { passedThrough } from '../delivery';
import { answer, type EndpointRequest, type EndpointResponse, headerText, readBody, refusedEvent } from '../endpoint';
import type { Destination, Sender, SinkResponse } from '../sender';
import { JsonataError, type JsonataWorker } from './jsonata-worker';

/** An EventTransform as the data plane needs it. */
export interface TransformSpec {
  readonly namespace: string;
  readonly name: string;
  readonly expression: string;
  /** Without one, what is made is the answer. */
  readonly sink?: Destination;
  /** What is made of the answer of the sink. @default it is the answer as it is */
  readonly reply?: { readonly expression: string } | 'discard';
  readonly worker: JsonataWorker;
  /** Why somebody may not send: by the header `authorization`, from an address. @default everybody may */
  readonly gate?: (authorization: string | undefined, event: CloudEvent, from?: string) => Refusal;
}

/** What becomes of events. */
export interface TransformEvents {
  arrived(of: TransformSpec, event: CloudEvent, headers: IncomingHttpHeaders): void;
  sent(of: TransformSpec, event: CloudEvent, headers: IncomingHttpHeaders, status: number, reason?: string): void;
  done(of: TransformSpec, event: CloudEvent, headers: IncomingHttpHeaders): void;
  failed(of: TransformSpec, event: CloudEvent, headers: IncomingHttpHeaders, reason: string): void;
}

export interface TransformIngressOptions {
  readonly executor: Executor;
  readonly sender: Sender;
  readonly events: TransformEvents;
}

/** How long a sink may take to answer, in milliseconds. */
const SINK_MS = 15 * 60_000;

/** What is sent may be no event. */
const NO_EVENT: CloudEvent = { attributes: {}, data: undefined };

/** What an expression sees, as JSON, and the event that it is, if it is one. */
interface Input {
  readonly json: string;
  readonly event?: CloudEvent;
}

interface Made {
  readonly body: Buffer;
  readonly type: string;
}

/**
 * Changes events as upstream's transform-jsonata does: POST `/`, an event (or anything else, as JSON or text) goes through the expression
 * and to the sink, or is the answer. What fails is answered with 500 and the reason, in a header and in the body.
 */
export class TransformIngress {
  constructor(private readonly options: TransformIngressOptions) {}

  async handle(of: TransformSpec, request: EndpointRequest): Promise<EndpointResponse> {
    const { method, target, headers } = request;
    const path = target.split('?', 1)[0]!;
    if (method === 'GET' && path === '/healthz') return answer(200, 'OK');
    if (method === 'GET' && path === '/readyz') return answer(200, 'READY');
    if (method !== 'POST' || path !== '/') return answer(404, `Cannot ${method} ${path}`);
    if (modeOf(headers) === 'batched') {
      return answer(400, 'Unsupported batch input', { reason: 'Unsupported batch input' });
    }
    let body: Buffer;
    try {
      body = await readBody(headers, request.body);
    } catch (error) {
      return refusedEvent(error);
    }
    const input = inputOf(headers, body);
    const refusal = await of.gate?.(headers.authorization, input.event ?? NO_EVENT, request.from);
    return refusal ? answer(refusal.status, refusal.reason, refusalHeaders(refusal)) : this.#transform(of, input, request);
  }

  async #transform(of: TransformSpec, input: Input, request: EndpointRequest): Promise<EndpointResponse> {
    const { events } = this.options;
    const { headers } = request;
    const { event } = input;
    if (event) events.arrived(of, event, headers);
    try {
      const made = await this.#made(of, of.expression, input);
      const result = of.sink ? await this.#forwarded(of, of.sink, made, input, request) : okay(200, made);
      if (event && result.status < 400) events.done(of, event, headers);
      else if (event) events.failed(of, event, headers, `the sink answered ${result.status}`);
      return result;
    } catch (error) {
      const reason = errorMessage(error);
      if (event) events.failed(of, event, headers, reason);
      return answer(500, reason, { reason: headerText(reason) });
    }
  }

  /** @throws JsonataError */
  async #made({ worker }: TransformSpec, expression: string, { json }: Input): Promise<Made> {
    const result = await this.options.executor.track('jsonata', () => worker.evaluate(expression, json));
    if (result === undefined) throw new JsonataError('the expression gives nothing for this event');
    return { body: Buffer.from(result), type: typeOf(JSON.parse(result) as unknown) };
  }

  async #forwarded(
    of: TransformSpec,
    sink: Destination,
    { body, type }: Made,
    { event }: Input,
    { headers, signal }: EndpointRequest,
  ): Promise<EndpointResponse> {
    const { executor, sender, events } = this.options;
    const message = { headers: { ...passedThrough(headers), 'content-type': type }, body };
    let response: SinkResponse;
    try {
      response = await executor.suspended(sender.send(sink, message, { timeoutMs: SINK_MS, signal }));
    } catch (error) {
      if (event) events.sent(of, event, headers, 500, errorMessage(error));
      throw error;
    }
    const { status } = response;
    if (event) events.sent(of, event, headers, status, status < 300 ? undefined : `HTTP ${status}`);
    // Redirects lead nowhere that was agreed on.
    if (status >= 300 && status < 400) throw new Error(`the sink answered ${status}, and redirects are not followed`);
    if (response.truncated) throw new EventError('the answer of the sink is too large');
    if (of.reply === 'discard') return answer(status);
    if (!of.reply) return { status, headers: eventHeaders(response.headers), body: response.body };
    return okay(status, await this.#made(of, of.reply.expression, inputOf(response.headers, response.body)));
  }
}

const okay = (status: number, { body, type }: Made): EndpointResponse => ({ status, headers: { 'content-type': type }, body });

/** An event as one JSON document, or what else it is: JSON, or text. */
function inputOf(headers: IncomingHttpHeaders, body: Buffer): Input {
  try {
    const [event] = decodeHttp(headers, body);
    if (event) return { json: JSON.stringify(jsonOfEvent(event)), event };
  } catch (error) {
    if (!(error instanceof EventError)) throw error;
  }
  const text = body.toString('utf8');
  try {
    return { json: JSON.stringify(JSON.parse(text)) };
  } catch {
    return { json: JSON.stringify(text) };
  }
}

/** What made things are: what they say in `contenttype`, events if they say so in `specversion`, or just JSON. */
function typeOf(made: unknown): string {
  if (typeof made !== 'object' || made === null) return 'application/json';
  const { contenttype, specversion } = made as Readonly<Record<string, unknown>>;
  if (contenttype) return headerText(String(contenttype));
  return specversion === undefined ? 'application/json' : 'application/cloudevents+json';
}

/** Of the headers of an answer, those that belong to its body. */
function eventHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      (name === 'content-type' || name === 'retry-after' || name.startsWith('ce-')) && typeof value === 'string'
        ? [[name, value]]
        : [],
    ),
  );
}
