import { createHash } from 'node:crypto';

/** A gateway that may have requests in pods. */
export interface Present {
  /** Of this process alone: the one that follows it in the same pod has another. */
  readonly id: string;
  /** Name of its pod. */
  readonly name: string;
}

/** A gateway among which pods are divided. */
export interface Member extends Present {
  /** Where other gateways reach it. */
  readonly address: string;
  /** The view since which it has been present without a break. */
  readonly since: number;
}

/** Which gateways there are, as the leading controller has decided. */
export interface View {
  /** Greater than that of every view before. */
  readonly epoch: number;
  /** Among them the pods are divided. */
  readonly members: readonly Member[];
  /** All members, and those that were and are not known to have ended. */
  readonly present: readonly Present[];
}

/** What a gateway says of itself to those that take pods over from it. */
export interface Standing {
  /** The view that it goes by; 0: none yet. */
  readonly epoch: number;
  /** Uids of pods that are others' by that view and that its requests have not all left. In the same epoch they only become fewer. */
  readonly busy: readonly string[];
}

const weight = (id: string, pod: string): string => createHash('sha256').update(`${pod} ${id}`).digest('hex');

/**
 * Whose a pod is: the member nearest to it by rendezvous hashing, so that one that comes or goes moves no more pods than it has to.
 * Undefined without members.
 */
export function ownerOf(members: readonly Member[], pod: string): Member | undefined {
  let nearest: { readonly member: Member; readonly weight: string } | undefined;
  for (const member of members) {
    const own = weight(member.id, pod);
    if (!nearest || own > nearest.weight) nearest = { member, weight: own };
  }
  return nearest?.member;
}
