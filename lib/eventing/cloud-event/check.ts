import type { Attributes } from '../../expr';
import { EventError } from './event-error';

const REQUIRED = ['id', 'source', 'type'] as const;
const NAME = /^[a-z0-9]+$/;
const VERSIONS = ['1.0', '0.3'];
const TIME = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:(\d\d)(\.\d+)?([Zz]|[+-]\d\d:\d\d)$/;
// biome-ignore lint/suspicious/noControlCharactersInRegex: CloudEvents strings may not hold them
const CONTROL = /[\u0000-\u001f\u007f-\u009f]/;
const LONE_SURROGATE = /\p{Surrogate}/u;

/** Refuses attributes that the CloudEvents specification does not allow (version 1.0, section 3). Throws an EventError. */
export function checkAttributes(attributes: Attributes): void {
  const { specversion } = attributes;
  if (specversion === undefined) throw new EventError('specversion: MUST NOT be empty');
  if (!VERSIONS.includes(String(specversion)))
    throw new EventError(`specversion: ${String(specversion)} is not supported, 1.0 and 0.3 are`);
  for (const name of REQUIRED) {
    if (attributes[name] === undefined || attributes[name] === '') throw new EventError(`${name}: MUST be a non-empty string`);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (!NAME.test(name))
      throw new EventError(`${name.slice(0, 50)}: names of attributes are made of lower-case letters and digits`);
    if (typeof value !== 'string') continue;
    if (CONTROL.test(value)) throw new EventError(`${name}: control characters are not allowed`);
    if (LONE_SURROGATE.test(value)) throw new EventError(`${name}: is not valid Unicode`);
  }
  checkTime(attributes['time']);
}

function checkTime(time: Attributes[string] | undefined): void {
  if (time === undefined) return;
  const text = String(time);
  // 24:00:60 is written, though no Date: leap seconds are allowed by RFC 3339.
  const readable = TIME.exec(text)?.[1] === '60' ? text.replace(/:60/, ':59') : text;
  if (!TIME.test(text) || Number.isNaN(Date.parse(readable))) throw new EventError(`time: ${text} is no timestamp of RFC 3339`);
}
