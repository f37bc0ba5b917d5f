import { isJsonObject, type JsonObject } from '../../../base';
import { type ObjectSchema, resolved } from '../../schemas';
import { type FieldTree, fieldTree, ONE_FIELD, union } from './field-tree';
import { fieldSchema, isNamedField, itemsByStep, valueShape } from './value-shape';

/** What an applied configuration says, as paths: its leaves, its list items and the entries of its maps. */
export function fieldSetOf(value: unknown, schema: ObjectSchema | undefined): FieldTree {
  const shape = valueShape(value, schema);
  if (shape.shape === 'whole') return ONE_FIELD;
  if (shape.shape === 'items') {
    const children = [...itemsByStep(shape, value as readonly unknown[])].map(([step, items]) => {
      const inner = items.length === 1 ? fieldSetOf(items[0], shape.item) : ONE_FIELD;
      return [step, union(inner, ONE_FIELD)] as const;
    });
    return fieldTree(false, children);
  }
  const children = Object.entries(value as JsonObject).map(([field, part]) => {
    const inner = fieldSetOf(part, fieldSchema(shape.schema, field));
    const isEmpty = isJsonObject(part) && Object.keys(part).length === 0;
    return [`f:${field}`, isEmpty || !isNamedField(shape.schema, field) ? union(inner, ONE_FIELD) : inner] as const;
  });
  return fieldTree(false, children);
}

/** The tree with every object in it that the schema names and that holds something. */
export function withNamedFields(tree: FieldTree, given: ObjectSchema | undefined): FieldTree {
  if (tree.children.size === 0) return tree;
  const schema = given && resolved(given);
  const children = [...tree.children].map(([step, child]) => {
    const field = step.startsWith('f:') ? step.slice(2) : undefined;
    const inner = withNamedFields(child, field === undefined ? schema?.items : fieldSchema(schema, field));
    const named = field !== undefined && child.children.size > 0 && isNamedField(schema, field);
    return [step, named ? union(inner, ONE_FIELD) : inner] as const;
  });
  return { own: tree.own, children: new Map(children) };
}
