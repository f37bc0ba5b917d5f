import { type KubeObject, keyOf, type ResourceType, type Stored } from '../api';
import type { Clock, Log } from '../base';
import { errorMessage } from '../base';
import { type Cluster, ClusterError, type Selection, type Watch } from './cluster';

/** What changed: `object` is gone when `next` is undefined, new when `previous` is. */
export interface Change<T extends KubeObject> {
  readonly previous: Stored<T> | undefined;
  readonly next: Stored<T> | undefined;
}

type Indexer<T extends KubeObject> = (object: Stored<T>) => readonly string[];

/** How long to wait before trying again when one attempt to follow has failed right after another, in milliseconds. */
const RETRY_DELAY_MS = 1000;

/** A copy of all objects of one kind, kept true by list and watch, with indexes and change handlers. */
export class Informer<T extends KubeObject> {
  readonly #objects = new Map<string, Stored<T>>();
  readonly #indexers = new Map<string, Indexer<T>>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #handlers: ((change: Change<T>) => void)[] = [];
  #watch: Watch | undefined;
  /** Where a new watch can begin without a list; undefined when a list is due. */
  #version: string | undefined;
  /** Times that following has ended since anything was last heard. */
  #failures = 0;
  readonly #troubleHandlers: ((cause: ClusterError | undefined) => void)[] = [];
  #troubled = false;
  #stopped = false;

  constructor(
    private readonly cluster: Cluster,
    readonly type: ResourceType<T>,
    private readonly clock: Clock,
    private readonly log: Log,
    private readonly selection: Selection = {},
  ) {
    this.addIndex('namespace', (object) => [object.metadata.namespace ?? '']);
  }

  /** Adds a way to look objects up; before `start`. */
  addIndex(name: string, indexer: Indexer<T>): void {
    this.#indexers.set(name, indexer);
    this.#indexes.set(name, new Map());
  }

  /** A handler that throws is logged and does not keep others from hearing of the change. */
  onChange(handler: (change: Change<T>) => void): void {
    this.#handlers.push(handler);
  }

  /**
   * Told why objects cannot be followed any more, such as a right that was taken away, and `undefined` once they are again. One that
   * throws is logged; they are followed all the same.
   */
  onTrouble(handler: (cause: ClusterError | undefined) => void): void {
    this.#troubleHandlers.push(handler);
  }

  /** Resolves once the first list is in the cache; rejects if it fails, and may then be called again. */
  async start(): Promise<void> {
    const { items, resourceVersion } = await this.cluster.list(this.type, this.selection);
    if (this.#stopped) return;
    this.#replace(items);
    this.#tellWell();
    if (!this.#stopped) this.#follow(resourceVersion, true);
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.stop();
  }

  get(namespace: string | undefined, name: string): Stored<T> | undefined {
    return this.#objects.get(namespace ? `${namespace}/${name}` : name);
  }

  list(): Stored<T>[] {
    return [...this.#objects.values()];
  }

  /** Objects that the index has under `value`, in the order in which they came to be there. */
  byIndex(index: string, value: string): Stored<T>[] {
    const keys = this.#indexes.get(index)?.get(value);
    if (!keys) return [];
    return [...keys].map((key) => this.#objects.get(key)).filter((object) => object !== undefined);
  }

  /** @param listed whether the version comes from a list just made, so that listing again would not help if it has expired */
  #follow(resourceVersion: string, listed: boolean): void {
    this.#version = resourceVersion;
    const options = { ...this.selection, resourceVersion, onAccepted: () => this.#tellWell() };
    const watch = this.cluster.watch(this.type, options, (event) => {
      this.#failures = 0;
      this.#tellWell();
      if (event.type === 'BOOKMARK') {
        this.#version = event.resourceVersion;
        return;
      }
      this.#version = event.object.metadata.resourceVersion;
      this.#set(keyOf(event.object), event.type === 'DELETED' ? undefined : event.object);
    });
    this.#watch = watch;
    watch.closed.then((reason) => {
      if (this.#stopped) return;
      const expired = reason?.reason === 'Expired';
      if (expired) {
        this.#version = undefined;
        if (!listed) this.#failures = 0;
      } else if (reason) {
        this.log.warn('watch ended', { kind: this.type.kind, reason: reason.message });
      }
      this.#retry();
      if (reason && !expired) this.#tellTrouble(reason);
    });
  }

  /** At once, unless the last attempt came to nothing as well. */
  #retry(): void {
    this.clock.after(this.#failures++ === 0 ? 0 : RETRY_DELAY_MS, () => this.#resume());
  }

  #resume(): void {
    if (this.#stopped) return;
    if (this.#version !== undefined) {
      this.#follow(this.#version, false);
      return;
    }
    this.start().catch((error: unknown) => {
      this.log.warn('list failed', { kind: this.type.kind, error: errorMessage(error) });
      this.#retry();
      this.#tellTrouble(ClusterError.is(error) ? error : new ClusterError('Unavailable', errorMessage(error)));
    });
  }

  #tellTrouble(cause: ClusterError | undefined): void {
    this.#troubled = cause !== undefined;
    for (const handler of this.#troubleHandlers) {
      try {
        handler(cause);
      } catch (error) {
        this.log.error('trouble handler failed', { kind: this.type.kind, error: errorMessage(error) });
      }
    }
  }

  #tellWell(): void {
    if (this.#troubled && !this.#stopped) this.#tellTrouble(undefined);
  }

  #replace(items: readonly Stored<T>[]): void {
    const present = new Set(items.map(keyOf));
    for (const key of [...this.#objects.keys()]) if (!present.has(key)) this.#set(key, undefined);
    for (const item of items) this.#set(keyOf(item), item);
  }

  #set(key: string, next: Stored<T> | undefined): void {
    const previous = this.#objects.get(key);
    if (previous?.metadata.resourceVersion === next?.metadata.resourceVersion) return;
    if (next) this.#objects.set(key, next);
    else this.#objects.delete(key);
    for (const [name, indexer] of this.#indexers)
      this.#reindex(name, key, previous ? indexer(previous) : [], next ? indexer(next) : []);
    for (const handler of this.#handlers) {
      try {
        handler({ previous, next });
      } catch (error) {
        this.log.error('change handler failed', { kind: this.type.kind, object: key, error: errorMessage(error) });
      }
    }
  }

  #reindex(name: string, key: string, before: readonly string[], after: readonly string[]): void {
    const index = this.#indexes.get(name)!;
    for (const value of before) {
      if (after.includes(value)) continue;
      const keys = index.get(value);
      keys?.delete(key);
      if (keys?.size === 0) index.delete(value);
    }
    for (const value of after) {
      const keys = index.get(value);
      if (keys) keys.add(key);
      else index.set(value, new Set([key]));
    }
  }
}
