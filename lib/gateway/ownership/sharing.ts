import type { Backend } from '../backend';
import type { Breaker } from '../breaker';
import type { PodSlot } from '../pod-slot';
import type { Ownership } from './ownership';
import type { PlaceAsker, PlaceTaker } from './place-asker';
import { RemotePlace } from './remote-place';
import type { Member } from './view';

/** A place for a request: in a pod of ours, or in one of another gateway. */
export type Place = PodSlot | RemotePlace;

/** What a gateway that is one of several has beside itself. */
export interface Shared {
  readonly ownership: Ownership;
  readonly asker: PlaceAsker;
}

/** What one revision with a hard limit does about pods that belong to other gateways. */
export class RevisionSharing implements PlaceTaker {
  constructor(
    private readonly of: Pick<Backend['labels'], 'namespace' | 'revision'>,
    private readonly shared: Shared,
    private readonly breaker: Breaker<Place>,
    /** Pods that have an address or may come to have one, by uid, and how many requests each takes. */
    private readonly pods: () => { readonly uids: readonly string[]; readonly limit: number },
  ) {}

  admits(uid: string): boolean {
    return this.shared.ownership.admits(uid);
  }

  enter(uid: string): void {
    this.shared.ownership.enter(uid);
  }

  leave(uid: string): void {
    this.shared.ownership.leave(uid);
  }

  offered(place: RemotePlace): boolean {
    return this.breaker.grant(place);
  }

  /** Says to every other gateway how many places in its pods are wanted now. */
  ask(): void {
    const { asker } = this.shared;
    const { namespace, revision } = this.of;
    const waiting = this.breaker.pendingAnywhere;
    const before = asker.asked(namespace, revision);
    if (waiting === 0 && before.length === 0) return;
    const owners = this.#owners();
    for (const member of before) if (!owners.has(member.id)) asker.want(member, namespace, revision, 0, this);
    for (const { member, capacity } of owners.values())
      asker.want(member, namespace, revision, Math.min(waiting, capacity), this);
  }

  /** Other gateways with pods of the revision, and how many requests those pods take. */
  #owners(): Map<string, { readonly member: Member; capacity: number }> {
    const { ownership } = this.shared;
    const owners = new Map<string, { readonly member: Member; capacity: number }>();
    const { uids, limit } = this.pods();
    for (const uid of uids) {
      const member = ownership.ownerOf(uid);
      if (!member || member.id === ownership.id) continue;
      const known = owners.get(member.id);
      if (known) known.capacity += limit;
      else owners.set(member.id, { member, capacity: limit });
    }
    return owners;
  }
}

export const isRemote = (place: Place): place is RemotePlace => place instanceof RemotePlace;
