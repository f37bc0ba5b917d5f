import { type Input, Output, output, Resource } from '@pulumi/pulumi';
import { durationText, isDurationLike, quantity, type SizeLike } from '../model';

/** The same shape with `Input`s at every depth; functions are left as they are. */
export type DeepInput<T> = Input<
  T extends (...args: never[]) => unknown
    ? T
    : T extends readonly (infer Item)[]
      ? readonly DeepInput<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: DeepInput<T[Key]> }
        : T
>;

/** The same members, each of them a deep `Input`. */
export type DeepInputs<T> = { readonly [Key in keyof T]: DeepInput<T[Key]> };

/**
 * The arguments as data alone, with outputs left in their places. Pulumi strips class instances of their methods when it
 * resolves them, so durations and sizes become text, and resources their kind and name, before that.
 */
export function asData(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || isUnresolved(value)) return value;
  if (Resource.isInstance(value)) return reference(value as unknown as ResourceLike);
  if (isDurationLike(value)) return durationText(value);
  if ('asString' in value) return quantity(value as SizeLike);
  if (Array.isArray(value)) return value.map(asData);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, asData(item)]));
}

/** The data with everything in it resolved. Its type is told, not derived: Pulumi's own type cannot follow a generic one. */
export function resolved<T>(data: unknown): Output<T> {
  return output(data as Input<string>) as unknown as Output<T>;
}

/** The parts of `@pulumi/kubernetes` resources and of our components that references are made from. */
interface ResourceLike {
  readonly apiVersion?: Input<string>;
  readonly kind?: Input<string>;
  readonly metadata?: Output<{ readonly name: string }>;
  readonly name?: Input<string>;
  readonly revisionName?: Input<string | undefined>;
}

function reference({ apiVersion, kind, metadata, name, revisionName }: ResourceLike) {
  return { apiVersion, kind, name: name ?? metadata?.apply((object) => object.name), revisionName };
}

function isUnresolved(value: object): boolean {
  return Output.isInstance(value) || value instanceof Promise;
}

/** What is known of data before anything is resolved. */
export interface Known<T> {
  /** The data without what is not resolved; of a list nothing is left if a part of it is not. */
  readonly value: T;
  /** Whether that is everything. */
  readonly complete: boolean;
}

/** The part of the data that needs no resolving. */
export function known<T>(data: T): Known<T> {
  let complete = true;
  const prune = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (isUnresolved(value)) {
      complete = false;
      return undefined;
    }
    if (!Array.isArray(value)) {
      return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => keep(key, prune(item))));
    }
    const before = complete;
    complete = true;
    const items = value.map(prune);
    const whole = complete;
    complete = before && whole;
    return whole ? items : undefined;
  };
  return { value: prune(data) as T, complete };
}

const keep = (key: string, value: unknown) => (value === undefined ? [] : [[key, value] as const]);
