import type { Clock, Log, Timer } from '../../base';
import type { Member, Present, Standing, View } from './view';

/** A gateway of which nothing is heard for so long has ended, or uses no pod with a hard limit any more, in milliseconds. */
export const LEASE_MS = 30_000;

/** What a gateway says when the leader comes to it. */
export interface Hello {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly view: View | undefined;
  /** Nothing is its own any more until there is a new view. */
  readonly fenced: boolean;
  readonly standing: Standing;
}

/** A pod of the gateway, as the cluster says. */
export interface GatewayPod {
  readonly name: string;
  /** It takes new requests. */
  readonly ready: boolean;
}

export interface RosterOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly sendView: (id: string, view: View) => void;
  readonly sendStanding: (id: string, of: string, standing: Standing) => void;
  /** @default 30000 */
  readonly leaseMs?: number;
}

/**
 * Decides in the leading controller which gateways divide the pods among them, and tells each what the others say. A view follows the
 * one before only when everybody who goes by that is heard of or has ended: so one who may still use a pod is always asked.
 */
export class Roster {
  readonly #linked = new Map<string, Hello>();
  readonly #standings = new Map<string, Standing>();
  /** When those that are not heard of any more were heard of last. */
  readonly #lostAt = new Map<string, number>();
  readonly #startedAt: number;
  #pods: ReadonlyMap<string, GatewayPod> = new Map();
  #view: View | undefined;
  /** Whether the view is one of ours: until then we go on with what the leader before us decided. */
  #decided = false;
  /** The newest view that anybody has told of. */
  #newest = 0;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(private readonly options: RosterOptions) {
    this.#startedAt = options.clock.monotonic();
  }

  get view(): View | undefined {
    return this.#view;
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  /** The pods of gateways that there are now. */
  setPods(pods: readonly GatewayPod[]): void {
    this.#pods = new Map(pods.map((pod) => [pod.name, pod]));
    this.#look();
  }

  /** A gateway is heard of. */
  linked(hello: Hello): void {
    this.#linked.set(hello.id, hello);
    this.#lostAt.delete(hello.id);
    this.#newest = Math.max(this.#newest, hello.view?.epoch ?? 0);
    if (!this.#decided && hello.view && hello.view.epoch > (this.#view?.epoch ?? 0)) {
      this.#view = hello.view;
      for (const id of this.#linked.keys()) if (id !== hello.id) this.options.sendView(id, this.#view!);
    } else if (this.#view && hello.view?.epoch !== this.#view.epoch) this.options.sendView(hello.id, this.#view);
    for (const [id, standing] of this.#standings) if (id !== hello.id) this.options.sendStanding(hello.id, id, standing);
    this.stands(hello.id, hello.standing);
    this.#look();
  }

  /** A gateway is not heard of any more. @param sinceMs for how long already */
  lost(id: string, sinceMs = 0): void {
    if (!this.#linked.delete(id)) return;
    this.#lostAt.set(id, this.options.clock.monotonic() - sinceMs);
    this.#look();
  }

  /** What a gateway says of itself. */
  stands(id: string, standing: Standing): void {
    this.#standings.set(id, standing);
    for (const other of this.#linked.keys()) if (other !== id) this.options.sendStanding(other, id, standing);
  }

  /** A gateway has given up what it owned by the view of this epoch. */
  fenced(id: string, epoch: number): void {
    const hello = this.#linked.get(id);
    // One that goes by an older view than ours has been sent ours, and goes by that from then on.
    if (!hello || epoch < (this.#view?.epoch ?? 0)) return;
    this.#linked.set(id, { ...hello, fenced: true });
    this.#look();
  }

  #look(): void {
    this.#timer?.cancel();
    if (this.#stopped) return;
    const waitMs = this.#waitMs();
    if (waitMs === 0) this.#decide();
    else if (Number.isFinite(waitMs)) this.#timer = this.options.clock.after(waitMs, () => this.#look());
  }

  /** How long until all who may have requests in pods are heard of or have ended. */
  #waitMs(): number {
    const { clock, leaseMs = LEASE_MS } = this.options;
    const now = clock.monotonic();
    const left = (since: number) => Math.max(0, since + leaseMs - now);
    const waits = (this.#view?.present ?? []).map((one) =>
      this.#linked.has(one.id) || this.#hasEnded(one) ? 0 : left(this.#lostAt.get(one.id) ?? this.#startedAt),
    );
    // Whoever has not been heard of since we lead may know a view that we do not.
    const heard = new Set([...this.#linked.values()].map(({ name }) => name));
    const silent = [...this.#pods.values()].some(({ name, ready }) => ready && !heard.has(name));
    return Math.max(0, ...waits, silent ? left(this.#startedAt) : 0);
  }

  /** Its pod is gone, or another process runs in it. */
  #hasEnded({ id, name }: Present): boolean {
    if (!this.#pods.has(name)) return true;
    return [...this.#linked.values()].some((other) => other.name === name && other.id !== id);
  }

  #decide(): void {
    const before = this.#view;
    const wanted = [...this.#linked.values()].filter(({ name }) => this.#pods.get(name)?.ready);
    if (wanted.length === 0) return;
    const stay = (before?.present ?? []).filter(({ id }) => this.#linked.has(id));
    const fenced = wanted.some(({ id }) => this.#linked.get(id)?.fenced);
    const come = wanted.filter(({ id }) => !stay.some((one) => one.id === id));
    const present = [...stay, ...come].map(({ id, name }) => ({ id, name })).sort(byId);
    if (before && !fenced && same(wanted, before.members) && same(present, before.present)) return;
    const epoch = Math.max((before?.epoch ?? 0) + 1, this.#newest + 1, this.options.clock.now());
    this.#decided = true;
    const members: Member[] = wanted
      .map(({ id, name, address }) => {
        const known = this.#linked.get(id)?.fenced ? undefined : before?.members.find((member) => member.id === id);
        return { id, name, address, since: known?.since ?? epoch };
      })
      .sort(byId);
    const view: View = { epoch, members, present };
    this.#view = view;
    this.options.log.info('pods are divided anew', { gateways: members.map(({ name }) => name) });
    for (const known of [this.#standings, this.#lostAt])
      for (const id of known.keys()) if (!present.some((one) => one.id === id)) known.delete(id);
    for (const [id, hello] of this.#linked) {
      this.#linked.set(id, { ...hello, fenced: false });
      this.options.sendView(id, view);
    }
  }
}

const byId = (a: Present, b: Present): number => (a.id < b.id ? -1 : 1);

function same(a: readonly Present[], b: readonly Present[]): boolean {
  const ids = (of: readonly Present[]) =>
    of
      .map(({ id }) => id)
      .sort()
      .join();
  return ids(a) === ids(b);
}
