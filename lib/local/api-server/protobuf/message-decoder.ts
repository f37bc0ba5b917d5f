import { Reader } from 'protobufjs/minimal';
import { isJsonObject, setOwn } from '../../../base';
import { type CoreField, type CoreType, coreTypes } from '../../schemas';

/** Wire type of what is prefixed with its length. */
const DELIMITED = 2;

const isZero = (value: unknown): boolean =>
  value === '' || value === 0 || value === false || (isJsonObject(value) && Object.keys(value).length === 0);

/** The JSON of a message. What Go leaves out of JSON when it is zero is left out. */
export function decodeMessage(type: CoreType, bytes: Uint8Array): Record<string, unknown> {
  const fields = new Map(type.fields.map((field) => [field.number, field]));
  const result: Record<string, unknown> = {};
  const reader = Reader.create(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    const field = fields.get(tag >>> 3);
    if (field) decodeField(result, field, reader, tag & 7);
    else reader.skipType(tag & 7);
  }
  return result;
}

function decodeField(result: Record<string, unknown>, field: CoreField, reader: Reader, wireType: number): void {
  if (field.shape === 'map') {
    decodeEntry(result, field, reader.bytes());
    return;
  }
  if (field.shape === 'list') {
    const items = (result[field.name] ?? []) as unknown[];
    result[field.name] = items;
    const packed = wireType === DELIMITED && (field.type === 'int32' || field.type === 'int64' || field.type === 'bool');
    if (!packed) items.push(decodeValue(field.type, reader));
    else for (const end = reader.uint32() + reader.pos; reader.pos < end; ) items.push(decodeValue(field.type, reader));
    return;
  }
  const value = decodeValue(field.type, reader);
  if (field.inline) Object.assign(result, value);
  else if (value !== undefined && (field.pointer || field.required || !isZero(value))) result[field.name] = value;
}

function decodeEntry(result: Record<string, unknown>, field: CoreField, bytes: Uint8Array): void {
  const reader = Reader.create(bytes);
  let key = '';
  let value: unknown = field.type === 'string' || field.type === 'bytes' ? '' : {};
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) key = reader.string();
    else if (tag >>> 3 === 2) value = decodeValue(field.type, reader);
    else reader.skipType(tag & 7);
  }
  const map = (result[field.name] ?? {}) as Record<string, unknown>;
  setOwn(map, key, value);
  result[field.name] = map;
}

/** Undefined for the time that is none. */
function decodeValue(type: string, reader: Reader): unknown {
  switch (type) {
    case 'string':
      return reader.string();
    case 'bool':
      return reader.bool();
    case 'int32':
      return reader.int32();
    case 'int64':
      return Number(reader.int64());
    case 'bytes':
      return Buffer.from(reader.bytes()).toString('base64');
    case 'Time':
    case 'MicroTime':
      return decodeTime(scalars(reader), type === 'MicroTime');
    case 'Quantity':
      return scalars(reader).get(1) ?? '0';
    case 'IntOrString': {
      const parts = scalars(reader);
      return Number(parts.get(1) ?? 0) === 0 ? Number(parts.get(2) ?? 0) | 0 : (parts.get(3) ?? '');
    }
    case 'FieldsV1':
    case 'RawExtension':
      return JSON.parse(String(scalars(reader).get(1) ?? '{}'));
    default:
      return decodeMessage(coreTypes().get(type)!, reader.bytes());
  }
}

/** The fields of a small message of numbers and texts. */
function scalars(outer: Reader): Map<number, string | number> {
  const reader = Reader.create(outer.bytes());
  const found = new Map<number, string | number>();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if ((tag & 7) === DELIMITED) found.set(tag >>> 3, reader.string());
    else if ((tag & 7) === 0) found.set(tag >>> 3, Number(reader.int64()));
    else reader.skipType(tag & 7);
  }
  return found;
}

/** Seconds since 1970 of the year 1, which in Go is no time. */
const NO_TIME = -62_135_596_800;

function decodeTime(parts: ReadonlyMap<number, string | number>, micro: boolean): string | undefined {
  const seconds = Number(parts.get(1) ?? 0);
  if (parts.size === 0 || seconds === NO_TIME) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const micros = Math.floor(Number(parts.get(2) ?? 0) / 1000);
  return micro ? `${whole}.${String(micros).padStart(6, '0')}Z` : `${whole}Z`;
}
