import type { Attributes, Value } from '../../expr';
import { checkAttributes } from './check';
import { type CloudEvent, contentType, isJsonType } from './cloud-event';
import { EventError } from './event-error';
import { rawMember } from './raw-json';

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * Reads an event of the JSON event format (1.0, or 0.3 with `datacontentencoding`). Throws an EventError.
 * @param text of the JSON: with it, data is kept as it is written. @default it is written anew
 */
export function eventOfJson(json: unknown, text?: string): CloudEvent {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new EventError('an event in JSON is an object');
  const { data, data_base64: base64, ...context } = json as Record<string, unknown>;
  const attributes: Record<string, Value> = {};
  for (const [name, value] of Object.entries(context)) if (value !== null) attributes[name] = attributeOf(name, value);
  const encoding = attributes['datacontentencoding'];
  if (attributes['specversion'] === '0.3' && encoding !== undefined) {
    delete attributes['datacontentencoding'];
    if (String(encoding).toLowerCase() === 'base64') return event(attributes, bytesOf(data, 'data'));
  }
  if (base64 === undefined) return event(attributes, data === undefined ? undefined : textOf(data, attributes, text));
  if (data !== undefined) throw new EventError('data and data_base64 exclude each other');
  return event(attributes, bytesOf(base64, 'data_base64'));
}

function event(attributes: Attributes, data: Buffer | undefined): CloudEvent {
  checkAttributes(attributes);
  return { attributes, data };
}

function attributeOf(name: string, value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31) return value;
  throw new EventError(`${name.slice(0, 50)}: an attribute is a string, a boolean or a 32 bit integer`);
}

function bytesOf(text: unknown, field: string): Buffer {
  if (typeof text !== 'string' || !BASE64.test(text)) throw new EventError(`${field}: is not base64`);
  return Buffer.from(text, 'base64');
}

/** A JSON string is the text itself if the data says to be of another type than JSON. */
function textOf(data: unknown, attributes: Attributes, json: string | undefined): Buffer {
  const type = attributes['datacontenttype'];
  if (typeof data === 'string' && !isJsonType(type === undefined ? undefined : String(type))) return Buffer.from(data, 'utf8');
  const written = json === undefined ? undefined : rawMember(json, 'data');
  return Buffer.from(written ?? JSON.stringify(data), 'utf8');
}

/** The text of the event in the JSON event format. Data that is JSON stands in it as it came. */
export function textOfEvent(cloudEvent: CloudEvent): string {
  const { data, ...rest } = jsonOfEvent(cloudEvent);
  if (data === undefined || typeof data === 'string') return JSON.stringify(data === undefined ? rest : { ...rest, data });
  return `${JSON.stringify(rest).slice(0, -1)},"data":${cloudEvent.data!.toString('utf8')}}`;
}

/** The event in the JSON event format, ready for JSON.stringify. Data that is neither JSON nor text goes in base64. */
export function jsonOfEvent(cloudEvent: CloudEvent): Record<string, unknown> {
  const { attributes, data } = cloudEvent;
  if (!data) return { ...attributes };
  const type = contentType(cloudEvent);
  const json = isJsonType(type);
  const text = json || /^text\//i.test(type ?? '') ? utf8(data) : undefined;
  if (json && text !== undefined) {
    try {
      return { ...attributes, data: JSON.parse(text) as unknown };
    } catch {
      return inBase64(attributes, data);
    }
  }
  return text === undefined ? inBase64(attributes, data) : { ...attributes, data: text };
}

function inBase64(attributes: Attributes, data: Buffer): Record<string, unknown> {
  const base64 = data.toString('base64');
  if (attributes['specversion'] === '0.3') return { ...attributes, datacontentencoding: 'base64', data: base64 };
  return { ...attributes, data_base64: base64 };
}

function utf8(data: Buffer): string | undefined {
  const text = data.toString('utf8');
  return Buffer.from(text, 'utf8').equals(data) ? text : undefined;
}
