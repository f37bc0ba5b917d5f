import type { Clock } from '../base';
import { ClusterError } from './cluster';

export interface FairSlotsOptions {
  readonly clock: Clock;
  /** How much may be under way at once. */
  readonly slots: number;
  /** How many may wait in all, and of one group. */
  readonly waiting: { readonly inAll: number; readonly ofOne: number };
  /** How long anybody waits at most, in milliseconds. */
  readonly patienceMs: number;
}

interface Waiter {
  begin(): void;
  giveUp(): void;
}

/** Lets so much go on at once. What is above that waits: the groups get their turns one after the other, and within a group who came first. */
export class FairSlots {
  #taken = 0;
  #waiting = 0;
  /** None is empty. Whose turn is next stands first. */
  readonly #groups = new Map<string, Set<Waiter>>();

  constructor(private readonly options: FairSlotsOptions) {}

  /** Resolves as the work does. Rejects with TooManyRequests where the work was not begun: nobody had a slot for it in time. */
  async run<T>(group: string, work: () => Promise<T>): Promise<T> {
    if (this.#taken < this.options.slots) this.#taken++;
    else await this.#turn(group);
    try {
      return await work();
    } finally {
      this.#next();
    }
  }

  /** Resolves with a slot taken. */
  #turn(group: string): Promise<void> {
    const { clock, waiting, patienceMs } = this.options;
    if ((this.#groups.get(group)?.size ?? 0) >= waiting.ofOne) return Promise.reject(busy());
    if (this.#waiting >= waiting.inAll) this.#dropFromLongest();
    return new Promise((resolve, reject) => {
      const leave = () => {
        timer.cancel();
        this.#remove(group, waiter);
      };
      const waiter: Waiter = {
        begin: () => {
          leave();
          resolve();
        },
        giveUp: () => {
          leave();
          reject(busy());
        },
      };
      const timer = clock.after(patienceMs, () => waiter.giveUp());
      const members = this.#groups.get(group) ?? new Set();
      this.#groups.set(group, members.add(waiter));
      this.#waiting++;
    });
  }

  /** The slot that is free goes to who is next. */
  #next(): void {
    const [first] = this.#groups;
    if (!first) {
      this.#taken--;
      return;
    }
    const [group, members] = first;
    this.#groups.delete(group);
    this.#groups.set(group, members);
    const [waiter] = members;
    waiter!.begin();
  }

  /** Whoever crowds out others waits no longer: the one that came last. */
  #dropFromLongest(): void {
    let longest = new Set<Waiter>();
    for (const members of this.#groups.values()) if (members.size > longest.size) longest = members;
    [...longest].at(-1)?.giveUp();
  }

  #remove(group: string, waiter: Waiter): void {
    const members = this.#groups.get(group);
    if (!members?.delete(waiter)) return;
    this.#waiting--;
    if (members.size === 0) this.#groups.delete(group);
  }
}

const busy = (): ClusterError => new ClusterError('TooManyRequests', 'too many tokens wait to be reviewed: try again');
