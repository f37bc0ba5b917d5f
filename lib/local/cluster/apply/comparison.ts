import { isJsonObject, type JsonObject, jsonEqual } from '../../../base';
import type { ObjectSchema } from '../../schemas';
import { type FieldTree, fieldTree, NO_FIELDS, ONE_FIELD } from './field-tree';
import { fieldSchema, type ItemizedList, itemsByStep, valueShape } from './value-shape';

/** Which paths of an object came, went and changed. */
export interface Comparison {
  readonly added: FieldTree;
  readonly removed: FieldTree;
  readonly modified: FieldTree;
}

const SAME: Comparison = { added: NO_FIELDS, removed: NO_FIELDS, modified: NO_FIELDS };
const ADDED: Comparison = { ...SAME, added: ONE_FIELD };
const REMOVED: Comparison = { ...SAME, removed: ONE_FIELD };
const MODIFIED: Comparison = { ...SAME, modified: ONE_FIELD };

const isNone = (value: unknown): boolean => value === undefined || value === null;

const isEmpty = (value: unknown): boolean =>
  isNone(value) || (Array.isArray(value) ? value.length === 0 : isJsonObject(value) && Object.keys(value).length === 0);

/** Compares two values of one schema; undefined is no value, null one of which nothing is left. */
export function compared(before: unknown, after: unknown, schema: ObjectSchema | undefined): Comparison {
  if (Object.is(before, after)) return SAME;
  const shape = valueShape(after ?? before, schema);
  const sameShape = isNone(before) || isNone(after) || valueShape(before, schema).shape === shape.shape;
  if (shape.shape === 'whole' || !sameShape || (isEmpty(before) && isEmpty(after))) {
    if (before === undefined) return ADDED;
    if (after === undefined) return REMOVED;
    return jsonEqual(before, after) ? SAME : MODIFIED;
  }
  const parts =
    shape.shape === 'items'
      ? comparedItems((before ?? []) as unknown[], (after ?? []) as unknown[], shape)
      : comparedFields((before ?? {}) as JsonObject, (after ?? {}) as JsonObject, shape.schema);
  return {
    added: fieldTree(
      before === undefined,
      parts.map(([step, part]) => [step, part.added]),
    ),
    removed: fieldTree(
      after === undefined,
      parts.map(([step, part]) => [step, part.removed]),
    ),
    modified: fieldTree(
      false,
      parts.map(([step, part]) => [step, part.modified]),
    ),
  };
}

type Parts = (readonly [string, Comparison])[];

function comparedFields(before: JsonObject, after: JsonObject, schema: ObjectSchema | undefined): Parts {
  const fields = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...fields].flatMap((field) => {
    const part = compared(before[field], after[field], fieldSchema(schema, field));
    return part === SAME ? [] : [[`f:${field}`, part] as const];
  });
}

function comparedItems(before: readonly unknown[], after: readonly unknown[], list: ItemizedList): Parts {
  const [old, now] = [itemsByStep(list, before), itemsByStep(list, after)];
  return [...new Set([...old.keys(), ...now.keys()])].map((step) => {
    const [left, right] = [old.get(step) ?? [], now.get(step) ?? []];
    if (left.length <= 1 && right.length <= 1) return [step, compared(left[0], right[0], list.item)];
    if (left.length > 1 && right.length > 1) return [step, jsonEqual(left, right) ? SAME : MODIFIED];
    return [step, left.length > 1 ? REMOVED : ADDED];
  });
}
