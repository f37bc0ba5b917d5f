import type { CloudEvent } from '../cloud-event';
import { keyOf } from './event-key';
import type { Added, Grouping, Item, Unit } from './grouping';
import { type JoinSpec, MAX_KEYS } from './stateful-spec';

/** Events of one key that wait for the others. */
interface Round {
  readonly key: string;
  /** When the first came. */
  readonly start: number;
  readonly members: Map<string, Item>;
}

/**
 * Joins events of one key: an event goes to the oldest open round of its key that has none of its type, else it opens one; a round
 * ends when every type is there, or some time after its first event. It goes by the times at which events came to their log: the
 * same events make the same rounds after a restart.
 */
export class Joins implements Grouping {
  /** In the order in which they were opened. */
  readonly #rounds = new Set<Round>();
  readonly #byKey = new Map<string, Set<Round>>();
  readonly #ready = new Set<Unit>();
  /** No round has to be looked at for its time before this. */
  #nextDue = Number.POSITIVE_INFINITY;
  #size = 0;

  constructor(private readonly spec: JoinSpec) {}

  get size(): number {
    return this.#size;
  }

  add(item: Item, event: CloudEvent): Added {
    this.#expire(item.time);
    this.#size++;
    const { by, types, maxKeys = MAX_KEYS } = this.spec;
    const type = String(event.attributes['type']);
    const key = keyOf(event, by);
    if (key === undefined) return this.#refuse(item, `it cannot be joined: it has no ${by.join(', ')}`);
    if (!types.includes(type)) return this.#refuse(item, `it cannot be joined: its type is none of ${types.join(', ')}`);
    const found = this.#roundFor(key, type, item.time);
    const crowded = !found && this.#rounds.size >= maxKeys;
    if (crowded) this.#end(this.#oldest()!, `before more than ${maxKeys} joins were open`);
    const round = found ?? this.#open(key, item.time);
    round.members.set(type, item);
    const added = this.#added(round);
    return crowded ? { kind: 'crowded', bound: maxKeys, added } : added;
  }

  take(now: number, isBusy: (order: string) => boolean): Unit | undefined {
    this.#expire(now);
    for (const unit of this.#ready) {
      if (unit.order !== undefined && isBusy(unit.order)) continue;
      this.#ready.delete(unit);
      this.#size -= unit.items.length;
      return unit;
    }
    return undefined;
  }

  due(): number | undefined {
    return Number.isFinite(this.#nextDue) ? this.#nextDue : undefined;
  }

  /** Events that are delivered again on purpose may be older than the rounds that are open. */
  #roundFor(key: string, type: string, time: number): Round | undefined {
    for (const round of this.#byKey.get(key) ?? []) {
      if (!round.members.has(type) && Math.abs(time - round.start) < this.spec.withinMs) return round;
    }
    return undefined;
  }

  #open(key: string, start: number): Round {
    const round: Round = { key, start, members: new Map() };
    this.#rounds.add(round);
    this.#byKey.set(key, (this.#byKey.get(key) ?? new Set()).add(round));
    this.#nextDue = Math.min(this.#nextDue, start + this.spec.withinMs);
    return round;
  }

  #added(round: Round): Added {
    const missing = this.#missing(round);
    const { key, members } = round;
    if (missing.length > 0) return { kind: 'held', count: members.size, of: this.spec.types.length, key, missing };
    return { kind: 'joined', unit: this.#close(round, {}) };
  }

  #missing({ members }: Round): string[] {
    return this.spec.types.filter((type) => !members.has(type));
  }

  #expire(now: number): void {
    if (now < this.#nextDue) return;
    this.#nextDue = Number.POSITIVE_INFINITY;
    for (const round of this.#rounds) {
      const due = round.start + this.spec.withinMs;
      if (due <= now) this.#end(round, `within ${this.spec.withinMs / 1000} s`);
      else this.#nextDue = Math.min(this.#nextDue, due);
    }
  }

  #oldest(): Round | undefined {
    for (const round of this.#rounds) return round;
    return undefined;
  }

  /** Lets a round go of which events are missing. */
  #end(round: Round, why: string): void {
    if (this.spec.partial === 'deliver') {
      this.#close(round, {});
      return;
    }
    const reason = `join of ${round.key}: ${this.#missing(round).join(', ')} did not come ${why}`;
    this.#close(round, { refused: { reason } });
  }

  #close(round: Round, more: Pick<Unit, 'refused'>): Unit {
    const { key, members } = round;
    this.#rounds.delete(round);
    const others = this.#byKey.get(key)!;
    others.delete(round);
    if (others.size === 0) this.#byKey.delete(key);
    const items = this.spec.types.flatMap((type) => members.get(type) ?? []);
    return this.#leave({ items, order: key, join: { key, missing: this.#missing(round) }, ...more });
  }

  #refuse(item: Item, reason: string): Added {
    this.#leave({ items: [item], refused: { reason } });
    return { kind: 'passed' };
  }

  #leave(unit: Unit): Unit {
    this.#ready.add(unit);
    return unit;
  }
}
