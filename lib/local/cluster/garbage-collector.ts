import type { OwnerReference, ResourceType } from '../../api';
import type { DeleteOptions } from '../../kube';
import { FOREGROUND_FINALIZER, ORPHAN_FINALIZER } from './deletion';
import type { ObjectSpace } from './object-space';
import type { AnyStored } from './object-table';

/** Writes that the collector makes, by the rules of the API. */
export interface CollectorWrites {
  delete(type: ResourceType, object: AnyStored, options: DeleteOptions): void;
  /** Replaces metadata; removes the object if nothing holds it any more. */
  setMetadata(type: ResourceType, object: AnyStored, metadata: AnyStored['metadata']): void;
}

type OwnerState = 'solid' | 'waiting' | 'absent';

/**
 * Deletes what has lost its owners, in the order that the owner's deletion asked for: afterwards (Background), before it
 * (Foreground), or not at all (Orphan). Works after the write that gave it work, never within.
 */
export class GarbageCollector {
  readonly #queue = new Set<string>();
  #scheduled = false;

  constructor(
    private readonly space: ObjectSpace,
    private readonly writes: CollectorWrites,
  ) {
    space.onCommit((_type, previous, next) => this.#notice(previous, next));
    // What a former process left half done.
    for (const table of space.tables) for (const object of table.list()) this.#notice(undefined, object);
  }

  #notice(previous: AnyStored | undefined, next: AnyStored | undefined): void {
    if (!next) {
      const { uid, ownerReferences } = previous!.metadata;
      for (const { object } of this.space.dependents(uid)) this.#enqueue(object.metadata.uid);
      for (const owner of ownerReferences ?? []) this.#enqueue(owner.uid);
      return;
    }
    const { ownerReferences, deletionTimestamp, finalizers, uid } = next.metadata;
    const before = previous?.metadata;
    const ownersChanged = ownerReferences !== before?.ownerReferences;
    if ((ownersChanged && ownerReferences) || (deletionTimestamp && finalizers !== before?.finalizers)) this.#enqueue(uid);
    for (const owner of ownersChanged ? (before?.ownerReferences ?? []) : []) this.#enqueue(owner.uid);
  }

  #enqueue(uid: string): void {
    this.#queue.add(uid);
    if (this.#scheduled) return;
    this.#scheduled = true;
    queueMicrotask(() => this.#work());
  }

  #work(): void {
    for (const uid of this.#queue) {
      // Taken out first, so that what is enqueued again on the way is visited again.
      this.#queue.delete(uid);
      const found = this.space.byUid(uid);
      if (found) this.#collect(found.type, found.object);
    }
    this.#scheduled = false;
  }

  #collect(type: ResourceType, object: AnyStored): void {
    const { deletionTimestamp, finalizers } = object.metadata;
    if (!deletionTimestamp) this.#checkOwners(type, object);
    else if (finalizers?.includes(ORPHAN_FINALIZER)) this.#orphanDependents(type, object);
    else if (finalizers?.includes(FOREGROUND_FINALIZER)) this.#deleteDependents(type, object);
  }

  #checkOwners(type: ResourceType, object: AnyStored): void {
    const owners = object.metadata.ownerReferences ?? [];
    if (owners.length === 0) return;
    const states = owners.map((owner) => this.#ownerState(object, owner));
    if (states.includes('solid')) {
      const solid = owners.filter((_, i) => states[i] === 'solid');
      if (solid.length < owners.length) this.#setOwners(type, object, solid);
    } else {
      const foreground = states.includes('waiting') && this.space.dependents(object.metadata.uid).length > 0;
      this.writes.delete(type, object, { propagation: foreground ? 'Foreground' : undefined });
    }
  }

  /** An owner of a kind that this cluster does not know is taken to exist. */
  #ownerState(object: AnyStored, owner: OwnerReference): OwnerState {
    const found = this.space.byUid(owner.uid);
    if (!found) return this.space.tableOf(owner.apiVersion, owner.kind) ? 'absent' : 'solid';
    const { namespace, deletionTimestamp, finalizers } = found.object.metadata;
    if (namespace !== undefined && namespace !== object.metadata.namespace) return 'absent';
    return deletionTimestamp && finalizers?.includes(FOREGROUND_FINALIZER) ? 'waiting' : 'solid';
  }

  #orphanDependents(type: ResourceType, owner: AnyStored): void {
    for (const dependent of this.space.dependents(owner.metadata.uid)) {
      const others = dependent.object.metadata.ownerReferences!.filter(({ uid }) => uid !== owner.metadata.uid);
      this.#setOwners(dependent.type, dependent.object, others);
    }
    this.#dropFinalizer(type, owner, ORPHAN_FINALIZER);
  }

  #deleteDependents(type: ResourceType, owner: AnyStored): void {
    const { uid } = owner.metadata;
    const dependents = this.space.dependents(uid);
    for (const { object } of dependents) this.#enqueue(object.metadata.uid);
    const blocked = dependents.some(({ object }) =>
      object.metadata.ownerReferences!.some((reference) => reference.uid === uid && reference.blockOwnerDeletion),
    );
    if (!blocked) this.#dropFinalizer(type, owner, FOREGROUND_FINALIZER);
  }

  #setOwners(type: ResourceType, object: AnyStored, owners: readonly OwnerReference[]): void {
    const ownerReferences = owners.length > 0 ? owners : undefined;
    this.writes.setMetadata(type, object, { ...object.metadata, ownerReferences });
  }

  #dropFinalizer(type: ResourceType, object: AnyStored, finalizer: string): void {
    const rest = object.metadata.finalizers!.filter((other) => other !== finalizer);
    this.writes.setMetadata(type, object, { ...object.metadata, finalizers: rest.length > 0 ? rest : undefined });
  }
}
