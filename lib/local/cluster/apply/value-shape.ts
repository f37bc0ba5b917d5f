import { isJsonObject, type JsonObject } from '../../../base';
import { type ObjectSchema, resolved } from '../../schemas';
import { keyStep } from './field-tree';

/** A list of which each item is owned by itself, by its keys or, without them, by its value. */
export interface ItemizedList {
  readonly shape: 'items';
  readonly keys: readonly string[] | undefined;
  readonly item: ObjectSchema | undefined;
}

/** An object of which each field is owned by itself. */
export interface GranularMap {
  readonly shape: 'fields';
  readonly schema: ObjectSchema | undefined;
}

/** How a value is owned: whole, field by field or item by item. */
export type ValueShape = { readonly shape: 'whole' } | GranularMap | ItemizedList;

const WHOLE: ValueShape = { shape: 'whole' };

/** How `value` is owned, by its schema; without one, objects are owned field by field and lists whole. */
export function valueShape(value: unknown, given: ObjectSchema | undefined): ValueShape {
  const schema = given && resolved(given);
  if (isJsonObject(value)) {
    return schema?.['x-kubernetes-map-type'] === 'atomic' ? WHOLE : { shape: 'fields', schema };
  }
  if (!Array.isArray(value) || schema?.type !== 'array') return WHOLE;
  const listType = schema['x-kubernetes-list-type'];
  if (listType === 'map') return { shape: 'items', keys: schema['x-kubernetes-list-map-keys'] ?? [], item: schema.items };
  return listType === 'set' ? { shape: 'items', keys: undefined, item: schema.items } : WHOLE;
}

/** The schema of a field of an object. */
export function fieldSchema(schema: ObjectSchema | undefined, field: string): ObjectSchema | undefined {
  const properties = schema?.properties;
  return properties && Object.hasOwn(properties, field) ? properties[field] : schema?.additionalProperties;
}

/** Whether the schema names the field, so that it is no entry of a map. */
export function isNamedField(schema: ObjectSchema | undefined, field: string): boolean {
  return schema?.properties !== undefined && Object.hasOwn(schema.properties, field);
}

/** The key field that an item lacks, if any. */
export function missingKey(list: ItemizedList, item: unknown): string | undefined {
  return list.keys?.find((key) => keyValue(list, item, key) === undefined);
}

/** The step that leads to an item. Key fields that it lacks have their defaults. */
export function itemStep(list: ItemizedList, item: unknown): string {
  if (!list.keys) return `v:${JSON.stringify(item)}`;
  return keyStep(Object.fromEntries(list.keys.map((key) => [key, keyValue(list, item, key)])));
}

function keyValue(list: ItemizedList, item: unknown, key: string): unknown {
  const value = (item as JsonObject | undefined)?.[key];
  return value ?? (list.item && fieldSchema(resolved(list.item), key)?.default);
}

/** The items of a list by their steps, in order; those that are there twice or more together. */
export function itemsByStep(list: ItemizedList, items: readonly unknown[]): Map<string, unknown[]> {
  const found = new Map<string, unknown[]>();
  for (const item of items) {
    const step = itemStep(list, item);
    const same = found.get(step);
    if (same) same.push(item);
    else found.set(step, [item]);
  }
  return found;
}
