import { controllerOf, type KubeObject } from '../api';
import type { Patch } from './reconciler';

type Strings = Readonly<Record<string, string>>;

/** The map without the keys that `drop` names. */
export function without(map: Strings | undefined, drop: (key: string) => boolean): Record<string, string> {
  return Object.fromEntries(Object.entries(map ?? {}).filter(([key]) => !drop(key)));
}

/** Whether `owner` controls `object`. */
export function isControlledBy(object: KubeObject, owner: KubeObject): boolean {
  const { uid } = owner.metadata;
  return uid !== undefined && controllerOf(object)?.uid === uid;
}

/** The values of an annotation that is a comma-separated list, in the order of the alphabet. */
export function listAnnotation(annotations: Strings | undefined, key: string): string[] {
  const value = annotations?.[key];
  return value ? [...new Set(value.split(','))].sort() : [];
}

/** Adds or removes a finalizer, unless the object has changed meanwhile; undefined if there is nothing to do. */
export function finalizerPatch(object: KubeObject, type: Patch['type'], finalizer: string, wanted: boolean): Patch | undefined {
  const { namespace, name = '', resourceVersion, finalizers = [] } = object.metadata;
  if (finalizers.includes(finalizer) === wanted) return undefined;
  const next = wanted ? [...finalizers, finalizer] : finalizers.filter((one) => one !== finalizer);
  const patch = { merge: { metadata: { finalizers: next } } };
  return { type, namespace, name, patch, ...(resourceVersion ? { resourceVersion } : {}) };
}
