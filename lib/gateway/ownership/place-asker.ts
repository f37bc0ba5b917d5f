import type { Clock } from '../../base';
import type { PlaceMessage } from './place-messages';
import { RemotePlace } from './remote-place';
import type { Member } from './view';

/** How a message gets to another gateway. */
export interface Peers {
  /** What cannot be delivered is lost; then `PlaceAsker.lost` is called. */
  send(to: Member, message: PlaceMessage): void;
}

/** A revision with requests that wait. */
export interface PlaceTaker {
  /** Gives a place to the request that has waited longest; false if none waits. */
  offered(place: RemotePlace): boolean;
  /** Asks again for what is wanted: something was lost or used. */
  ask(): void;
}

/** A gateway that had no place to give is asked again after so long, in milliseconds. */
const ASK_AGAIN_MS = 1000;

interface Wanted {
  readonly member: Member;
  readonly taker: PlaceTaker;
  count: number;
}

/** Asks other gateways for places in their pods, for requests that find none in ours. */
export class PlaceAsker {
  /** By gateway, then by revision. */
  readonly #wanted = new Map<string, Map<string, Wanted>>();

  constructor(private readonly deps: { readonly clock: Clock; readonly peers: Peers }) {}

  /** So many places in a gateway's pods are wanted for a revision from now on. */
  want(member: Member, namespace: string, revision: string, count: number, taker: PlaceTaker): void {
    const of = this.#wanted.get(member.id) ?? new Map<string, Wanted>();
    this.#wanted.set(member.id, of);
    const key = `${namespace}/${revision}`;
    const before = of.get(key)?.count ?? 0;
    if (count > 0) of.set(key, { member, taker, count });
    else of.delete(key);
    if (count !== before) this.deps.peers.send(member, { type: 'want', namespace, revision, count });
  }

  /** Gateways from which places are wanted for a revision. */
  asked(namespace: string, revision: string): readonly Member[] {
    const key = `${namespace}/${revision}`;
    return [...this.#wanted.values()].flatMap((of) => of.get(key)?.member ?? []);
  }

  /** Takes a message of a gateway that was asked. */
  receive(member: Member, message: PlaceMessage): void {
    if (message.type !== 'place' && message.type !== 'none') return;
    const key = `${message.namespace}/${message.revision}`;
    const of = this.#wanted.get(member.id);
    const wanted = of?.get(key);
    if (message.type === 'none') {
      if (of?.delete(key)) this.deps.clock.after(ASK_AGAIN_MS, () => wanted?.taker.ask());
      return;
    }
    const { ticket } = message;
    const place = new RemotePlace(member, ticket, () => this.deps.peers.send(member, { type: 'return', ticket }));
    if (!wanted?.taker.offered(place)) place.giveBack();
    if (!wanted) return;
    wanted.count--;
    if (wanted.count === 0) of?.delete(key);
    wanted.taker.ask();
  }

  /** A gateway cannot be reached, or has been begun anew: what was wanted of it is asked for again by those who want it. */
  lost(id: string): void {
    const of = this.#wanted.get(id);
    this.#wanted.delete(id);
    for (const { taker } of of?.values() ?? []) taker.ask();
  }
}
