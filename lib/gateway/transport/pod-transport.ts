import type { Duplex, Readable } from 'node:stream';
import type { CancelSignal } from '../cancellation';
import type { RawHeaders } from '../message';

/** Where a pod listens and what it speaks. */
export interface PodTarget {
  readonly host: string;
  readonly port: number;
  /** `h2c` is HTTP/2 without TLS from the first byte. */
  readonly protocol: 'http1' | 'h2c';
}

/** A request as it goes to a pod: end-to-end headers only, Host among them. */
export interface PodRequest {
  readonly method: string;
  readonly target: string;
  readonly headers: RawHeaders;
  readonly body: Readable | null;
}

/** A pod's answer. A body that came whole with the head is bytes; anything else is a stream. */
export interface PodResponse {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Readable | Uint8Array | null;
  trailers?(): RawHeaders | undefined;
}

/** The answer to a request to change protocols: the pod's socket, or an ordinary response if it refused. */
export type UpgradeResponse =
  | { readonly upgraded: true; readonly headers: RawHeaders; readonly socket: Duplex; readonly head: Uint8Array }
  | { readonly upgraded: false; readonly response: PodResponse };

/** How to ask a pod whether it can serve. */
export type PodProbe = { readonly kind: 'tcp' } | { readonly kind: 'http'; readonly path: string; readonly headers: RawHeaders };

/** A request that came to no answer. */
export class TransportError extends Error {
  /**
   * @param phase `before-write`: no byte left this process, the request can go elsewhere; `after-write`: the pod may have it;
   *   `invalid`: it cannot be sent to any pod.
   * @param stale after the write, on a connection that had been idle, at once and without a byte of an answer: most likely
   *   the pod had closed the connection as we took it.
   */
  constructor(
    readonly phase: 'before-write' | 'after-write' | 'invalid',
    message: string,
    readonly stale = false,
  ) {
    super(message);
    this.name = 'TransportError';
  }
}

/** How requests get to pods. The only part of the gateway that touches a pod's socket. */
export interface PodTransport {
  /** Resolves with the head of the answer. Rejects with TransportError, or with the signal's reason once it aborts. */
  send(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<PodResponse>;
  /** As `send`, for a request with an Upgrade header. */
  upgrade(target: PodTarget, request: PodRequest, signal: CancelSignal): Promise<UpgradeResponse>;
  /** True if the pod answered in time and well. Never rejects. */
  probe(target: PodTarget, probe: PodProbe, timeoutMs: number): Promise<boolean>;
  /** No more requests will come for this target: idle connections are closed, busy ones when they are done. */
  retire(target: PodTarget): void;
  /** Closes everything. */
  close(): Promise<void>;
}

/** Identifies a target among all. */
export function targetKey(target: PodTarget): string {
  return `${target.protocol}://${target.host}:${target.port}`;
}
