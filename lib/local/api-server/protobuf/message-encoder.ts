import { Writer } from 'protobufjs/minimal';
import { isJsonObject, type JsonObject } from '../../../base';
import { type CoreField, type CoreType, coreTypes } from '../../schemas';

const VARINT = 0;
const DELIMITED = 2;
const VARINTS = new Set(['bool', 'int32', 'int64']);

/** The message of a JSON object; fields that the type does not have are left out. */
export function encodeMessage(type: CoreType, object: JsonObject): Uint8Array {
  const writer = Writer.create();
  for (const field of type.fields) {
    if (field.inline) {
      tag(writer, field.number, DELIMITED).bytes(encodeMessage(coreTypes().get(field.type)!, object));
      continue;
    }
    const value = object[field.name];
    if (value === undefined || value === null) continue;
    if (field.shape === 'list') {
      for (const item of value as readonly unknown[]) encodeValue(writer, field.number, field.type, item);
    } else if (field.shape === 'map') encodeMap(writer, field, value as JsonObject);
    else encodeValue(writer, field.number, field.type, value);
  }
  return writer.finish();
}

const tag = (writer: Writer, number: number, wireType: number): Writer => writer.uint32((number << 3) | wireType);

function encodeMap(writer: Writer, field: CoreField, map: JsonObject): void {
  for (const key of Object.keys(map).sort()) {
    const entry = Writer.create();
    tag(entry, 1, DELIMITED).string(key);
    encodeValue(entry, 2, field.type, map[key]);
    tag(writer, field.number, DELIMITED).bytes(entry.finish());
  }
}

function encodeValue(writer: Writer, number: number, type: string, value: unknown): void {
  tag(writer, number, VARINTS.has(type) ? VARINT : DELIMITED);
  switch (type) {
    case 'string':
      writer.string(String(value));
      return;
    case 'bool':
      writer.bool(value === true);
      return;
    case 'int32':
      writer.int32(Number(value));
      return;
    case 'int64':
      writer.int64(Number(value));
      return;
    case 'bytes':
      writer.bytes(Buffer.from(String(value), 'base64'));
      return;
    default:
      writer.bytes(encodeStructure(type, value));
  }
}

function encodeStructure(type: string, value: unknown): Uint8Array {
  switch (type) {
    case 'Time':
    case 'MicroTime':
      return encodeTime(String(value));
    case 'Quantity':
      return tag(Writer.create(), 1, DELIMITED).string(String(value)).finish();
    case 'IntOrString': {
      const writer = Writer.create();
      if (typeof value === 'number')
        return tag(tag(writer, 1, VARINT).int64(0), 2, VARINT)
          .int32(value)
          .finish();
      return tag(tag(writer, 1, VARINT).int64(1), 3, DELIMITED)
        .string(String(value))
        .finish();
    }
    case 'FieldsV1':
    case 'RawExtension':
      return tag(Writer.create(), 1, DELIMITED)
        .bytes(Buffer.from(JSON.stringify(value)))
        .finish();
    default:
      return encodeMessage(coreTypes().get(type)!, isJsonObject(value) ? value : {});
  }
}

function encodeTime(text: string): Uint8Array {
  const at = Date.parse(text);
  const fraction = /\.(\d+)/.exec(text)?.[1] ?? '';
  const writer = Writer.create();
  tag(writer, 1, VARINT).int64(Math.floor(at / 1000));
  return tag(writer, 2, VARINT)
    .int32(Number(fraction.padEnd(9, '0').slice(0, 9)))
    .finish();
}
