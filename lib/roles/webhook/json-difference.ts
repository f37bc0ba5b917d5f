import { isJsonObject, jsonEqual } from '../../base';
import type { JsonPatchOperation } from '../../kube';

const escaped = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

/**
 * The operations (RFC 6902) that make `after` of `before`: objects member by member, lists whole. Members that are undefined are not
 * there.
 */
export function jsonDifference(before: unknown, after: unknown, path = ''): readonly JsonPatchOperation[] {
  if (jsonEqual(before, after)) return [];
  if (!isJsonObject(before) || !isJsonObject(after)) return [{ op: 'replace', path, value: after }];
  const has = (object: Readonly<Record<string, unknown>>, key: string) => Object.hasOwn(object, key) && object[key] !== undefined;
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key): readonly JsonPatchOperation[] => {
    const at = `${path}/${escaped(key)}`;
    const [was, is] = [has(before, key), has(after, key)];
    if (was && is) return jsonDifference(before[key], after[key], at);
    if (was) return [{ op: 'remove', path: at }];
    return is ? [{ op: 'add', path: at, value: after[key] }] : [];
  });
}
