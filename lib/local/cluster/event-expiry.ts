import { type Event, EventType, typeKey } from '../../api';
import type { Clock } from '../../base';
import type { ObjectSpace } from './object-space';
import type { AnyStored } from './object-table';

/** How long an API server keeps an Event after it was last written (`--event-ttl`). */
const TTL_MS = 3600_000;

/** Forgets Events that are older than Kubernetes keeps them. There is no timer: the old ones go when a new one comes. */
export class EventExpiry {
  /** When each was written last, by uid; the oldest first. */
  readonly #written = new Map<string, number>();

  constructor(
    private readonly space: ObjectSpace,
    private readonly clock: Clock,
    private readonly remove: (event: AnyStored) => void,
  ) {
    const table = space.tableOf('v1', EventType.kind);
    const known = (table?.list() ?? []).map((object) => ({ uid: object.metadata.uid, at: timeOf(object) }));
    for (const { uid, at } of known.sort((a, b) => a.at - b.at)) this.#written.set(uid, at);
    space.onCommit((type, previous, next) => {
      if (typeKey(type) !== typeKey(EventType)) return;
      this.#written.delete((next ?? previous)!.metadata.uid);
      if (next) this.#written.set(next.metadata.uid, clock.now());
    });
  }

  /** Removes what is too old. */
  sweep(): void {
    const limit = this.clock.now() - TTL_MS;
    for (const [uid, at] of this.#written) {
      if (at > limit) return;
      const found = this.space.byUid(uid);
      if (found) this.remove(found.object);
      this.#written.delete(uid);
    }
  }
}

function timeOf(object: AnyStored): number {
  const { lastTimestamp } = object as AnyStored & Event;
  return Date.parse(lastTimestamp ?? object.metadata.creationTimestamp);
}
