import { type JsonObject, setOwn } from '../../../base';
import type { ObjectSchema } from '../../schemas';
import type { FieldTree } from './field-tree';
import { fieldSchema, type ItemizedList, itemStep, itemsByStep, valueShape } from './value-shape';

/** `live` with everything that `applied` says. Neither is changed. */
export function merged(live: unknown, applied: unknown, schema: ObjectSchema | undefined): unknown {
  if (applied === undefined) return live;
  const shape = valueShape(applied, schema);
  if (live === undefined || shape.shape === 'whole' || valueShape(live, schema).shape !== shape.shape) return applied;
  if (shape.shape === 'items') return mergedItems(live as unknown[], applied as unknown[], shape);
  const result: Record<string, unknown> = { ...(live as JsonObject) };
  for (const [field, value] of Object.entries(applied as JsonObject)) {
    setOwn(result, field, merged(result[field], value, fieldSchema(shape.schema, field)));
  }
  return result;
}

/** Items of both lists: in the order of `applied`, the others of `live` as early as the order of `live` lets them stand. */
function mergedItems(live: readonly unknown[], applied: readonly unknown[], list: ItemizedList): unknown[] {
  const wanted = itemsByStep(list, applied);
  const present = itemsByStep(list, live);
  const rest = live.map((item) => ({ item, step: itemStep(list, item) })).reverse();
  const shared = [...wanted.keys()].filter((step) => present.has(step)).reverse();
  const result: unknown[] = [];
  const takeOthers = () => {
    for (let head = rest.at(-1); head && head.step !== shared.at(-1); head = rest.at(-1)) {
      if (!wanted.has(head.step)) result.push(head.item);
      rest.pop();
    }
  };
  for (const [step, [item]] of wanted) {
    takeOthers();
    const same = present.get(step) ?? [];
    result.push(merged(same.length === 1 ? same[0] : undefined, item, list.item));
    if (shared.at(-1) === step) {
      shared.pop();
      rest.pop();
    }
  }
  takeOthers();
  return result;
}

/** `value` without what stands at the paths of `tree`; null if nothing is left of it. */
export function withoutFields(value: unknown, tree: FieldTree, schema: ObjectSchema | undefined): unknown {
  if (tree.children.size === 0) return value;
  const shape = valueShape(value, schema);
  if (shape.shape === 'whole') return value;
  if (shape.shape === 'items') {
    const kept = (value as unknown[]).flatMap((item) => {
      const child = tree.children.get(itemStep(shape, item));
      if (child?.own) return [];
      return [child ? withoutFields(item, child, shape.item) : item];
    });
    return kept.length > 0 ? kept : null;
  }
  const result: Record<string, unknown> = {};
  for (const [field, part] of Object.entries(value as JsonObject)) {
    const child = tree.children.get(`f:${field}`);
    if (child?.own) continue;
    setOwn(result, field, child ? withoutFields(part, child, fieldSchema(shape.schema, field)) : part);
  }
  return Object.keys(result).length > 0 ? result : null;
}
