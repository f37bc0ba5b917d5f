import type { KubeObject, ResourceType, Stored } from '../../api';

/** Any object as the cluster keeps it: frozen, with all metadata that an API server gives. */
export type AnyStored = Stored<KubeObject>;

const byName = (a: AnyStored, b: AnyStored): number => {
  const [left, right] = [a.metadata.name, b.metadata.name];
  return left < right ? -1 : left > right ? 1 : 0;
};

/** Namespaces in the order of the keys that begin with them: the slash that follows counts. */
const byPrefix = (a: string, b: string): number => (`${a}/` < `${b}/` ? -1 : 1);

/** All objects of one kind, by namespace and name. Cluster-scoped kinds are kept under the empty namespace. */
export class ObjectTable {
  readonly #namespaces = new Map<string, Map<string, AnyStored>>();

  constructor(readonly type: ResourceType) {}

  get(namespace: string | undefined, name: string): AnyStored | undefined {
    return this.#namespaces.get(namespace ?? '')?.get(name);
  }

  set(object: AnyStored): void {
    const namespace = object.metadata.namespace ?? '';
    const objects = this.#namespaces.get(namespace);
    if (objects) objects.set(object.metadata.name, object);
    else this.#namespaces.set(namespace, new Map([[object.metadata.name, object]]));
  }

  delete(object: AnyStored): void {
    const namespace = object.metadata.namespace ?? '';
    const objects = this.#namespaces.get(namespace);
    objects?.delete(object.metadata.name);
    if (objects?.size === 0) this.#namespaces.delete(namespace);
  }

  /** Objects of a namespace, or all, in the order of their keys, as an API server lists them. */
  list(namespace?: string): AnyStored[] {
    if (namespace !== undefined) return [...(this.#namespaces.get(namespace)?.values() ?? [])].sort(byName);
    return [...this.#namespaces.keys()].sort(byPrefix).flatMap((one) => this.list(one));
  }

  isEmpty(namespace: string): boolean {
    return !this.#namespaces.has(namespace);
  }
}
