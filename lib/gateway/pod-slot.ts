import type { Pod, Stored } from '../api';
import type { Clock, Executor } from '../base';
import type { Lease } from './backend';
import type { Slot } from './breaker';
import { MAX_INTERVAL_MS, MIN_INTERVAL_MS, ProbeLoop } from './probe';
import { type PodProbe, type PodTarget, type PodTransport, targetKey } from './transport';

/** Container states in which nothing listens and probing would be noise. */
const HOPELESS = new Set([
  'CrashLoopBackOff',
  'ErrImagePull',
  'ImagePullBackOff',
  'CreateContainerConfigError',
  'InvalidImageName',
]);

/** What a slot tells its revision. */
export interface SlotEvents {
  /** `usable` may have changed by itself. */
  changed(): void;
  /** A request has given its place back. */
  released(slot: PodSlot): void;
}

/** One pod of a revision: where it is, whether it can be used, and how many requests are inside. */
export class PodSlot implements Slot {
  inFlight = 0;
  pod: Stored<Pod> | undefined;
  #target: PodTarget | undefined;
  #probe: PodProbe | undefined;
  #probeTimeoutSeconds: number | undefined;
  #answers = false;
  #wasReady = false;
  #loop: ProbeLoop | undefined;
  #addressAt = 0;
  #answeredAt = 0;
  #onEmpty: (() => void)[] = [];
  /** How often in a row the pod answered a probe and then refused a request. */
  #refusals = 0;
  #ended = false;

  constructor(
    readonly name: string,
    private readonly deps: { readonly transport: PodTransport; readonly clock: Clock; readonly executor: Executor },
    private readonly events: SlotEvents,
  ) {}

  /** True if new requests may go in. */
  get usable(): boolean {
    return this.#answers && this.#target !== undefined;
  }

  /** What the cluster says of the pod now. Without a `probe` only its Ready condition counts. */
  update(target: PodTarget | undefined, ready: boolean, probe: PodProbe | undefined, probeTimeoutSeconds = 0): void {
    if (this.#ended || this.pod?.metadata.deletionTimestamp) {
      this.retire();
      return;
    }
    if (!same(target, this.#target)) this.#move(target);
    this.#probe = probe;
    this.#probeTimeoutSeconds = probeTimeoutSeconds;
    if (!ready && this.#wasReady) this.#answers = false;
    if (ready && !this.#wasReady) this.#answered();
    this.#wasReady = ready;
    if (this.usable || hopeless(this.pod) || (!probe && !ready)) this.#stopProbing();
    else this.#startProbing();
  }

  /** No new requests; those inside go on and the connections close after them. */
  retire(): void {
    this.#move(undefined);
  }

  /** As `retire`, whatever is heard of the pod from now on: whoever ends it knows before the watch does. */
  end(): void {
    this.#ended = true;
    this.retire();
  }

  /** Resolves when no request is inside, or when the signal aborts. */
  empty(signal: AbortSignal): Promise<void> {
    if (this.inFlight === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty.push(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  /** A request has left. */
  left(): void {
    if (this.inFlight > 0) return;
    const waiting = this.#onEmpty;
    this.#onEmpty = [];
    for (const resolve of waiting) resolve();
  }

  /** What a request holds that has a place here. */
  lease(arrivedAt: number, cold: boolean): Lease {
    const startMs = cold ? Math.max(0, this.#addressAt - arrivedAt) : 0;
    const probeMs = cold ? Math.max(0, this.#answeredAt - Math.max(this.#addressAt, arrivedAt)) : 0;
    return new PodLease(this, this.#target!, startMs, probeMs, cold);
  }

  /** A request has given its place back; `refused` if the pod did not take it. */
  give(refused: boolean): void {
    if (!refused) this.#refusals = 0;
    this.events.released(this);
  }

  /** A request could not be written to this target. */
  unreachable(target: PodTarget): void {
    if (!this.#answers || !same(target, this.#target)) return;
    this.#answers = false;
    const delayMs = Math.min(MIN_INTERVAL_MS * 2 ** this.#refusals++, MAX_INTERVAL_MS);
    this.#startProbing(this.#probe ?? { kind: 'tcp' }, delayMs);
    this.events.changed();
  }

  #move(target: PodTarget | undefined): void {
    this.#stopProbing();
    if (this.#target) this.deps.transport.retire(this.#target);
    this.#target = target;
    this.#answers = false;
    this.#wasReady = false;
    this.#addressAt = this.deps.clock.monotonic();
  }

  #answered(): void {
    this.#answers = true;
    this.#answeredAt = this.deps.clock.monotonic();
  }

  #startProbing(probe = this.#probe, delayMs = 0): void {
    if (this.#loop || !this.#target || !probe) return;
    const onReady = () => {
      this.#loop = undefined;
      this.#answered();
      this.events.changed();
    };
    this.#loop = new ProbeLoop(this.deps, this.#target, probe, onReady, { timeoutSeconds: this.#probeTimeoutSeconds, delayMs });
  }

  #stopProbing(): void {
    this.#loop?.stop();
    this.#loop = undefined;
  }
}

class PodLease implements Lease {
  #refused = false;

  constructor(
    private readonly slot: PodSlot,
    readonly target: PodTarget,
    readonly startMs: number,
    readonly probeMs: number,
    readonly cold: boolean,
  ) {}

  release(): void {
    this.slot.give(this.#refused);
  }

  unreachable(): void {
    this.#refused = true;
    this.slot.unreachable(this.target);
  }
}

function same(a: PodTarget | undefined, b: PodTarget | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && targetKey(a) === targetKey(b));
}

function hopeless(pod: Pod | undefined): boolean {
  if (pod?.status?.phase === 'Failed' || pod?.status?.phase === 'Succeeded') return true;
  return !!pod?.status?.containerStatuses?.some(({ state }) => HOPELESS.has(state?.waiting?.reason ?? ''));
}
