import type { Backend, Claim, Lease, Timeouts } from './backend';
import { Breaker, BreakerError, type BreakerOptions, type Slot } from './breaker';
import { type PodTarget, type PodTransport, targetKey } from './transport';

interface EndpointSlot extends Slot {
  readonly target: PodTarget;
  /** Not drawn again before this time, on the clock's monotonic scale. */
  avoidUntil: number;
}

/** How long an endpoint that refused a connection is left alone, if there are others. */
const AVOID_MS = 1000;

/** A plain Kubernetes Service: its ready endpoints, no queue and no limits of its own. */
export class ServiceBackend implements Backend {
  readonly kind = 'service';
  readonly title: string;
  readonly labels: Backend['labels'];
  readonly timeouts: Timeouts = { total: 0, responseStart: 0, idle: 0 };
  readonly #breaker: Breaker<EndpointSlot>;
  #slots: readonly EndpointSlot[] = [];
  #locating: Promise<void> | undefined;

  constructor(
    readonly namespace: string,
    readonly name: string,
    readonly port: number | string,
    private readonly deps: Pick<BreakerOptions, 'clock' | 'random'> & { readonly transport: PodTransport },
  ) {
    this.title = `service ${namespace}/${name}`;
    this.labels = { namespace, revision: '' };
    this.#breaker = new Breaker({ ...deps, concurrency: 0 });
  }

  /** The endpoints from now on; those known before keep what is inside them. */
  setTargets(targets: readonly PodTarget[]): void {
    const before = new Map(this.#slots.map((slot) => [targetKey(slot.target), slot]));
    this.#slots = targets.map((target) => {
      const key = targetKey(target);
      const known = before.get(key);
      before.delete(key);
      return known ?? { target, inFlight: 0, avoidUntil: 0 };
    });
    for (const { target } of before.values()) this.deps.transport.retire(target);
    this.#breaker.setSlots(this.#slots);
  }

  /** Requests that find no endpoint wait for this search before they give up. */
  locating(search: Promise<void>): void {
    this.#locating = search;
  }

  enter(): void {
    // Nobody scales a plain Service by what goes through here.
  }

  leave(): void {}

  async acquire(claim: Claim): Promise<Lease> {
    if (this.#slots.length === 0) await this.#locating;
    if (claim.signal.aborted) throw new BreakerError('aborted');
    const now = this.deps.clock.monotonic();
    if (this.#slots.some(({ avoidUntil }) => avoidUntil > 0)) {
      const fit = this.#slots.filter(({ avoidUntil }) => avoidUntil <= now);
      this.#breaker.setSlots(fit.length > 0 ? fit : this.#slots);
    }
    const slot = this.#breaker.tryAcquire();
    if (!slot) throw new BreakerError('no-endpoint');
    return {
      target: slot.target,
      startMs: 0,
      probeMs: 0,
      cold: false,
      release: () => this.#breaker.release(slot),
      unreachable: () => {
        slot.avoidUntil = this.deps.clock.monotonic() + AVOID_MS;
      },
    };
  }

  trouble(): string | undefined {
    return this.#slots.length === 0 ? 'it has no ready endpoint' : undefined;
  }
}
