import type { Condition, KResourceStatus, ObjectMeta } from './meta';

type Status = Condition['status'];

/** The condition of a type, if the list has one. */
export function conditionOf(conditions: readonly Condition[] | undefined, type: string): Condition | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/** True if the controller has seen the latest spec and the object is ready (both matter: a stale Ready says nothing). */
export function isReady(object: { readonly metadata: ObjectMeta; readonly status?: KResourceStatus | undefined }): boolean {
  const { status, metadata } = object;
  return (
    (status?.observedGeneration ?? 0) === (metadata.generation ?? 0) &&
    conditionOf(status?.conditions, 'Ready')?.status === 'True'
  );
}

/**
 * The kinds of condition of one kind of object: a happy one, and dependents on which it depends. Every other condition is
 * information (`severity: Info`) and does not touch the happy one (knative.dev/pkg/apis NewLivingConditionSet).
 */
export class ConditionSet {
  readonly dependents: readonly string[];

  constructor(
    readonly happy: string,
    dependents: readonly string[],
  ) {
    this.dependents = [...new Set(dependents)].filter((type) => type !== happy);
  }

  /** Begins from the conditions of a status: those of the set that are missing become Unknown, or True if the happy one is. */
  manage(current: readonly Condition[] | undefined, now: number): Conditions {
    return new Conditions(this, current ?? [], now).initialize();
  }

  /** True for the happy condition and the dependents. */
  isTerminal(type: string): boolean {
    return type === this.happy || this.dependents.includes(type);
  }
}

const withoutTime = ({ lastTransitionTime: _, ...rest }: Condition): string => JSON.stringify(Object.entries(rest).sort());

/**
 * Conditions of one object. A value: every `mark…` gives a new one, so a plan chains them. `lastTransitionTime` moves only if
 * something else in the condition changes; `list` is sorted by type.
 */
export class Conditions {
  constructor(
    private readonly set: ConditionSet,
    readonly list: readonly Condition[],
    private readonly now: number,
  ) {}

  get(type: string): Condition | undefined {
    return conditionOf(this.list, type);
  }

  is(type: string, status: Status): boolean {
    return this.get(type)?.status === status;
  }

  /** Whether the happy condition is True. */
  get happy(): boolean {
    return this.is(this.set.happy, 'True');
  }

  /** Missing conditions of the set become Unknown, or True if the happy one is True already. */
  initialize(): Conditions {
    const first = this.get(this.set.happy) ? this : this.put(this.set.happy, 'Unknown');
    const status: Status = first.happy ? 'True' : 'Unknown';
    return this.set.dependents.reduce((all, type) => (all.get(type) ? all : all.put(type, status)), first);
  }

  /** True; the happy condition follows if no dependent stands against it. */
  markTrue(type: string, reason?: string, message?: string): Conditions {
    const marked = this.put(type, 'True', reason, message);
    const unhappy = marked.unhappyDependent();
    if (unhappy) return marked.put(this.set.happy, unhappy.status, unhappy.reason, unhappy.message);
    return type === this.set.happy ? marked : marked.put(this.set.happy, 'True');
  }

  /** Unknown; so is the happy condition, unless a dependent is False already. */
  markUnknown(type: string, reason = '', message = ''): Conditions {
    const marked = this.put(type, 'Unknown', reason, message);
    if (this.set.dependents.some((dependent) => marked.is(dependent, 'False'))) {
      return marked.is(this.set.happy, 'False') ? marked : marked.markFalse(this.set.happy, reason, message);
    }
    return this.set.dependents.includes(type) ? marked.put(this.set.happy, 'Unknown', reason, message) : marked;
  }

  /** False; so is the happy condition if this is one of its dependents. */
  markFalse(type: string, reason = '', message = ''): Conditions {
    const marked = this.put(type, 'False', reason, message);
    return this.set.dependents.includes(type) ? marked.put(this.set.happy, 'False', reason, message) : marked;
  }

  /** By status; for conditions that are copied from a child. */
  mark(type: string, status: Status, reason?: string, message?: string): Conditions {
    if (status === 'True') return this.markTrue(type, reason, message);
    return status === 'False' ? this.markFalse(type, reason, message) : this.markUnknown(type, reason, message);
  }

  /** Without a condition that is only information; the others cannot be removed. */
  clear(type: string): Conditions {
    if (this.set.isTerminal(type)) throw new TypeError(`condition ${type} is always there and cannot be removed`);
    return new Conditions(
      this.set,
      this.list.filter((condition) => condition.type !== type),
      this.now,
    );
  }

  /** Sets one condition and nothing else. */
  private put(type: string, status: Status, reason?: string, message?: string): Conditions {
    const next: Condition = {
      type,
      status,
      ...(this.set.isTerminal(type) ? {} : { severity: 'Info' as const }),
      ...(reason ? { reason } : {}),
      ...(message ? { message } : {}),
    };
    const old = this.get(type);
    if (old && withoutTime(old) === withoutTime(next)) return this;
    const changed = { ...next, lastTransitionTime: new Date(this.now).toISOString().replace(/\.\d+Z$/, 'Z') };
    const list = [...this.list.filter((condition) => condition.type !== type), changed];
    return new Conditions(
      this.set,
      list.sort((a, b) => (a.type < b.type ? -1 : 1)),
      this.now,
    );
  }

  /** The dependent that stands against the happy condition: a False one before an Unknown one, the latest first. */
  private unhappyDependent(): Pick<Condition, 'status' | 'reason' | 'message'> | undefined {
    if (this.set.dependents.length === 0) return undefined;
    const terminal = this.list.filter((condition) => !condition.severity && condition.type !== this.set.happy);
    const latestFirst = [...terminal].sort((a, b) => (b.lastTransitionTime ?? '').localeCompare(a.lastTransitionTime ?? ''));
    return (
      latestFirst.find((condition) => condition.status === 'False') ??
      latestFirst.find((condition) => condition.status === 'Unknown') ??
      (this.set.dependents.length > terminal.length ? { status: 'Unknown' } : undefined)
    );
  }
}
