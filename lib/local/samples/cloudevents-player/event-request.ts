import type { IncomingHttpHeaders } from 'node:http';
import type { EventContent } from './message';
import { Refusal } from './refusal';

type Attributes = Readonly<Record<string, string | number | boolean>>;

const CONTEXT = new Set(['specversion', 'id', 'type', 'source', 'subject', 'time', 'datacontenttype', 'dataschema', 'schemaurl']);
const VERSIONS = new Set(['1.0', '0.3']);
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;

interface Data {
  readonly data: unknown;
  readonly dataBase64: string | null;
}
const NO_DATA: Data = { data: null, dataBase64: null };

/**
 * The events of a request in binary, structured or batched mode (CloudEvents 1.0 or 0.3, HTTP binding).
 * @throws Refusal 400 for what is no event, or a batch with anything else in it, 415 for a format other than JSON
 */
export function eventsOf(headers: IncomingHttpHeaders, body: Buffer): readonly EventContent[] {
  if (!isBatch(headers)) return [eventOf(headers, body)];
  const batch = json(body, 'the body');
  if (!Array.isArray(batch)) throw new Refusal(400, 'the body is not a JSON array');
  return batch.map((event, i) => inBatch(event, i));
}

/** Whether a request is in batched mode. */
export function isBatch(headers: IncomingHttpHeaders): boolean {
  return /^application\/cloudevents-batch\+json\s*(;|$)/i.test(headers['content-type'] ?? '');
}

function inBatch(event: unknown, index: number): EventContent {
  try {
    return ofJson(event, 'it');
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal(error.status, `event ${index} of the batch: ${error.message}`);
    throw error;
  }
}

/**
 * The event of a request in binary or structured mode.
 * @throws Refusal 400 for what is no event, 415 for a batch or a format other than JSON
 */
export function eventOf(headers: IncomingHttpHeaders, body: Buffer): EventContent {
  const contentType = headers['content-type'] ?? '';
  if (/^application\/cloudevents\+json\s*(;|$)/i.test(contentType)) return ofJson(json(body, 'the body'), 'the body');
  if (/^application\/cloudevents/i.test(contentType)) {
    throw new Refusal(415, `${contentType} is not taken: send one event, in binary mode or as application/cloudevents+json`);
  }
  return binary(headers, body, contentType);
}

function binary(headers: IncomingHttpHeaders, body: Buffer, contentType: string): EventContent {
  const attributes: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (name.startsWith('ce-') && typeof value === 'string') attributes[name.slice(3)] = percentDecoded(name, value);
  }
  if (contentType) attributes['datacontenttype'] = contentType;
  const data = body.length === 0 ? NO_DATA : isJson(contentType) ? { ...NO_DATA, data: json(body, 'the data') } : bytes(body);
  return content(attributes, data, 'the header ce-');
}

function percentDecoded(name: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw new Refusal(400, `the header ${name} is not percent-encoded UTF-8`);
  }
}

/** @param what names the event in a refusal */
function ofJson(event: unknown, what: string): EventContent {
  if (typeof event !== 'object' || event === null || Array.isArray(event)) throw new Refusal(400, `${what} is not a JSON object`);
  const { data, data_base64: base64, ...rest } = event as Record<string, unknown>;
  const attributes: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(rest)) {
    if (value === null) continue;
    if (typeof value !== 'string' && (CONTEXT.has(name) || (typeof value !== 'number' && typeof value !== 'boolean'))) {
      throw new Refusal(400, `${name} is not a ${CONTEXT.has(name) ? 'string' : 'string, a number or a boolean'}`);
    }
    attributes[name] = value;
  }
  if (base64 === undefined || base64 === null) return content(attributes, { ...NO_DATA, data: data ?? null }, '');
  if (typeof base64 !== 'string' || (data !== undefined && data !== null)) {
    throw new Refusal(400, 'data_base64 is a string, and stands alone');
  }
  return content(attributes, bytes(Buffer.from(base64, 'base64')), '');
}

/** @param prefix of the names of attributes where they were found */
function content(attributes: Attributes, { data, dataBase64 }: Data, prefix: string): EventContent {
  const required = (name: string): string => {
    const value = attributes[name];
    if (value === undefined || value === '') throw new Refusal(400, `this is no CloudEvent: ${prefix}${name} is missing`);
    return String(value);
  };
  const optional = (name: string): string | null => (attributes[name] === undefined ? null : String(attributes[name]));
  const [specversion, id, type, source] = ['specversion', 'id', 'type', 'source'].map(required) as [
    string,
    string,
    string,
    string,
  ];
  if (!VERSIONS.has(specversion)) throw new Refusal(400, `specversion ${JSON.stringify(specversion)} is not 1.0 or 0.3`);
  const time = optional('time');
  if (time !== null && !TIME.test(time)) throw new Refusal(400, `time ${JSON.stringify(time)} is not a time of RFC 3339`);
  const extensions = Object.fromEntries(Object.entries(attributes).filter(([name]) => !CONTEXT.has(name)));
  for (const name of Object.keys(extensions)) {
    if (!/^[a-z0-9]+$/.test(name)) throw new Refusal(400, `the extension ${JSON.stringify(name)} is not a name of a-z and 0-9`);
  }
  const dataschema = optional('dataschema') ?? optional('schemaurl');
  const known = { subject: optional('subject'), time, datacontenttype: optional('datacontenttype'), dataschema };
  return { specversion, id, eventType: type, source, ...known, extensions, data, dataBase64 };
}

function isJson(contentType: string): boolean {
  return /^[a-z]+\/([^;\s]+\+)?json\s*(;|$)/i.test(contentType);
}

function json(body: Buffer, what: string): unknown {
  try {
    return JSON.parse(body.toString());
  } catch (error) {
    throw new Refusal(400, `${what} is not JSON: ${(error as SyntaxError).message}`);
  }
}

/** Text if the bytes are UTF-8, else base64. */
function bytes(body: Buffer): Data {
  try {
    return { data: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(body), dataBase64: null };
  } catch {
    return { data: null, dataBase64: body.toString('base64') };
  }
}
