import type { IncomingHttpHeaders } from 'node:http';
import type { Value } from '../../expr';
import { checkAttributes } from './check';
import type { CloudEvent } from './cloud-event';
import { EventError } from './event-error';
import { decodeHeader, encodeHeader } from './header-value';
import { rawElements } from './raw-json';
import { eventOfJson, textOfEvent } from './structured';

const STRUCTURED = 'application/cloudevents+json';
const BATCH = 'application/cloudevents-batch+json';
const PREFIX = 'ce-';
/** Attributes that a sender with an empty header for each means to leave out. */
const ABSENT_IF_EMPTY = new Set(['subject', 'dataschema']);

/** An HTTP message that carries events. */
export interface EventMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How a message carries events (HTTP protocol binding 1.0, section 3), or undefined if it carries none. */
export function modeOf(headers: IncomingHttpHeaders): 'binary' | 'structured' | 'batched' | undefined {
  const type = headers['content-type']?.toLowerCase();
  if (type?.startsWith('application/cloudevents'))
    return type.startsWith('application/cloudevents-batch') ? 'batched' : 'structured';
  return headers['ce-specversion'] === undefined ? undefined : 'binary';
}

/** The events of an HTTP message: one, or those of a batch. Throws an EventError that says what is wrong. */
export function decodeHttp(headers: IncomingHttpHeaders, body: Buffer): CloudEvent[] {
  const mode = modeOf(headers);
  if (mode === undefined) throw new EventError(`no CloudEvent: neither a ce-specversion header nor Content-Type ${STRUCTURED}`);
  const coding = headers['content-encoding'];
  if (coding !== undefined && coding.toLowerCase() !== 'identity')
    throw new EventError(`Content-Encoding ${coding} is not supported: events are sent as they are`, 415);
  if (mode === 'binary') return [binary(headers, body)];
  const type = headers['content-type']!.toLowerCase().split(';')[0]!.trim();
  if (type !== STRUCTURED && type !== BATCH) throw new EventError(`Content-Type ${type} is not supported, ${STRUCTURED} is`, 415);
  const json = parsed(body);
  if (mode === 'structured') return [eventOfJson(json, body.toString('utf8'))];
  if (!Array.isArray(json)) throw new EventError('a batch of events in JSON is an array');
  const texts = rawElements(body.toString('utf8'));
  return json.map((item, i) => inBatch(item, texts[i]!, i));
}

/** Names of attributes by those of their headers: strings that objects know already as keys. */
const attributeNames = new Map<string, string>();
const MAX_NAMES = 1000;

function attributeName(header: string): string {
  const name = header.slice(PREFIX.length);
  if (attributeNames.size < MAX_NAMES && header.length <= 64) attributeNames.set(header, name);
  return name;
}

function binary(headers: IncomingHttpHeaders, body: Buffer): CloudEvent {
  const attributes: Record<string, Value> = {};
  for (const header in headers) {
    if (!header.startsWith(PREFIX)) continue;
    const value = headers[header];
    if (value === undefined) continue;
    const name = attributeNames.get(header) ?? attributeName(header);
    if (value === '' && ABSENT_IF_EMPTY.has(name)) continue;
    if (typeof value !== 'string') throw new EventError(`${header}: stands there ${value.length} times`);
    attributes[name] = decodeHeader(name, value);
  }
  const type = headers['content-type'];
  if (type) attributes['datacontenttype'] = type;
  checkAttributes(attributes);
  return { attributes, data: body.length > 0 ? body : undefined };
}

function parsed(body: Buffer): unknown {
  const text = body.toString('utf8');
  // Bytes that are no UTF-8 become U+FFFD, which is longer or shorter than they are.
  if (Buffer.byteLength(text, 'utf8') !== body.length || (text.includes('\ufffd') && !Buffer.from(text, 'utf8').equals(body))) {
    throw new EventError('the body is not valid UTF-8');
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new EventError(`the body is not JSON: ${(error as Error).message}`);
  }
}

function inBatch(item: unknown, text: string, index: number): CloudEvent {
  try {
    return eventOfJson(item, text);
  } catch (error) {
    if (error instanceof EventError) throw new EventError(`event ${index} of the batch: ${error.message}`, error.status);
    throw error;
  }
}

/** The message that carries an event in binary mode: attributes as headers, data as body. */
export function encodeBinary({ attributes, data }: CloudEvent): EventMessage {
  const headers: Record<string, string> = {};
  for (const name in attributes) {
    const value = attributes[name]!;
    if (name === 'datacontenttype') headers['content-type'] = String(value);
    else headers[PREFIX + name] = encodeHeader(String(value));
  }
  return { headers, body: data ?? Buffer.alloc(0) };
}

/** The message that carries an event as JSON. */
export function encodeStructured(event: CloudEvent): EventMessage {
  const body = Buffer.from(textOfEvent(event), 'utf8');
  return { headers: { 'content-type': `${STRUCTURED}; charset=utf-8` }, body };
}

/** The message that carries several events at once, as JSON. */
export function encodeBatch(events: readonly CloudEvent[]): EventMessage {
  const body = Buffer.from(`[${events.map(textOfEvent).join(',')}]`, 'utf8');
  return { headers: { 'content-type': `${BATCH}; charset=utf-8` }, body };
}
