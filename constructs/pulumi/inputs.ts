import { type Input, Output, output, Resource } from '@pulumi/pulumi';
import { durationText, isDurationLike, type Named, quantity, type SizeLike } from '../model';

/** A resource of `@pulumi/kubernetes`, wherever a name or something named is asked for. */
export interface NamedResource {
  readonly kind: Output<string>;
  readonly metadata: Output<{ readonly name: string }>;
}

/** The same shape with `Input`s at every depth; functions are left as they are, and resources stand for their names. */
export type DeepInput<T> = Input<
  T extends (...args: never[]) => unknown
    ? T
    : T extends readonly (infer Item)[]
      ? readonly DeepInput<Item>[]
      : T extends object
        ? { readonly [Key in keyof T]: DeepInput<T[Key]> } | (T extends Named ? NamedResource : never)
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

/** The resources that stand in arguments, at any depth, as what references to them are made from. */
export function resourcesIn(value: unknown): readonly Resource[] {
  if (typeof value !== 'object' || value === null || isUnresolved(value)) return [];
  if (Resource.isInstance(value)) return [value];
  return Object.values(value).flatMap(resourcesIn);
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
  /** The data without the values of which a part is not resolved. */
  readonly value: T;
  /** Whether that is everything. */
  readonly complete: boolean;
}

/** Arguments whose members mean something each by itself, so that they can be looked at without the others. */
const INDEPENDENT = new Set(['concurrency', 'env', 'metadata', 'scale', 'template', 'timeouts']);

/** The part of the arguments that needs no resolving. */
export function known<T extends object>(args: T): Known<T> {
  let complete = true;
  const members = (object: object): object =>
    Object.fromEntries(
      Object.entries(object).flatMap(([key, value]) => {
        if (isPlain(value)) return [[key, value]];
        complete = false;
        return INDEPENDENT.has(key) && !isUnresolved(value) ? [[key, members(value)]] : [];
      }),
    );
  return { value: members(args) as T, complete };
}

function isPlain(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return !isUnresolved(value) && Object.values(value).every(isPlain);
}
