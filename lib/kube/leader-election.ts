import { type Lease, LeaseType, type Stored } from '../api';
import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../base';
import { type Cluster, ClusterError } from './cluster';

export interface LeaderElectionOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly namespace: string;
  /** Name of the Lease. */
  readonly name: string;
  /** Who we are: the pod's name. */
  readonly identity: string;
  /** After so long without a renewal others may take over, in milliseconds. @default 15000 */
  readonly leaseMs?: number;
  /** @default a third of it */
  readonly renewMs?: number;
  /**
   * Called with true once we lead, and with false once we do not any more. The lease is not given back before what it returns has
   * settled, so that nobody else begins while we have not ended.
   */
  readonly onChange: (leads: boolean) => unknown;
}

/** After a failure the next try comes after this part of the time between renewals. */
const RETRY_FRACTION = 1 / 5;

/** Kubernetes' MicroTime. */
const microTime = (ms: number): string => new Date(ms).toISOString().replace(/Z$/, '000Z');

/**
 * Lets one of several processes lead, by a Lease. Whoever leads stops by itself, two thirds of the lease after the last renewal that
 * was sent and carried out, so that no two ever lead at once, as long as their clocks run equally fast: how late it is anywhere is not compared. One write for each
 * renewal; on `stop` the lease is given back, and the next takes over at once.
 */
export class LeaderElection {
  readonly #leaseMs: number;
  readonly #renewMs: number;
  #seen: Stored<Lease> | undefined;
  /** When `#seen` came to look as it does, on our clock. */
  #seenAt = 0;
  #leads = false;
  /** Until when we lead, on the monotonic clock. */
  #leadsUntil = 0;
  /** Settles when the last change of who leads has been carried out. */
  #changed: unknown;
  #running = false;
  #next: Timer | undefined;
  /** Settles when the last renewal has. */
  #attempt: Promise<void> = Promise.resolve();
  #deadline: Timer | undefined;

  constructor(private readonly options: LeaderElectionOptions) {
    this.#leaseMs = options.leaseMs ?? 15_000;
    this.#renewMs = options.renewMs ?? this.#leaseMs / 3;
  }

  /** Goes by the clock: true is true also in a process that was held up and has not come to notice it. */
  get leads(): boolean {
    return this.#leads && this.options.clock.monotonic() < this.#leadsUntil;
  }

  start(): void {
    this.#running = true;
    this.#try();
  }

  /** Stops leading and, once `onChange` has been through with that, gives the lease back. */
  async stop(): Promise<void> {
    const led = this.#leads;
    this.#running = false;
    this.#next?.cancel();
    this.#setLeads(false);
    await this.#changed;
    // A renewal under way would be at odds with giving back.
    await Promise.race([this.#attempt, this.options.clock.sleep(this.#renewMs)]);
    if (!led || !this.#seen) return;
    // Whoever waits for it need not wait for the end of a lease that nobody renews.
    await this.#write({ holderIdentity: '', leaseDurationSeconds: 1 }).catch((error: unknown) =>
      this.options.log.warn('the lease could not be given back', { error: errorMessage(error) }),
    );
  }

  #try(): void {
    if (!this.#running) return;
    const { clock, executor, log } = this.options;
    this.#attempt = executor.track('leader election', async () => {
      const begin = clock.monotonic();
      let waitMs = this.#renewMs;
      try {
        if (await this.#holds()) this.#renewed(begin);
        else this.#setLeads(false);
      } catch (error) {
        if (!ClusterError.is(error, 'Conflict') && !ClusterError.is(error, 'AlreadyExists'))
          log.warn('leader election', { lease: this.options.name, error: errorMessage(error) });
        this.#seen = undefined;
        waitMs = this.#renewMs * RETRY_FRACTION;
      }
      if (this.#running) this.#next = clock.after(waitMs, () => this.#try());
    });
  }

  /** Renews the lease, takes it if it is free, or looks at it; resolves with whether it is ours now. */
  async #holds(): Promise<boolean> {
    const { cluster, namespace, name, identity, clock } = this.options;
    if (this.#leads && this.#seen?.spec?.holderIdentity === identity) {
      await this.#write({ renewTime: microTime(clock.now()) });
      return true;
    }
    const lease = await cluster.get(LeaseType, namespace, name);
    if (lease?.metadata.resourceVersion !== this.#seen?.metadata.resourceVersion) this.#seenAt = clock.monotonic();
    this.#seen = lease;
    const { holderIdentity: holder = '', leaseDurationSeconds = 0, leaseTransitions = 0 } = lease?.spec ?? {};
    const isFree = holder === '' || holder === identity || clock.monotonic() - this.#seenAt >= leaseDurationSeconds * 1000;
    if (!isFree) return false;
    const now = microTime(clock.now());
    const transitions = lease && holder !== identity ? leaseTransitions + 1 : leaseTransitions;
    await this.#write({
      holderIdentity: identity,
      leaseDurationSeconds: Math.ceil(this.#leaseMs / 1000),
      acquireTime: now,
      renewTime: now,
      leaseTransitions: transitions,
    });
    return true;
  }

  /** Refused with Conflict if somebody else has written meanwhile. A backlog of other writes must not cost the lease. */
  async #write(spec: Lease['spec']): Promise<void> {
    const { cluster, namespace, name } = this.options;
    if (this.#seen) {
      const next = { ...this.#seen, spec: { ...this.#seen.spec, ...spec } };
      this.#seen = await cluster.update(LeaseType, next, { urgent: true });
    } else {
      const metadata = { namespace, name };
      const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec: spec ?? {} };
      this.#seen = await cluster.create(LeaseType, lease, { urgent: true });
    }
  }

  #renewed(sentAt: number): void {
    const { clock } = this.options;
    if (!this.#running) return;
    this.#deadline?.cancel();
    this.#leadsUntil = sentAt + (this.#leaseMs * 2) / 3;
    const left = this.#leadsUntil - clock.monotonic();
    if (left > 0) this.#deadline = clock.after(left, () => this.#setLeads(false));
    this.#setLeads(left > 0);
  }

  #setLeads(leads: boolean): void {
    if (!leads) this.#deadline?.cancel();
    if (leads === this.#leads) return;
    this.#leads = leads;
    this.#changed = this.options.onChange(leads);
  }
}
