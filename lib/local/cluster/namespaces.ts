import { EventType, type KubeObject, type Namespace, NamespaceType, type ResourceType, typeKey } from '../../api';
import type { CollectorWrites } from './garbage-collector';
import type { ObjectSpace } from './object-space';
import type { AnyStored } from './object-table';
import { notFound, terminating } from './refusals';

type NamespaceObject = Namespace & { readonly spec?: { readonly finalizers?: readonly string[] } };

/** Makes namespaces on first use, and empties those that are being deleted before they go. */
export class Namespaces {
  readonly #terminating = new Set<string>();

  constructor(
    private readonly space: ObjectSpace,
    private readonly writes: CollectorWrites & { create(object: Namespace): void; finalize(namespace: AnyStored): void },
  ) {
    space.onCommit((type, previous, next) => {
      if (type.kind === NamespaceType.kind && type.group === '') this.#follow(previous, next);
      else if (!next) this.#settle(previous!.metadata.namespace);
    });
    for (const object of space.table(NamespaceType).list()) this.#follow(undefined, object);
  }

  /** To be called before anything is created in a namespace. */
  use(type: ResourceType, object: KubeObject): void {
    const name = object.metadata.namespace;
    if (name === undefined) return;
    const namespace = this.space.table(NamespaceType).get(undefined, name);
    if (!namespace) {
      // What is told late of a namespace that has gone does not bring it back; the first one is always there.
      if (typeKey(type) === typeKey(EventType) && name !== 'default') throw notFound(NamespaceType, name);
      this.writes.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
    } else if (namespace.metadata.deletionTimestamp) {
      throw terminating(type, object.metadata.name ?? object.metadata.generateName ?? '', name);
    }
  }

  #follow(previous: AnyStored | undefined, next: AnyStored | undefined): void {
    const { name, deletionTimestamp } = (next ?? previous)!.metadata;
    if (!next) this.#terminating.delete(name);
    else if (deletionTimestamp && !this.#terminating.has(name)) {
      this.#terminating.add(name);
      queueMicrotask(() => this.#empty(name));
    }
  }

  #empty(name: string): void {
    for (const { type, object } of this.#content(name)) this.writes.delete(type, object, {});
    this.#settle(name);
  }

  /** Lets go of a namespace that is being deleted once nothing is left in it. */
  #settle(name: string | undefined): void {
    if (name === undefined || !this.#terminating.has(name)) return;
    for (const table of this.space.tables) if (table.type.namespaced && !table.isEmpty(name)) return;
    const namespace = this.space.table(NamespaceType).get(undefined, name) as (AnyStored & NamespaceObject) | undefined;
    if (namespace?.spec?.finalizers?.length) this.writes.finalize({ ...namespace, spec: { finalizers: [] } } as AnyStored);
  }

  *#content(name: string) {
    for (const table of this.space.tables) {
      if (!table.type.namespaced) continue;
      for (const object of table.list(name)) yield { type: table.type, object };
    }
  }
}
