/** How many elements of lists one evaluation may look at. */
export const MAX_STEPS = 100_000;

/** An evaluation looked at more elements than it may. */
export class BudgetError extends Error {
  constructor() {
    super(`looked at more than ${MAX_STEPS} elements of lists`);
    this.name = 'BudgetError';
  }
}

/**
 * JSON data that counts every look at an element of a list, at any depth, and throws a BudgetError when there were too many.
 * Expressions that iterate get their data like this; for others it would only cost time.
 */
export function budgeted<T>(data: T): T {
  const wrapped = new WeakMap<object, object>();
  let steps = 0;
  const wrap = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const known = wrapped.get(value);
    if (known) return known;
    const counted = Array.isArray(value);
    const proxy = new Proxy(value, {
      get(target, key, receiver) {
        if (counted && typeof key === 'string' && ++steps > MAX_STEPS) throw new BudgetError();
        return wrap(Reflect.get(target, key, receiver));
      },
    });
    wrapped.set(value, proxy);
    return proxy;
  };
  return wrap(data) as T;
}
