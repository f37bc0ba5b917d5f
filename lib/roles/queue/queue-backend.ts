import type { Clock, Random } from '../../base';
import type { Backend, Claim, Lease, Timeouts } from '../../gateway/backend';
import { Breaker, BreakerError, type Slot } from '../../gateway/breaker';
import { RequestTimeout } from '../../gateway/request-timer';
import type { PodTarget } from '../../gateway/transport/pod-transport';
import type { QueueSettings } from './queue-settings';

/** So many times the limit may wait, as upstream has it. */
const QUEUE_FACTOR = 10;
/** For whoever waits as long as it takes, in milliseconds: a day. */
const FOR_LONG_MS = 86_400_000;

export interface QueueBackendDeps {
  readonly clock: Clock;
  readonly random: Random;
  /** How many requests are inside or wait has changed. */
  readonly onDepth: (depth: number) => void;
}

/** The user's container behind its sidecar: one place after another, up to the revision's limit. */
export class QueueBackend {
  readonly kind = 'revision';
  readonly title: string;
  readonly labels: Backend['labels'];
  readonly timeouts: Timeouts;
  readonly target: PodTarget;
  readonly #breaker: Breaker<Slot>;
  #inside = 0;

  constructor(
    settings: QueueSettings,
    private readonly deps: QueueBackendDeps,
  ) {
    const { namespace, revision, concurrency, userPort, protocol, timeouts } = settings;
    this.title = `revision ${namespace}/${revision}`;
    this.labels = { namespace, revision };
    this.timeouts = timeouts;
    this.target = { host: '127.0.0.1', port: userPort, protocol };
    this.#breaker = new Breaker({ ...deps, concurrency, maxPending: QUEUE_FACTOR * concurrency });
    this.#breaker.setSlots([{ inFlight: 0 }]);
  }

  enter(): void {
    this.deps.onDepth(++this.#inside);
  }

  leave(): void {
    this.deps.onDepth(--this.#inside);
  }

  /** A place in the container, at once if there is one. Throws or rejects with BreakerError or RequestTimeout. */
  acquire(claim: Claim): Lease | Promise<Lease> {
    const slot = claim.again ? undefined : this.#breaker.tryAcquire();
    return slot ? this.#lease(slot, claim) : this.#wait(claim);
  }

  #lease(slot: Slot, { arrivedAt }: Claim): Lease {
    return {
      ...{ target: this.target, startMs: 0, probeMs: 0, cold: false, limitsFrom: arrivedAt },
      release: () => this.#breaker.release(slot),
      unreachable: () => {},
    };
  }

  /** The limits of the revision count while a request waits, too. */
  async #wait(claim: Claim): Promise<Lease> {
    const limits = (Object.entries(this.timeouts) as [keyof Timeouts, number][]).filter(([, ms]) => ms > 0);
    const [limit, ms] = limits.sort(([, a], [, b]) => a - b)[0] ?? ['total', FOR_LONG_MS];
    const waited = this.deps.clock.monotonic() - claim.arrivedAt;
    const timeoutMs = Math.max(0, ms - waited);
    const front = claim.again ? { front: true } : {};
    const slot = await this.#breaker.acquire({ bytes: claim.bytes, signal: claim.signal, timeoutMs, ...front }).catch((error) => {
      if (error instanceof BreakerError && error.reason === 'deadline') throw new RequestTimeout(limit, ms);
      throw error;
    });
    if (!claim.signal.aborted) return this.#lease(slot, claim);
    this.#breaker.release(slot);
    throw new BreakerError('aborted');
  }
}
