/** `value` with `defaults` where it has nothing; the very same object if it has everything. */
export function filled<T extends object>(value: T, defaults: { readonly [K in keyof T]?: T[K] }): T {
  let result = value;
  for (const key of Object.keys(defaults) as (keyof T)[]) {
    if (value[key] !== undefined) continue;
    if (result === value) result = { ...value };
    result[key] = defaults[key] as T[keyof T];
  }
  return result;
}

/** `value` with `part` of it replaced by what `change` makes of it, if it is there and comes out different. */
export function changed<T extends object, K extends keyof T>(value: T, part: K, change: (part: NonNullable<T[K]>) => T[K]): T {
  const before = value[part];
  if (before === undefined || before === null) return value;
  const after = change(before as NonNullable<T[K]>);
  return after === before ? value : { ...value, [part]: after };
}

/** `items` mapped; the very same list if no item changes. */
export function mapped<T>(items: readonly T[], change: (item: T) => T): readonly T[] {
  const result = items.map(change);
  return result.some((item, i) => item !== items[i]) ? result : items;
}
