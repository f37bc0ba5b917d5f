import { type Member, ownerOf, type Standing, type View } from './view';

const NONE: ReadonlySet<string> = new Set();

interface Known {
  readonly epoch: number;
  readonly busy: ReadonlySet<string>;
}

/**
 * Which pods of revisions with a hard limit are this gateway's, where there are several. Requests go into a pod from its owner alone;
 * whoever comes to own one waits until every other gateway that may have requests in it has said that it goes by the new view and has
 * none left there. Then no two are ever in one pod at once, however late any of them hears of a change.
 */
export class Ownership {
  #view: View | undefined;
  readonly #standings = new Map<string, Known>();
  readonly #owners = new Map<string, Member | undefined>();
  /** Pods that are ours and that all others have left. */
  readonly #held = new Set<string>();
  /** Requests inside, by pod. */
  readonly #inside = new Map<string, number>();
  readonly #listeners = new Set<() => void>();
  readonly #standingListeners = new Set<() => void>();
  readonly #fenceListeners = new Set<() => void>();
  #fenced = false;

  constructor(readonly id: string) {}

  get view(): View | undefined {
    return this.#view;
  }

  /** What others have to know of us. */
  get standing(): Standing {
    const busy = [...this.#inside.keys()].filter((pod) => this.ownerOf(pod)?.id !== this.id);
    return { epoch: this.#view?.epoch ?? 0, busy };
  }

  /** Calls `listener` when other pods may be used than before. */
  onChange(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Calls `listener` when `standing` has changed. */
  onStanding(listener: () => void): void {
    this.#standingListeners.add(listener);
  }

  /** Calls `listener` when nothing is ours any more until there is a new view: whoever makes views is to make one. */
  onFence(listener: () => void): void {
    this.#fenceListeners.add(listener);
  }

  /** One that is not newer than the present view is passed over. */
  setView(view: View): void {
    const before = this.#view?.epoch ?? 0;
    if (view.epoch <= before) return;
    this.#view = view;
    this.#fenced = false;
    this.#owners.clear();
    // Taken for dead meanwhile: what was ours may have been others'.
    if ((view.members.find(({ id }) => id === this.id)?.since ?? 0) > before) this.#held.clear();
    for (const pod of this.#held) if (this.ownerOf(pod)?.id !== this.id) this.#held.delete(pod);
    for (const id of this.#standings.keys()) if (!view.present.some((one) => one.id === id)) this.#standings.delete(id);
    this.#changed();
    for (const listener of this.#standingListeners) listener();
  }

  /** What another gateway says of itself; what it said before may come after it. */
  learn(id: string, { epoch, busy }: Standing): void {
    const known = this.#standings.get(id);
    if (known && known.epoch > epoch) return;
    const still = known?.epoch === epoch ? busy.filter((pod) => known.busy.has(pod)) : busy;
    this.#standings.set(id, { epoch, busy: still.length === 0 ? NONE : new Set(still) });
    this.#changed();
  }

  /** Whether nothing is ours until there is a new view. */
  get fenced(): boolean {
    return this.#fenced;
  }

  /** From now on others may take over what was ours: nothing is, until a new view says so. */
  fence(): void {
    if (this.#fenced) return;
    this.#fenced = true;
    this.#held.clear();
    this.#changed();
    for (const listener of this.#fenceListeners) listener();
  }

  ownerOf(pod: string): Member | undefined {
    if (this.#owners.has(pod)) return this.#owners.get(pod);
    const owner = ownerOf(this.#view?.members ?? [], pod);
    this.#owners.set(pod, owner);
    return owner;
  }

  /** Whether requests may go into the pod from here. */
  admits(pod: string): boolean {
    if (this.#fenced) return false;
    if (this.#held.has(pod)) return true;
    const view = this.#view;
    if (!view || this.ownerOf(pod)?.id !== this.id) return false;
    const left = view.present.every(({ id }) => id === this.id || this.#hasLeft(id, pod, view.epoch));
    if (left) this.#held.add(pod);
    return left;
  }

  /** A request goes into a pod. Call `leave` once when it has left. */
  enter(pod: string): void {
    this.#inside.set(pod, (this.#inside.get(pod) ?? 0) + 1);
  }

  leave(pod: string): void {
    const left = (this.#inside.get(pod) ?? 0) - 1;
    if (left > 0) {
      this.#inside.set(pod, left);
      return;
    }
    this.#inside.delete(pod);
    if (this.ownerOf(pod)?.id !== this.id) for (const listener of this.#standingListeners) listener();
  }

  /** The pod is gone. */
  forget(pod: string): void {
    this.#held.delete(pod);
    this.#owners.delete(pod);
  }

  #hasLeft(id: string, pod: string, epoch: number): boolean {
    const known = this.#standings.get(id);
    // What is busy to one who goes by a newer view is told in terms of that: it says nothing until we go by it, too.
    return known?.epoch === epoch && !known.busy.has(pod);
  }

  #changed(): void {
    for (const listener of this.#listeners) listener();
  }
}
