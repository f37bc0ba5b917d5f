import { parse } from 'yaml';
import { errorMessage } from '../../base';
import { ClusterError } from '../../kube';
import type { ProtobufCodec } from './codecs';
import type { Exchange } from './exchange';

const OBJECT_TYPES = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/** The refusal of a body's media type. */
export const unsupported = (known: readonly string[]): ClusterError =>
  new ClusterError(
    'UnsupportedMediaType',
    `the body of the request was in an unknown format - accepted media types include: ${known.join(', ')}`,
  );

/** How deep a body may be nested. Far more than any object is, and far less than what walks over objects can follow. */
const MAX_DEPTH = 500;

/** The value itself. @throws ClusterError BadRequest */
function notTooDeep(value: unknown): unknown {
  let level: readonly unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH)
      throw new ClusterError('BadRequest', `the body of the request is nested deeper than ${MAX_DEPTH} levels`);
    level = level.flatMap((one) => (typeof one === 'object' && one !== null ? Object.values(one) : []));
  }
  return value;
}

/** JSON as a value. @throws ClusterError BadRequest */
export function parseJson(bytes: Buffer): unknown {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch (error) {
    throw new ClusterError('BadRequest', `the body of the request is no JSON: ${errorMessage(error)}`);
  }
  return notTooDeep(value);
}

/** YAML, or JSON, as a value. @throws ClusterError BadRequest */
export function parseYaml(bytes: Buffer): unknown {
  let value: unknown;
  try {
    value = parse(bytes.toString('utf8'), { maxAliasCount: 100 });
  } catch (error) {
    throw new ClusterError('BadRequest', `error decoding YAML: ${errorMessage(error)}`);
  }
  return notTooDeep(value);
}

/**
 * The object that a request carries. A body must say what it is: one without a media type can come from a page of any site.
 *
 * @throws ClusterError UnsupportedMediaType, BadRequest or RequestEntityTooLarge
 */
export async function readObject(exchange: Exchange, protobuf?: ProtobufCodec): Promise<Record<string, unknown>> {
  return (await readObjectText(exchange, protobuf)).object;
}

/** Like `readObject`, with the text of the body if that is JSON. */
export async function readObjectText(
  exchange: Exchange,
  protobuf?: ProtobufCodec,
): Promise<{ readonly object: Record<string, unknown>; readonly text?: string }> {
  const { contentType } = exchange;
  if (!OBJECT_TYPES.includes(contentType)) throw unsupported(OBJECT_TYPES);
  const bytes = await exchange.body();
  const value = await decoded(contentType, bytes, protobuf);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new ClusterError('BadRequest', 'the body of the request is no object');
  }
  const object = value as Record<string, unknown>;
  return contentType === 'application/json' ? { object, text: bytes.toString('utf8') } : { object };
}

async function decoded(contentType: string, bytes: Buffer, protobuf: ProtobufCodec | undefined): Promise<unknown> {
  if (contentType === 'application/json') return parseJson(bytes);
  if (contentType === 'application/yaml') return parseYaml(bytes);
  if (!protobuf) throw unsupported(OBJECT_TYPES.slice(0, 2));
  return protobuf.decode(bytes);
}
