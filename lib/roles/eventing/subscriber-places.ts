import { keyOf, type Stored, type Subscription } from '../../api';
import type { EventHub } from '../../eventing';
import type { NamedSubscriber } from './subscriber-names';

const MANY = 100;

/** A subscriber goes on under another name. */
export interface Move {
  readonly from: string;
  readonly to: string;
}

/**
 * Whose the places in the log of one channel are. Subscriptions of several namespaces may have one name, so that none may go on where
 * another was: by uids that is known of all that were served by this process, and of those that an earlier one left as little as it takes.
 */
export class SubscriberPlaces {
  readonly #uids = new Map<string, string | undefined>();

  /** @param hub of the channel @param meant the Subscription of a name, if it may mean this channel */
  constructor(
    private readonly hub: EventHub,
    private readonly meant: (name: string) => Stored<Subscription> | undefined,
  ) {}

  /** A subscriber is served under a name. */
  take(name: string, uid: string | undefined): void {
    this.#uids.set(name, uid);
  }

  /** Whether the subscriber of this uid is served under this name. */
  isHis(name: string, uid: string | undefined): boolean {
    return uid !== undefined && this.#uids.get(name) === uid && this.hub.consumers.includes(name);
  }

  /** Whether one whose Subscription is not known may be called so. @param settled whether all that an earlier process served is served */
  isFree(name: string, uid: string | undefined, settled: boolean): boolean {
    if (this.#uids.has(name)) return this.#uids.get(name) === uid;
    return !this.hub.keepsPlaceOf(name) || (!settled && this.hub.wasInUse(name) && !this.#isOfAnother(name, uid));
  }

  /** What has to be done, in this order, before subscribers are served under their names. @param settled as for `isFree` */
  moves(named: readonly NamedSubscriber[], settled: boolean): readonly Move[] {
    this.#forget(named.length);
    const left = named.flatMap((one) => {
      const from = this.#former(one, named, settled);
      return from === undefined ? [] : [{ from, to: one.consumer }];
    });
    const moves: Move[] = [];
    while (left.length > 0) {
      const sources = new Set(left.map(({ from }) => from));
      moves.push(
        ...left.splice(
          Math.max(
            0,
            left.findIndex(({ to }) => !sources.has(to)),
          ),
          1,
        ),
      );
    }
    return moves;
  }

  /** What one was called while its Subscription was not known, if it was: by this process, or by an earlier one. */
  #former(one: NamedSubscriber, named: readonly NamedSubscriber[], settled: boolean): string | undefined {
    const { before, consumer, others, subscriber } = one;
    const { uid } = subscriber;
    if (uid === undefined) return undefined;
    const served = others.find((name) => name !== consumer && this.isHis(name, uid));
    if (served !== undefined) return served;
    if (settled || consumer === before) return undefined;
    const own = others.at(-1)!;
    if (own !== consumer && this.hub.wasInUse(own)) return own;
    if (this.#uids.has(before) || !this.hub.wasInUse(before)) return undefined;
    const other = named.find((another) => another.consumer === before);
    // In what earlier versions have kept, who has this name now had another one.
    if (other) return this.hub.wasInUse(other.before) ? before : undefined;
    return this.#isOfAnother(before, uid) ? undefined : before;
  }

  /** Lets go of names under which nothing is kept any more, once there are many. */
  #forget(count: number): void {
    if (this.#uids.size <= 2 * count + MANY) return;
    const kept = new Set(this.hub.consumers);
    for (const name of this.#uids.keys()) if (!kept.has(name) && !this.hub.keepsPlaceOf(name)) this.#uids.delete(name);
  }

  #isOfAnother(name: string, uid: string | undefined): boolean {
    const subscription = this.meant(name);
    return subscription !== undefined && keyOf(subscription) === name && subscription.metadata.uid !== uid;
  }
}
