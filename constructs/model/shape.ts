/** Anything with a Kubernetes name: an object of any `cdk8s-plus-NN`, an `ApiObject`, or `{ name }`. */
export interface Named {
  /** The object's name in the cluster. */
  readonly name: string;
}

/** The name of an object, or an object that has one. */
export type NameInput = string | Named;

/** A value of `cdk8s-plus-NN` that can render itself as Kubernetes expects it: `EnvFrom`, `Volume`. */
export interface KubeValue {
  _toKube(): unknown;
}

/** The name that a `NameInput` stands for. */
export function nameOf(input: NameInput): string {
  return typeof input === 'object' && 'name' in input ? input.name : (input as string);
}

/** True for anything with properties, arrays excepted. */
export function isRecord(x: unknown): x is Readonly<Record<string, unknown>> {
  return typeof x === 'object' && x !== null && !Array.isArray(x);
}

/** True if `x` is a value of `cdk8s-plus-NN` that renders itself. */
export function isKubeValue(x: unknown): x is KubeValue {
  return isRecord(x) && typeof x._toKube === 'function';
}

/** The same object without the keys whose value is undefined, or undefined if nothing is left. */
export function defined<T extends object>(object: T): T | undefined {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as T) : undefined;
}

/** What `make` makes of the value, or undefined if there is none. */
export function ifSet<T, R>(value: T | undefined, make: (value: T) => R): R | undefined {
  return value === undefined ? undefined : make(value);
}

/** The list, or undefined if it is empty: Kubernetes objects carry no empty lists that nobody wrote. */
export function nonEmpty<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list && list.length > 0 ? list : undefined;
}

/**
 * A copy of a Kubernetes value in which the number-or-string classes of `cdk8s import` (`IntOrString`, `Quantity`) are
 * plain numbers and strings. Other class instances, `Lazy` among them, are left for whoever can resolve them.
 */
export function plainValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainValue);
  if (!isRecord(value)) return value;
  if (Object.getPrototypeOf(value) === Object.prototype) {
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, plainValue(item)]));
  }
  return typeof value.value === 'string' || typeof value.value === 'number' ? value.value : value;
}
