import type { KubeObject, ResourceType, Stored } from '../api';
import {
  type Cluster,
  ClusterError,
  type DeleteOptions,
  type PatchOptions,
  type PatchType,
  type Selection,
  type WatchEvent,
  type WatchOptions,
  type WriteOptions,
} from './cluster';

/**
 * A cluster in which nothing is written unless `may` says so at that very moment. For whoever leads: a process that was held up
 * (stopped, swapped out, cut off) may find out that it leads no longer only after it has begun to act on what it knew before.
 * Writes are refused with Unavailable; reads go through.
 */
export class FencedCluster implements Cluster {
  constructor(
    private readonly inner: Cluster,
    private readonly may: () => boolean,
  ) {}

  get<T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) {
    return this.inner.get(type, namespace, name);
  }

  list<T extends KubeObject>(type: ResourceType<T>, selection?: Selection) {
    return this.inner.list(type, selection);
  }

  watch<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions, onEvent: (event: WatchEvent<T>) => void) {
    return this.inner.watch(type, options, onEvent);
  }

  create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#write(() => this.inner.create(type, object, options));
  }

  update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#write(() => this.inner.update(type, object, options));
  }

  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#write(() => this.inner.updateStatus(type, object, options));
  }

  patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    patchType: PatchType,
    patch: unknown,
    options?: PatchOptions,
  ): Promise<Stored<T>> {
    return this.#write(() => this.inner.patch(type, namespace, name, patchType, patch, options));
  }

  delete<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Promise<Stored<T> | undefined> {
    return this.#write(() => this.inner.delete(type, namespace, name, options));
  }

  async #write<R>(write: () => Promise<R>): Promise<R> {
    if (!this.may()) throw new ClusterError('Unavailable', 'this process leads no longer');
    return write();
  }
}
