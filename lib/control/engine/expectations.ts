import { type KubeObject, keyOf, type ResourceType, type Stored, typeKey } from '../../api';

/** What the cache has to show before a write counts as seen: this version or a later one, or that this uid is going. */
export type Expectation = { readonly version: string } | { readonly gone: string };

/** True if `version` is `expected` or newer. Versions are decimal numbers that grow; of any others only equality is known. */
export function reaches(version: string, expected: string): boolean {
  if (version === expected) return true;
  if (!/^\d+$/.test(version) || !/^\d+$/.test(expected)) return false;
  return version.length === expected.length ? version > expected : version.length > expected.length;
}

function isMet(expectation: Expectation, current: Stored<KubeObject> | undefined): boolean {
  if ('gone' in expectation) {
    return !current || current.metadata.uid !== expectation.gone || current.metadata.deletionTimestamp !== undefined;
  }
  return current !== undefined && reaches(current.metadata.resourceVersion, expectation.version);
}

/**
 * Writes that the cache has not shown yet, by who made them: a plan must not be made from a cache that lacks its own last writes.
 */
export class Expectations<R> {
  readonly #byObject = new Map<string, Map<R, Expectation>>();
  readonly #byWriter = new Map<R, Set<string>>();

  /** Remembers a write, unless the cache (`current`) shows it already. */
  expect(writer: R, id: string, expectation: Expectation, current: Stored<KubeObject> | undefined): void {
    if (isMet(expectation, current)) return;
    let writers = this.#byObject.get(id);
    if (!writers) {
      writers = new Map();
      this.#byObject.set(id, writers);
    }
    writers.set(writer, expectation);
    let ids = this.#byWriter.get(writer);
    if (!ids) {
      ids = new Set();
      this.#byWriter.set(writer, ids);
    }
    ids.add(id);
  }

  /** Whether `writer` waits to see a write of its own. */
  waits(writer: R): boolean {
    return this.#byWriter.has(writer);
  }

  /** Takes note of a change in the cache; returns the writers that wait no longer. */
  observe(id: string, current: Stored<KubeObject> | undefined): R[] {
    const freed: R[] = [];
    for (const [writer, expectation] of this.#byObject.get(id) ?? []) {
      if (current === undefined || isMet(expectation, current)) {
        this.#met(writer, id);
        if (!this.waits(writer)) freed.push(writer);
      }
    }
    return freed;
  }

  /** Gives up waiting for `writer`. */
  clear(writer: R): void {
    for (const id of [...(this.#byWriter.get(writer) ?? [])]) this.#met(writer, id);
  }

  #met(writer: R, id: string): void {
    const writers = this.#byObject.get(id);
    writers?.delete(writer);
    if (writers?.size === 0) this.#byObject.delete(id);
    const ids = this.#byWriter.get(writer);
    ids?.delete(id);
    if (ids?.size === 0) this.#byWriter.delete(writer);
  }
}

/** Identifies one object among all kinds. */
export function objectId(type: ResourceType, object: { readonly metadata: KubeObject['metadata'] }): string {
  return `${typeKey(type)}/${keyOf(object)}`;
}
