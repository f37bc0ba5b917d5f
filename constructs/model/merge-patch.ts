import { isRecord } from './shape';

/**
 * Applies a JSON merge patch (RFC 7386): members of the patch replace those of the target, objects are merged member by
 * member, null removes, lists are replaced whole. Members that are undefined are passed over.
 */
export function applyMergePatch(target: unknown, patch: unknown): unknown {
  if (!isRecord(patch)) return patch;
  const result: Record<string, unknown> = isRecord(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else if (value !== undefined) result[key] = applyMergePatch(result[key], value);
  }
  return result;
}
