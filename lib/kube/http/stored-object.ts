import { apiVersionOf, type KubeObject, type ResourceType, type Stored } from '../../api';

/** Freezes a value that was just parsed, all the way down. */
function freeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  for (const inner of Object.values(value)) freeze(inner);
  Object.freeze(value);
}

/** An object as the server sent it; items of lists leave out apiVersion and kind. */
export function storedObject<T extends KubeObject>(type: ResourceType<T>, value: unknown): Stored<T> {
  const object = { apiVersion: apiVersionOf(type), kind: type.kind, ...(value as object) };
  freeze(object);
  return object as unknown as Stored<T>;
}
