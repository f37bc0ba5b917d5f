import type { Duplex, Readable } from 'node:stream';
import type { CancelSignal } from './cancellation';

/** Header fields in order, as they stood: name, value, name, value. The form of node:http's `rawHeaders`. */
export type RawHeaders = readonly string[];

/** Who may see a listener: `external` is the public one, `internal` serves cluster-local names too. */
export type Visibility = 'external' | 'internal';

/** Whoever has sent a request: the client, or a proxy in front of us. */
export interface Peer {
  readonly address: string;
  /** Its forwarding headers are believed: from whom a request has come, and by which scheme. */
  readonly trusted: boolean;
  /** It is an ingress in front of this one: the headers by which it names a revision are believed, too. @default false */
  readonly outer?: boolean;
}

/** One request as a front hands it to the gateway, whatever protocol it came by. */
export interface Inbound {
  readonly method: string;
  /** Path and query as they stood on the request line: `/a?b=c`. */
  readonly target: string;
  /** The host that was asked for; a port is ignored. */
  readonly host: string;
  readonly headers: RawHeaders;
  /** The body, not yet read, or null where the message has none. */
  readonly body: Readable | null;
  /** All of the body, where it has come already; whoever takes this leaves `body` alone. */
  readonly whole?: Buffer;
  readonly visibility: Visibility;
  /** @default 'http' */
  readonly scheme?: 'http' | 'https';
  readonly peer: Peer;
  /** Aborts when the client has gone. */
  readonly signal: CancelSignal;
  /** Set where the client waits for leave to send its body (`Expect: 100-continue`); called once a pod is there to read it. */
  readonly sendContinue?: () => void;
}

/** The answer to a request. */
export interface Outbound {
  readonly status: number;
  readonly headers: RawHeaders;
  /** A whole small body, a stream, or null. A stream that is not read to its end must be destroyed. */
  readonly body: Readable | Uint8Array | null;
  /** Trailers, known once `body` has ended. */
  trailers?(): RawHeaders | undefined;
}

/** The client's side of an upgrade: its socket and what it had already sent after the head. */
export interface UpgradeSocket {
  readonly socket: Duplex;
  readonly head: Uint8Array;
}
