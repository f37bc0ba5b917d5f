import { apiVersionOf, type KubeObject, type ResourceType, type Stored, typeKey } from '../../api';
import type {
  Cluster,
  DeleteOptions,
  ObjectList,
  PatchOptions,
  PatchType,
  Selection,
  Watch,
  WatchEvent,
  WatchOptions,
  WriteOptions,
} from '../../kube';

/**
 * A cluster with one kind in another version of the same shape, too: it differs in `apiVersion` alone, as where an API server has no conversion
 * webhook. Its objects are stored in the version of the cluster.
 */
export class OtherVersion implements Cluster {
  constructor(
    private readonly cluster: Cluster,
    /** As it is stored. */
    private readonly stored: ResourceType,
    private readonly other: ResourceType,
  ) {}

  async get<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
  ): Promise<Stored<T> | undefined> {
    return this.#out(await this.cluster.get(this.#type(type), namespace, name));
  }

  async list<T extends KubeObject>(type: ResourceType<T>, selection?: Selection): Promise<ObjectList<T>> {
    const { items, resourceVersion } = await this.cluster.list(this.#type(type), selection);
    return { items: items.map((item) => this.#out(item)), resourceVersion };
  }

  watch<T extends KubeObject>(type: ResourceType<T>, options: WatchOptions, onEvent: (event: WatchEvent<T>) => void): Watch {
    return this.cluster.watch(this.#type(type), options, (event) =>
      onEvent(event.type === 'BOOKMARK' ? event : { ...event, object: this.#out(event.object) }),
    );
  }

  async create<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#out(await this.cluster.create(this.#type(type), this.#in(object), options));
  }

  async update<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#out(await this.cluster.update(this.#type(type), this.#in(object), options));
  }

  async updateStatus<T extends KubeObject>(type: ResourceType<T>, object: T, options?: WriteOptions): Promise<Stored<T>> {
    return this.#out(await this.cluster.updateStatus(this.#type(type), this.#in(object), options));
  }

  async patch<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    patchType: PatchType,
    patch: unknown,
    options?: PatchOptions,
  ): Promise<Stored<T>> {
    return this.#out(await this.cluster.patch(this.#type(type), namespace, name, patchType, this.#in(patch), options));
  }

  async delete<T extends KubeObject>(
    type: ResourceType<T>,
    namespace: string | undefined,
    name: string,
    options?: DeleteOptions,
  ): Promise<Stored<T> | undefined> {
    return this.#out(await this.cluster.delete(this.#type(type), namespace, name, options));
  }

  #type<T extends KubeObject>(type: ResourceType<T>): ResourceType<T> {
    return typeKey(type) === typeKey(this.other) ? (this.stored as ResourceType<T>) : type;
  }

  /** What names the other version, whole or a patch. */
  #in<T>(given: T): T {
    const { apiVersion } = (given ?? {}) as { readonly apiVersion?: unknown };
    return apiVersion === apiVersionOf(this.other) ? { ...given, apiVersion: apiVersionOf(this.stored) } : given;
  }

  #out<T extends Stored<KubeObject> | undefined>(object: T): T {
    if (object?.apiVersion !== apiVersionOf(this.stored) || object.kind !== this.stored.kind) return object;
    return { ...object, apiVersion: apiVersionOf(this.other) };
  }
}
