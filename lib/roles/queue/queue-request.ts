import type { Clock } from '../../base';
import type { Backend, Claim, Lease, Timeouts } from '../../gateway/backend';
import type { QueueBackend } from './queue-backend';

/** The user's container for one request; it measures for how long that is inside. */
export class QueueRequest implements Backend {
  readonly kind = 'revision';
  readonly title: string;
  readonly labels: Backend['labels'];
  readonly timeouts: Timeouts;
  #admittedAt: number | undefined;
  #insideMs: number | undefined;
  #status: number | undefined;

  /** @param onEnd told once of a request that was let in and has been answered to its end */
  constructor(
    private readonly backend: QueueBackend,
    private readonly clock: Clock,
    private readonly onEnd: (status: number, insideMs: number) => void,
  ) {
    this.title = backend.title;
    this.labels = backend.labels;
    this.timeouts = backend.timeouts;
  }

  enter(): void {
    this.backend.enter();
  }

  leave(): void {
    this.backend.leave();
    if (this.#admittedAt !== undefined) this.#insideMs = this.clock.monotonic() - this.#admittedAt;
    this.#tell();
  }

  /** The head of its answer is known. */
  answered(status: number): void {
    this.#status = status;
    this.#tell();
  }

  acquire(claim: Claim): Lease | Promise<Lease> {
    const lease = this.backend.acquire(claim);
    return lease instanceof Promise ? lease.then((one) => this.#admitted(one)) : this.#admitted(lease);
  }

  trouble(): string | undefined {
    return undefined;
  }

  #admitted(lease: Lease): Lease {
    this.#admittedAt ??= this.clock.monotonic();
    return lease;
  }

  #tell(): void {
    if (this.#status !== undefined && this.#insideMs !== undefined) this.onEnd(this.#status, this.#insideMs);
  }
}
