import { createHash } from 'node:crypto';
import { type CloudEvent, jsonData } from '../cloud-event';
import { rawMember } from '../cloud-event/raw-json';

const MAX_LENGTH = 128;
const DATA = 'data.';

/** The first 32 characters of the SHA-256 of a text, in hexadecimal. */
export const digest = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 32);

/**
 * What events with one key have in common, as text of at most 128 characters: the value of one attribute or field of data, or a
 * JSON list of several. Undefined if the event lacks one, or if it is blank, or no text, number or boolean.
 */
export function keyOf(event: CloudEvent, parts: readonly string[]): string | undefined {
  let data: { readonly value: unknown } | undefined;
  const values: (string | number | boolean)[] = [];
  for (const part of parts) {
    if (part.startsWith(DATA)) data ??= { value: jsonData(event) };
    const value = part.startsWith(DATA) ? field(event, data?.value, part.slice(DATA.length)) : own(event.attributes, part);
    if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
    if (typeof value === 'string' && value.trim() === '') return undefined;
    values.push(value);
  }
  const key = values.length === 1 ? String(values[0]) : JSON.stringify(values.map(String));
  return key.length <= MAX_LENGTH ? key : `${key.slice(0, MAX_LENGTH - 33)}…${digest(key)}`;
}

/** What events have in common that go one after the other: the value of an attribute or of a field of data; empty for those without. */
export const orderOf = (event: CloudEvent, by: string): string =>
  by.startsWith(DATA) ? (keyOf(event, [by]) ?? '') : String(event.attributes[by] ?? '');

function field(event: CloudEvent, data: unknown, path: string): unknown {
  const names = path.split('.');
  let value = data;
  for (const name of names) value = own(value, name);
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? digits(event, names) : value;
}

/** A number that is too large for JavaScript, as it was written: two that differ are two keys. */
function digits({ data }: CloudEvent, names: readonly string[]): string | undefined {
  let text = data?.toString('utf8');
  for (const name of names) text = text === undefined ? undefined : rawMember(text, name);
  return text?.trim();
}

const own = (object: unknown, name: string): unknown =>
  typeof object === 'object' && object !== null && Object.hasOwn(object, name)
    ? (object as Readonly<Record<string, unknown>>)[name]
    : undefined;
