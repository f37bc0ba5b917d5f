import { isJsonObject, type JsonObject } from '../../../base';

/**
 * A set of paths into an object, as `fieldsV1` of managedFields writes it. The steps are `f:<field>`, `k:<keys of a list item>`,
 * `v:<item of a set>` and `i:<index>`.
 */
export interface FieldTree {
  /** Whether the path that leads here is in the set. */
  readonly own: boolean;
  readonly children: ReadonlyMap<string, FieldTree>;
}

export const NO_FIELDS: FieldTree = { own: false, children: new Map() };
export const ONE_FIELD: FieldTree = { own: true, children: new Map() };

/** A tree of what is in `children`, without those that hold nothing. */
export function fieldTree(own: boolean, children: Iterable<readonly [string, FieldTree]>): FieldTree {
  const kept = new Map([...children].filter(([, child]) => !isNoField(child)));
  if (kept.size === 0) return own ? ONE_FIELD : NO_FIELDS;
  return { own, children: kept };
}

export function isNoField(tree: FieldTree): boolean {
  return !tree.own && tree.children.size === 0;
}

export function union(a: FieldTree, b: FieldTree): FieldTree {
  if (a === b || isNoField(b)) return a;
  if (isNoField(a)) return b;
  const children = new Map(a.children);
  for (const [step, child] of b.children) children.set(step, union(children.get(step) ?? NO_FIELDS, child));
  return { own: a.own || b.own, children };
}

/** The paths of `a` that are not in `b`; what is below a path of `b` stays. */
export function difference(a: FieldTree, b: FieldTree): FieldTree {
  if (isNoField(b)) return a;
  const children = [...a.children].map(([step, child]) => [step, difference(child, b.children.get(step) ?? NO_FIELDS)] as const);
  return fieldTree(a.own && !b.own, children);
}

export function intersection(a: FieldTree, b: FieldTree): FieldTree {
  const children = [...a.children].map(([step, child]) => {
    const other = b.children.get(step);
    return [step, other ? intersection(child, other) : NO_FIELDS] as const;
  });
  return fieldTree(a.own && b.own, children);
}

export function sameFields(a: FieldTree, b: FieldTree): boolean {
  if (a === b) return true;
  if (a.own !== b.own || a.children.size !== b.children.size) return false;
  return [...a.children].every(([step, child]) => {
    const other = b.children.get(step);
    return other !== undefined && sameFields(child, other);
  });
}

/** The tree without what lies below the first steps in `steps`, or with nothing else. */
export function filtered(tree: FieldTree, keep: (firstStep: string) => boolean): FieldTree {
  return fieldTree(
    tree.own,
    [...tree.children].filter(([step]) => keep(step)),
  );
}

const byStep = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : a > b ? 1 : 0);

/** Every path of the tree, as the steps that lead there, in the API server's order: what is nearer comes first. */
export function* paths(tree: FieldTree, at: readonly string[] = []): Generator<readonly string[]> {
  const children = [...tree.children].sort(byStep);
  for (const [step, child] of children) if (child.own) yield [...at, step];
  for (const [step, child] of children) yield* paths(child, [...at, step]);
}

/** As managedFields have it. */
export function toFieldsV1(tree: FieldTree): JsonObject {
  const children = [...tree.children].sort(byStep).map(([step, child]) => [step, toFieldsV1(child)] as const);
  return Object.fromEntries(tree.own && children.length > 0 ? [['.', {}], ...children] : children);
}

/** @throws TypeError for what is no `fieldsV1` */
export function fromFieldsV1(fields: unknown): FieldTree {
  if (!isJsonObject(fields)) throw new TypeError('fieldsV1 must be an object');
  const entries = Object.entries(fields);
  const children = entries.filter(([step]) => step !== '.').map(([step, child]) => [canonical(step), subtree(child)] as const);
  return { own: entries.some(([step]) => step === '.'), children: new Map(children) };
}

/** A path that leads nowhere further is in the set itself. */
function subtree(fields: unknown): FieldTree {
  const tree = fromFieldsV1(fields);
  return tree.children.size === 0 ? ONE_FIELD : tree;
}

function canonical(step: string): string {
  if (!/^[fkvi]:/.test(step)) throw new TypeError(`unknown path element ${step}`);
  if (!step.startsWith('k:')) return step;
  const keys = JSON.parse(step.slice(2)) as unknown;
  if (!isJsonObject(keys)) throw new TypeError(`unknown path element ${step}`);
  return keyStep(keys);
}

/** The step to the list item that has these values in its key fields. */
export function keyStep(keys: JsonObject): string {
  return `k:${JSON.stringify(Object.fromEntries(Object.entries(keys).sort(byStep)))}`;
}

/** A path as the API server's messages write it: `.spec.containers[name="web"].image`. */
export function pathText(steps: readonly string[]): string {
  return steps
    .map((step) => {
      const rest = step.slice(2);
      if (step.startsWith('f:')) return `.${rest}`;
      if (step.startsWith('i:')) return `[${rest}]`;
      if (step.startsWith('v:')) return `[=${rest}]`;
      const keys = Object.entries(JSON.parse(rest) as JsonObject).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
      return `[${keys.join(',')}]`;
    })
    .join('');
}
