import { parse } from 'yaml';
import { KncError } from '../../base';
import type { Value } from '../../expr/cesql';
import type { FilterEvent } from '../../expr/filter';

const REQUIRED = ['specversion', 'id', 'source', 'type'];

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

const trouble = (file: string, what: string): KncError => new KncError('KNC4007', what, { where: file });

/**
 * An event as the JSON event format of CloudEvents writes it (or the same in YAML): attributes beside `data` or `data_base64`.
 * Throws a KncError that says what is wrong with it.
 */
export function parseEvent(text: string, file: string): FilterEvent {
  const object = parsed(text, file);
  const { data, data_base64: base64, ...context } = object;
  const missing = REQUIRED.filter((name) => context[name] === undefined);
  if (missing.length > 0) throw trouble(file, `it has no ${missing.join(', ')}`);
  const attributes: Record<string, Value> = {};
  for (const [name, value] of Object.entries(context)) {
    if (value === null) continue; // absent, in the JSON event format
    if (!/^[a-z0-9]+$/.test(name)) throw trouble(file, `${name} is no name of an attribute: lower-case letters and digits`);
    if (!isValue(value)) throw trouble(file, `${name} is neither a string, nor a 32 bit integer, nor a boolean`);
    attributes[name] = value;
  }
  if (base64 !== undefined && (typeof base64 !== 'string' || !BASE64.test(base64)))
    throw trouble(file, 'data_base64 is not base64');
  if (base64 !== undefined && data !== undefined) throw trouble(file, 'data and data_base64 exclude each other');
  return { attributes, json: () => jsonOf(data, base64, attributes['datacontenttype']) };
}

function parsed(text: string, file: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw trouble(file, `it is neither JSON nor YAML: ${(error as Error).message.split('\n')[0]}`);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw trouble(file, `an event is an object with ${REQUIRED.join(', ')}`);
}

function isValue(value: unknown): value is Value {
  if (typeof value === 'number') return Number.isInteger(value) && Math.abs(value + 0.5) < 2 ** 31;
  return typeof value === 'string' || typeof value === 'boolean';
}

const isJsonType = (type: unknown): boolean => type === undefined || /[/+]json\b/i.test(String(type));

/** Text of another type than JSON is no JSON, even where it looks like it. */
function jsonOf(data: unknown, base64: unknown, type: unknown): unknown {
  if (typeof base64 !== 'string') return isJsonType(type) || typeof data !== 'string' ? data : undefined;
  if (!isJsonType(type)) return undefined;
  try {
    return JSON.parse(Buffer.from(base64, 'base64').toString('utf8'));
  } catch {
    return undefined;
  }
}
