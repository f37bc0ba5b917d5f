import { isJsonObject } from '../../base';

/** The JSON of stored objects, which do not change: long lists are mostly the same from one answer to the next. */
const known = new WeakMap<object, Buffer>();

function itemJson(item: unknown): Buffer {
  if (typeof item !== 'object' || item === null || !Object.isFrozen(item)) return Buffer.from(JSON.stringify(item));
  let json = known.get(item);
  if (!json) {
    json = Buffer.from(JSON.stringify(item));
    known.set(item, json);
  }
  return json;
}

const COMMA = Buffer.from(',');
const END = Buffer.from(']}\n');

/** The JSON of a list of objects; undefined for anything else. */
export function listJson(value: unknown): Buffer | undefined {
  if (!isJsonObject(value) || !Array.isArray(value.items) || typeof value.kind !== 'string' || !value.kind.endsWith('List')) {
    return undefined;
  }
  const { items, ...rest } = value;
  const head = JSON.stringify(rest);
  const parts: Buffer[] = [Buffer.from(`${head.slice(0, -1)},"items":[`)];
  for (const [i, item] of items.entries()) {
    if (i > 0) parts.push(COMMA);
    parts.push(itemJson(item));
  }
  return Buffer.concat([...parts, END]);
}
