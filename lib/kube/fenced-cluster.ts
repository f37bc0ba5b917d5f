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

type Guarded = Pick<WriteOptions, 'guard'>;

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
    return this.#write(options, (guarded) => this.inner.create(type, object, guarded));
  }

  update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#write(options, (guarded) => this.inner.update(type, object, guarded));
  }

  updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#write(options, (guarded) => this.inner.updateStatus(type, object, guarded));
  }

  patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    patchType: PatchType,
    patch: unknown,
    options?: PatchOptions,
  ): Promise<Stored<T>> {
    return this.#write(options, (guarded) => this.inner.patch(type, namespace, name, patchType, patch, guarded));
  }

  delete<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Promise<Stored<T> | undefined> {
    return this.#write(options, (guarded) => this.inner.delete(type, namespace, name, guarded));
  }

  async #write<O extends Guarded, R>(options: O | undefined, write: (guarded: O & Guarded) => Promise<R>): Promise<R> {
    const guard = () => {
      if (!this.may()) throw new ClusterError('Unavailable', 'this process leads no longer');
      options?.guard?.();
    };
    guard();
    return write({ ...options, guard } as O & Guarded);
  }
}
