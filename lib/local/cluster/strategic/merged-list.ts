import { isJsonObject, type JsonObject, jsonEqual } from '../../../base';
import { badRequest } from '../refusals';
import { withoutDirectives } from './directives';
import { inServerOrder } from './element-order';

type Merge = (known: JsonObject, patch: JsonObject) => JsonObject;

/**
 * A list with the items of a patch merged in: objects by `key`, other values (`key` is empty) once each. An item of the patch with
 * `$patch: delete` removes, one with `$patch: replace` makes the patch the whole list.
 */
export function mergedList(known: readonly unknown[], patch: readonly unknown[], key: string, merge: Merge): readonly unknown[] {
  if (![...known, ...patch].some(isJsonObject)) return inServerOrder(distinct([...known, ...patch]), patch, known, '');
  if (key === '') throw badRequest('cannot merge lists without merge key');
  const items = patch.map((item) => (isJsonObject(item) ? item : {}));
  const plain = items.filter((item) => item.$patch === undefined);
  const deleted = items.filter((item) => item.$patch === 'delete').map((item) => keyOf(item, key));
  const other = items.find(({ $patch }) => $patch !== undefined && $patch !== 'delete' && $patch !== 'replace');
  if (other) throw badRequest(`unknown patch type: ${String(other.$patch)} in map: ${JSON.stringify(other)}`);
  if (items.some((item) => item.$patch === 'replace')) return plain;
  const result = known.filter((item) => !isJsonObject(item) || !deleted.some((value) => jsonEqual(item[key], value)));
  for (const item of plain) {
    const value = keyOf(item, key);
    const at = result.findIndex((one) => isJsonObject(one) && jsonEqual(one[key], value));
    if (at >= 0) result[at] = merge(result[at] as JsonObject, item);
    else result.push(withoutDirectives(item));
  }
  return inServerOrder(result, plain, known, key);
}

function keyOf(item: JsonObject, key: string): unknown {
  const value = item[key];
  if (value === undefined) throw badRequest(`map: ${JSON.stringify(item)} does not contain declared merge key: ${key}`);
  return value;
}

const distinct = (items: readonly unknown[]): unknown[] =>
  items.filter((item, i) => items.findIndex((other) => jsonEqual(item, other)) === i);
