import { Reader, Writer } from 'protobufjs/minimal';
import { errorMessage, isJsonObject, type JsonObject } from '../../../base';
import { ClusterError } from '../../../kube';
import { type CoreType, coreKind } from '../../schemas';
import type { ProtobufCodec } from '../codecs';
import { decodeMessage } from './message-decoder';
import { encodeMessage } from './message-encoder';

/** What Kubernetes' protobuf begins with. */
const MAGIC = Buffer.from('k8s\0');
const LIST_META = 'io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta';
const TYPE = { apiVersion: 1, kind: 2 };
const DELIMITED = 2;

/** A kind of Kubernetes with a protobuf form. Options and answers go by the group of what they are about. */
function messageType(apiVersion: string, kind: string): CoreType | undefined {
  return coreKind(apiVersion, kind) ?? (kind === 'DeleteOptions' || kind === 'Status' ? coreKind('v1', kind) : undefined);
}

/** The list type of a kind: every list has its metadata as field 1 and its items as field 2. */
function listType(apiVersion: string, kind: string): CoreType | undefined {
  const item = kind.endsWith('List') && kind !== 'List' ? coreKind(apiVersion, kind.slice(0, -'List'.length)) : undefined;
  if (!item) return undefined;
  const field = { required: false, pointer: false, inline: false, set: false, atomic: false, retainKeys: false };
  return {
    id: `${item.id}List`,
    apiVersion,
    name: kind,
    kind: true,
    atomic: false,
    fields: [
      { ...field, number: 1, name: 'metadata', type: LIST_META, shape: 'one' },
      { ...field, number: 2, name: 'items', type: item.id, shape: 'list', required: true },
    ],
  };
}

interface Unknown {
  readonly apiVersion: string;
  readonly kind: string;
  readonly raw: Uint8Array;
}

function openEnvelope(bytes: Uint8Array): Unknown {
  if (!MAGIC.equals(bytes.subarray(0, MAGIC.length))) {
    throw new ClusterError('BadRequest', `provided data does not appear to be a protobuf message, expected prefix ${[...MAGIC]}`);
  }
  const reader = Reader.create(bytes.subarray(MAGIC.length));
  let meta: Uint8Array = new Uint8Array();
  let raw: Uint8Array = new Uint8Array();
  while (reader.pos < reader.len) {
    const tag = reader.uint32();
    if (tag >>> 3 === 1) meta = reader.bytes();
    else if (tag >>> 3 === 2) raw = reader.bytes();
    else reader.skipType(tag & 7);
  }
  const texts = new Map<number, string>();
  const names = Reader.create(meta);
  while (names.pos < names.len) {
    const tag = names.uint32();
    if ((tag & 7) === DELIMITED) texts.set(tag >>> 3, names.string());
    else names.skipType(tag & 7);
  }
  return { apiVersion: texts.get(TYPE.apiVersion) ?? '', kind: texts.get(TYPE.kind) ?? '', raw };
}

/**
 * The object of a protobuf body as Kubernetes' Go clients send it.
 *
 * @throws ClusterError BadRequest for what is none, UnsupportedMediaType for a kind without a protobuf form
 */
export function decodeProtobuf(bytes: Uint8Array): JsonObject {
  try {
    const { apiVersion, kind, raw } = openEnvelope(bytes);
    const type = messageType(apiVersion, kind) ?? listType(apiVersion, kind);
    if (!type)
      throw new ClusterError('UnsupportedMediaType', `${kind} in version "${apiVersion}" has no protobuf form here: send JSON`);
    return { apiVersion, kind, ...decodeMessage(type, raw) };
  } catch (error) {
    if (ClusterError.is(error)) throw error;
    throw new ClusterError('BadRequest', `the body of the request is no protobuf: ${errorMessage(error)}`);
  }
}

/** The protobuf form of an object or a list with its envelope, or undefined for a kind without one. */
export function encodeProtobuf(object: unknown): Uint8Array | undefined {
  if (!isJsonObject(object)) return undefined;
  const { apiVersion, kind } = object;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  const type = messageType(apiVersion, kind) ?? listType(apiVersion, kind);
  if (!type) return undefined;
  const meta = Writer.create().uint32(10).string(apiVersion).uint32(18).string(kind).finish();
  const unknown = Writer.create().uint32(10).bytes(meta).uint32(18).bytes(encodeMessage(type, object));
  // Encoding and media type of the content, which Go always writes.
  const envelope = unknown.uint32(26).string('').uint32(34).string('').finish();
  return Buffer.concat([MAGIC, envelope]);
}

/** Kubernetes' protobuf encoding of Kubernetes' own kinds. */
export const protobufCodec: ProtobufCodec = { decode: decodeProtobuf, encode: encodeProtobuf };
