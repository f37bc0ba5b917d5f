import type { CancelSignal } from './cancellation';
import type { RawHeaders } from './message';
import type { PodTarget } from './transport';

/** A request that wants a place in a pod. */
export interface Claim {
  readonly signal: CancelSignal;
  /** Bytes that it holds while it waits. */
  readonly bytes: number;
  /** It had a pod before, and lost it before anything was written. */
  readonly again?: boolean;
  /** When it came, on the clock's monotonic scale. */
  readonly arrivedAt: number;
}

/** A place in a pod. */
export interface Lease {
  readonly target: PodTarget;
  /** Fields that the request brings there beside its own. */
  readonly headers?: RawHeaders;
  /** Milliseconds from arrival until the pod had an address and from then until it answered a probe; 0 for a pod that was ready. */
  readonly startMs: number;
  readonly probeMs: number;
  readonly cold: boolean;
  /** From when time limits count, on the clock's monotonic scale. @default when the request is sent */
  readonly limitsFrom?: number;
  /** The request has left the pod. Call once. */
  release(): void;
  /** The pod could not be reached: it gets no requests until it answers a probe again. */
  unreachable(): void;
}

/** Time limits of requests, in milliseconds; 0 means none. Meanings as in a Revision's spec. */
export interface Timeouts {
  readonly total: number;
  readonly responseStart: number;
  readonly idle: number;
}

/** What a split points to. */
export interface Backend {
  /** As people call it: `revision default/hello-00001`. */
  readonly title: string;
  readonly labels: { readonly namespace: string; readonly revision: string };
  readonly kind: 'revision' | 'service';
  readonly timeouts: Timeouts;
  /** Counts a request in. */
  enter(): void;
  /** The request has left the gateway. */
  leave(): void;
  /** A place, at once if there is one. Throws or rejects with BreakerError, CannotStartError or RequestTimeout. */
  acquire(claim: Claim): Lease | Promise<Lease>;
  /** Why there may be no pod, in a few words, or undefined if nothing is known. */
  trouble(): string | undefined;
}
