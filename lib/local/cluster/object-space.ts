import { apiVersionOf, type KubeObject, type ResourceType, type Stored, typeKey } from '../../api';
import { KncError } from '../../base';
import { ClusterError } from '../../kube';
import type { Store } from '../store';
import { frozenCopy } from './frozen-copy';
import { type AnyStored, ObjectTable } from './object-table';
import { noSuchResource } from './refusals';
import { atVersion, WatchHub } from './watch-hub';

/** Called within each write, after it has taken effect; `next` undefined: the object is gone. */
export type CommitListener = (type: ResourceType, previous: AnyStored | undefined, next: AnyStored | undefined) => void;

export const VERSION_KEY = 'version';
/** Not zero: a watch from version 0 begins at the present, whatever that is. */
const FIRST_VERSION = 1;
const OBJECT_PREFIX = 'object/';

interface Located {
  readonly type: ResourceType;
  readonly object: AnyStored;
}

/**
 * The objects of all kinds beneath the rules of the API: one counter of versions, indexes by uid and by owner, write-through
 * to a store, and a feed of commits for watches. A write costs the size of its object, whatever else is stored.
 */
export class ObjectSpace {
  readonly hub: WatchHub;
  readonly #tables = new Map<string, ObjectTable>();
  readonly #byUid = new Map<string, Located>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #listeners: CommitListener[] = [];
  #version: number;

  constructor(
    private readonly store: Store,
    types: readonly ResourceType[],
    history: number,
  ) {
    for (const type of types) this.#tables.set(typeKey(type), new ObjectTable(type));
    const last = store.get(VERSION_KEY);
    let newest = Number(last) || 0;
    for (const [key, value] of store.range({ prefix: OBJECT_PREFIX })) newest = Math.max(newest, this.#load(key, value));
    // One on: of changes before the restart nothing is known any more, not even that there was none after the last.
    this.#version = newest === 0 ? FIRST_VERSION : newest + 1;
    this.hub = new WatchHub(history, this.#version);
  }

  /** The version of the newest write. */
  get version(): number {
    return this.#version;
  }

  get tables(): Iterable<ObjectTable> {
    return this.#tables.values();
  }

  onCommit(listener: CommitListener): void {
    this.#listeners.push(listener);
  }

  /** The table of a kind; NotFound if this cluster does not know the kind. */
  table(type: ResourceType): ObjectTable {
    const table = this.#tables.get(typeKey(type));
    if (!table) throw noSuchResource();
    return table;
  }

  /** The table of a kind by name, or undefined if this cluster does not know it. */
  tableOf(apiVersion: string, kind: string): ObjectTable | undefined {
    const [group, version] = apiVersion.includes('/') ? (apiVersion.split('/') as [string, string]) : ['', apiVersion];
    return this.#tables.get(typeKey({ group, version, kind }));
  }

  byUid(uid: string): Located | undefined {
    return this.#byUid.get(uid);
  }

  /** Objects that name this uid among their owners. */
  dependents(uid: string): Located[] {
    return [...(this.#dependents.get(uid) ?? [])].map((dependent) => this.#byUid.get(dependent)!);
  }

  /** Stores an object at the next version. */
  put(type: ResourceType, object: KubeObject): AnyStored {
    const table = this.table(type);
    const { name = '', namespace } = object.metadata;
    const previous = table.get(namespace, name);
    const version = ++this.#version;
    const stored = atVersion(object as AnyStored, version);
    this.#write(storeKey(type, stored), stored, version);
    table.set(stored);
    this.#index(type, previous, stored);
    this.hub.publish(table.type, { version, previous, object: stored, gone: false });
    for (const listener of this.#listeners) listener(type, previous, stored);
    return stored;
  }

  /** Removes an object; watchers see `last`, which may differ from what was stored. */
  remove(type: ResourceType, last: AnyStored): AnyStored {
    const table = this.table(type);
    const stored = table.get(last.metadata.namespace, last.metadata.name)!;
    const version = ++this.#version;
    const gone = atVersion(last, version);
    this.#write(storeKey(type, stored), undefined, version);
    table.delete(stored);
    this.#index(type, stored, undefined);
    this.hub.publish(table.type, { version, previous: stored, object: gone, gone: true });
    for (const listener of this.#listeners) listener(type, stored, undefined);
    return gone;
  }

  #write(key: string, value: AnyStored | undefined, version: number): void {
    try {
      this.store.write([
        { key, value },
        { key: VERSION_KEY, value: version },
      ]);
    } catch (error) {
      throw KncError.is(error) ? new ClusterError('InternalError', error.message) : error;
    }
  }

  /** Returns the object's version; 0 for what is none. What is of no known kind stays in the store as it is. */
  #load(key: string, value: unknown): number {
    if (!isStored(value)) {
      this.store.setAside(key, 'it is no object of Kubernetes');
      return 0;
    }
    const object = frozenCopy(value);
    const table = this.tableOf(object.apiVersion, object.kind);
    const version = Number(object.metadata.resourceVersion) || 0;
    if (!table) return version;
    table.set(object);
    this.#index(table.type, undefined, object);
    return version;
  }

  #index(type: ResourceType, previous: AnyStored | undefined, next: AnyStored | undefined): void {
    const { uid } = (next ?? previous)!.metadata;
    if (next) this.#byUid.set(uid, { type, object: next });
    else this.#byUid.delete(uid);
    const before = previous?.metadata.ownerReferences;
    const after = next?.metadata.ownerReferences;
    if (before === after) return;
    for (const owner of before ?? []) {
      const set = this.#dependents.get(owner.uid);
      set?.delete(uid);
      if (set?.size === 0) this.#dependents.delete(owner.uid);
    }
    for (const owner of after ?? []) {
      const set = this.#dependents.get(owner.uid);
      if (set) set.add(uid);
      else this.#dependents.set(owner.uid, new Set([uid]));
    }
  }
}

export function storeKey(type: ResourceType, { metadata }: Stored<KubeObject>): string {
  return `${OBJECT_PREFIX}${apiVersionOf(type)}/${type.plural}/${metadata.namespace ?? ''}/${metadata.name}`;
}

function isStored(value: unknown): value is AnyStored {
  const { apiVersion, kind, metadata } = (value ?? {}) as Partial<AnyStored>;
  const texts: readonly unknown[] = [apiVersion, kind, metadata?.name, metadata?.uid, metadata?.resourceVersion];
  return texts.every((text) => typeof text === 'string');
}
