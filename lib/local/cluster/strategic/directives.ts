import { isJsonObject, setOwn } from '../../../base';

export const DIRECTIVE = '$patch';
export const RETAIN_KEYS = '$retainKeys';
export const ELEMENT_ORDER = '$setElementOrder/';
export const DELETE_FROM = '$deleteFromPrimitiveList/';

/** A value that is new to the object: what its directives would merge with is not there. Undefined if it is about what is there. */
export function withoutDirectives(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutDirectives).filter((item) => item !== undefined);
  if (!isJsonObject(value)) return value;
  if (value[DIRECTIVE] !== undefined) return undefined;
  const result: Record<string, unknown> = {};
  for (const [name, part] of Object.entries(value)) {
    if (name === RETAIN_KEYS || name.startsWith(ELEMENT_ORDER) || name.startsWith(DELETE_FROM)) continue;
    const plain = part === null ? undefined : withoutDirectives(part);
    if (plain !== undefined) setOwn(result, name, plain);
  }
  return result;
}
