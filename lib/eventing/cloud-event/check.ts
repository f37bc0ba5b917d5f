import type { Attributes } from '../../expr';
import { EventError } from './event-error';

const REQUIRED = ['id', 'source', 'type'] as const;
const NAME = /^[a-z0-9]+$/;
const VERSIONS = ['1.0', '0.3'];
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
/** Printable ASCII alone: most values are. */
const PLAIN = /^[\x20-\x7e]*$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: CloudEvents strings may not hold them
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;
const BAD_URI = /^:|%(?![0-9a-fA-F]{2})/;
const ABSOLUTE_URI = /^[a-zA-Z][a-zA-Z0-9+.-]*:/;
const MEDIA_TYPE = /^[!#$%&'*+.^_`|~0-9a-zA-Z-]+(\/[!#$%&'*+.^_`|~0-9a-zA-Z-]+)?\s*(;[\x20-\x7e]*)?$/;
/** More than that need not be handed on (CloudEvents 1.0, size limits), and hardly anyone takes as much in headers. */
const MAX_CHARACTERS = 65_536;

/** Refuses attributes that the CloudEvents specification does not allow (version 1.0, section 3). Throws an EventError. */
export function checkAttributes(attributes: Attributes): void {
  const { specversion } = attributes;
  if (specversion === undefined) throw new EventError('specversion: MUST NOT be empty');
  if (!VERSIONS.includes(String(specversion)))
    throw new EventError(`specversion: ${shown(specversion)} is not supported, 1.0 and 0.3 are`);
  for (const name of REQUIRED) {
    const value = attributes[name];
    if (value === undefined || String(value).trim() === '') throw new EventError(`${name}: MUST be a non-empty string`);
  }
  let characters = 0;
  for (const name in attributes) {
    const value = attributes[name];
    if (!NAME.test(name))
      throw new EventError(`${name.slice(0, 50)}: names of attributes are made of lower-case letters and digits`);
    if (name === 'data') throw new EventError('data: no attribute may have this name');
    if (typeof value !== 'string') continue;
    characters += name.length + value.length;
    if (characters > MAX_CHARACTERS)
      throw new EventError(`the attributes have more than ${MAX_CHARACTERS} characters: what is large belongs in the data`, 413);
    if (PLAIN.test(value)) continue;
    if (CONTROL.test(value)) throw new EventError(`${name}: control characters are not allowed`);
    if (LONE_SURROGATE.test(value)) throw new EventError(`${name}: is not valid Unicode`);
  }
  checkForms(attributes);
  checkTime(attributes['time']);
}

/** Texts of which the specification says what they look like. */
function checkForms({ source, subject, dataschema, datacontenttype }: Attributes): void {
  if (BAD_URI.test(String(source))) throw new EventError(`source: ${shown(source)} is no URI reference`);
  if (subject !== undefined && String(subject).trim() === '')
    throw new EventError('subject: if present, MUST be a non-empty string');
  if (dataschema !== undefined && (!ABSOLUTE_URI.test(String(dataschema)) || BAD_URI.test(String(dataschema))))
    throw new EventError(`dataschema: ${shown(dataschema)} is no absolute URI`);
  if (datacontenttype !== undefined && !MEDIA_TYPE.test(String(datacontenttype).trim()))
    throw new EventError(`datacontenttype: ${shown(datacontenttype)} is no media type`);
}

function shown(value: Attributes[string] | undefined): string {
  const text = String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function checkTime(time: Attributes[string] | undefined): void {
  if (time === undefined) return;
  const text = String(time);
  const seconds = TIME.exec(text)?.[1];
  // 24:00:60 is written, though no Date: leap seconds are allowed by RFC 3339.
  const readable = seconds === '60' ? text.replace(/:60/, ':59') : text;
  if (seconds === undefined || Number.isNaN(Date.parse(readable)))
    throw new EventError(`time: ${shown(text)} is no timestamp of RFC 3339`);
}
