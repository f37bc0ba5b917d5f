import { isJsonObject, type JsonObject, jsonEqual, setOwn } from '../../../base';
import { type ObjectSchema, resolved } from '../../schemas';
import { badRequest } from '../refusals';
import { DELETE_FROM, DIRECTIVE, ELEMENT_ORDER, RETAIN_KEYS, withoutDirectives } from './directives';
import { inServerOrder } from './element-order';
import { mergedList } from './merged-list';

type Fields = Record<string, unknown>;

/** The list schema of a field, and how its items are merged: by a key, item by item ('' as the key), or not at all (undefined). */
export interface ListMerge {
  readonly key: string | undefined;
  readonly item: ObjectSchema | undefined;
}

function fieldOf(schema: ObjectSchema | undefined, field: string): ObjectSchema | undefined {
  const found =
    schema?.properties && Object.hasOwn(schema.properties, field) ? schema.properties[field] : schema?.additionalProperties;
  return found && resolved(found);
}

function listMerge(schema: ObjectSchema | undefined): ListMerge {
  const merges = schema?.['x-kubernetes-patch-strategy']?.split(',').includes('merge');
  return {
    key: merges ? (schema?.['x-kubernetes-patch-merge-key'] ?? '') : undefined,
    item: schema?.items && resolved(schema.items),
  };
}

/**
 * Kubernetes' strategic merge: like a merge patch, but lists of the kinds of Kubernetes itself are merged by their keys, and a
 * patch may hold directives: `$patch` (replace, delete), `$retainKeys`, `$setElementOrder/<list>`, `$deleteFromPrimitiveList/<list>`.
 * Neither argument is changed.
 *
 * @throws ClusterError BadRequest for directives that cannot be understood
 */
export function strategicMerge(original: JsonObject, patch: JsonObject, given: ObjectSchema | undefined): JsonObject {
  const schema = given && resolved(given);
  const { [DIRECTIVE]: directive, ...fields } = patch;
  if (directive === 'replace') return fields;
  if (directive === 'delete') return {};
  if (directive !== undefined) throw badRequest(`unknown patch type: ${String(directive)} in map: ${JSON.stringify(patch)}`);
  const result: Fields = retained(original, fields);
  for (const [name, value] of Object.entries(fields)) {
    if (name === RETAIN_KEYS || name.startsWith(ELEMENT_ORDER)) continue;
    if (name.startsWith(DELETE_FROM)) deleteItems(result, name.slice(DELETE_FROM.length), value);
    else mergeField(result, name, value, fieldOf(schema, name));
  }
  for (const [name, order] of Object.entries(fields)) {
    if (name.startsWith(ELEMENT_ORDER)) orderItems(original, result, name.slice(ELEMENT_ORDER.length), order, schema);
  }
  return result;
}

/** The fields of `original` that the patch does not give up. */
function retained(original: JsonObject, patch: JsonObject): Fields {
  const keep = patch[RETAIN_KEYS];
  if (keep === undefined) return { ...original };
  const names = new Set(Array.isArray(keep) ? keep : undefined);
  const stray = Object.entries(patch).some(([name, value]) => value !== null && !name.startsWith('$') && !names.has(name));
  if (!Array.isArray(keep) || stray) throw badRequest('invalid patch format of retainKeys');
  return Object.fromEntries(Object.entries(original).filter(([name]) => names.has(name)));
}

function mergeField(result: Fields, name: string, value: unknown, schema: ObjectSchema | undefined): void {
  const known = Object.hasOwn(result, name) ? result[name] : undefined;
  if (value === null) delete result[name];
  else if (isJsonObject(known) && isJsonObject(value)) setOwn(result, name, strategicMerge(known, value, schema));
  else if (Array.isArray(known) && Array.isArray(value)) setOwn(result, name, patchedList(known, value, listMerge(schema)));
  else {
    const plain = withoutDirectives(value);
    if (plain === undefined) delete result[name];
    else setOwn(result, name, plain);
  }
}

function patchedList(known: readonly unknown[], patch: readonly unknown[], merge: ListMerge): readonly unknown[] {
  return merge.key === undefined ? patch : mergedList(known, patch, merge.key, (a, b) => strategicMerge(a, b, merge.item));
}

function deleteItems(result: Fields, name: string, values: unknown): void {
  if (!Array.isArray(values)) throw badRequest('invalid patch format of primitive list');
  const known = result[name];
  if (Array.isArray(known))
    setOwn(
      result,
      name,
      known.filter((item) => !values.some((value) => jsonEqual(item, value))),
    );
}

function orderItems(original: JsonObject, result: Fields, name: string, order: unknown, schema: ObjectSchema | undefined): void {
  if (!Array.isArray(order)) throw badRequest('invalid patch format of setElementOrder list');
  const known = result[name];
  const before = original[name];
  const { key = '' } = listMerge(fieldOf(schema, name));
  if (Array.isArray(known)) setOwn(result, name, inServerOrder(known, order, Array.isArray(before) ? before : [], key));
}
