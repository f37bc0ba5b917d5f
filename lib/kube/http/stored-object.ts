import { apiVersionOf, type KubeObject, type ResourceType, type Stored } from '../../api';

/** Freezes a value that was just parsed, all the way down. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) freeze(inner);
  Object.freeze(value);
}

/** Makes of what the server sent an object of a kind. */
export type ObjectReader = <T extends KubeObject>(type: ResourceType<T>, value: unknown) => Stored<T>;

/** An object as the server sent it; items of lists leave out apiVersion and kind. */
export const storedObject: ObjectReader = <T extends KubeObject>(type: ResourceType<T>, value: unknown): Stored<T> => {
  const object = { apiVersion: apiVersionOf(type), kind: type.kind, ...(value as object) };
  freeze(object);
  return object as unknown as Stored<T>;
};

/** The same without `metadata.managedFields`: half of many an object, and a server keeps them where they are not sent back. */
export const objectWithoutOwners: ObjectReader = (type, value) => {
  const { metadata } = value as { readonly metadata?: { managedFields?: unknown } };
  if (metadata) delete metadata.managedFields;
  return storedObject(type, value);
};
