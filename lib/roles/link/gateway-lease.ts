import { INSTALLATION, LeaseType } from '../../api';
import type { Clock, Executor, Timer } from '../../base';
import type { Ownership } from '../../gateway';
import type { Cluster } from '../../kube';

/** How long a gateway has its pods from when it asked, in milliseconds; the leader keeps its word for three times as long. */
const LEASE_MS = 10_000;
/** How often it is looked whether somebody leads who does not hear of us, in milliseconds: leaders renew their lease every 5 s. */
const LOOK_MS = 4000;

export interface GatewayLeaseOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly ownership: Ownership;
}

/**
 * Gives up what this gateway owns when others may take it: when its leader does not answer any more and the cluster's lease shows that
 * somebody leads all the same. Where nobody leads, or the API server is gone, too, nobody can take anything, and all goes on.
 */
export class GatewayLease {
  readonly #asked = new Map<number, number>();
  #seq = 0;
  #until: Timer | undefined;
  #look: Timer | undefined;
  /** The version of the cluster's lease when it was looked at last. */
  #seen: string | undefined;
  /** How often the leader has answered: what was looked at before it did says nothing any more. */
  #renewals = 0;
  #stopped = false;

  constructor(private readonly options: GatewayLeaseOptions) {}

  stop(): void {
    this.#stopped = true;
    this.#until?.cancel();
    this.#look?.cancel();
  }

  /** Number of the next request to be renewed. */
  ask(): number {
    const { clock } = this.options;
    const now = clock.monotonic();
    for (const [seq, at] of this.#asked) if (at < now - LEASE_MS) this.#asked.delete(seq);
    this.#asked.set(++this.#seq, now);
    return this.#seq;
  }

  /** The leader has answered. */
  renewed(seq: number): void {
    const at = this.#asked.get(seq);
    if (at === undefined || this.#stopped) return;
    const { clock } = this.options;
    const left = at + LEASE_MS - clock.monotonic();
    if (left <= 0) return;
    this.#until?.cancel();
    this.#look?.cancel();
    this.#seen = undefined;
    this.#renewals++;
    this.#until = clock.after(left, () => this.#ended());
  }

  #ended(): void {
    const { executor } = this.options;
    const renewals = this.#renewals;
    executor.run('lease of the gateway', async () => {
      const version = await this.#leaseVersion();
      if (this.#stopped || renewals !== this.#renewals) return;
      if (version !== undefined && this.#seen !== undefined && version !== this.#seen) this.options.ownership.fence();
      this.#seen = version ?? this.#seen;
    });
    this.#look = this.options.clock.after(LOOK_MS, () => this.#ended());
  }

  /** Undefined if nobody has it, or that cannot be found out. */
  async #leaseVersion(): Promise<string | undefined> {
    try {
      const lease = await this.options.cluster.get(LeaseType, INSTALLATION.servingNamespace, INSTALLATION.lease);
      return lease?.spec?.holderIdentity ? lease.metadata.resourceVersion : undefined;
    } catch {
      return undefined;
    }
  }
}
