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

/** How long to wait before listing again after a watch has failed, in milliseconds. */
const RELIST_DELAY_MS = 1000;

/** A copy of all objects of one kind, kept true by list and watch, with indexes and change handlers. */
export class Informer<T extends KubeObject> {
  readonly #objects = new Map<string, Stored<T>>();
  readonly #indexers = new Map<string, Indexer<T>>();
  readonly #indexes = new Map<string, Map<string, Set<string>>>();
  readonly #handlers: ((change: Change<T>) => void)[] = [];
  #watch: Watch | undefined;
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

  onChange(handler: (change: Change<T>) => void): void {
    this.#handlers.push(handler);
  }

  /** Resolves once the first list is in the cache. */
  async start(): Promise<void> {
    const { items, resourceVersion } = await this.cluster.list(this.type, this.selection);
    this.#replace(items);
    if (this.#stopped) return;
    this.#follow(resourceVersion);
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

  byIndex(index: string, value: string): Stored<T>[] {
    const keys = this.#indexes.get(index)?.get(value);
    if (!keys) return [];
    return [...keys].map((key) => this.#objects.get(key)).filter((object) => object !== undefined);
  }

  #follow(resourceVersion: string): void {
    const watch = this.cluster.watch(this.type, { ...this.selection, resourceVersion }, (event) => {
      if (event.type === 'BOOKMARK') return;
      this.#set(keyOf(event.object), event.type === 'DELETED' ? undefined : event.object);
    });
    this.#watch = watch;
    watch.closed.then((reason) => {
      if (this.#stopped) return;
      if (reason && !ClusterError.is(reason, 'Expired'))
        this.log.warn('watch ended', { kind: this.type.kind, reason: reason.message });
      this.clock.after(ClusterError.is(reason, 'Expired') ? 0 : RELIST_DELAY_MS, () => this.#restart());
    });
  }

  #restart(): void {
    if (this.#stopped) return;
    this.start().catch((error: unknown) => {
      this.log.warn('list failed', { kind: this.type.kind, error: errorMessage(error) });
      this.clock.after(RELIST_DELAY_MS, () => this.#restart());
    });
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
    for (const [name, indexer] of this.#indexers) {
      const index = this.#indexes.get(name)!;
      for (const value of previous ? indexer(previous) : []) {
        const keys = index.get(value);
        keys?.delete(key);
        if (keys?.size === 0) index.delete(value);
      }
      for (const value of next ? indexer(next) : []) {
        if (!index.has(value)) index.set(value, new Set());
        index.get(value)!.add(key);
      }
    }
    for (const handler of this.#handlers) handler({ previous, next });
  }
}
