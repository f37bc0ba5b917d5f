import type { IncomingHttpHeaders } from 'node:http';
import type { EventMessage } from '../cloud-event';

/** Where events are sent. */
export interface Destination {
  /** Absolute, http or https. */
  readonly url: string;
  /** Certificates that its server may be recognised by, in PEM, beyond those that this process trusts. */
  readonly caCerts?: string;
  /** For whom a token is made that goes along, if there is an `identity`. */
  readonly audience?: string;
  /** The service account as which events are sent there, as `NAMESPACE/NAME`. */
  readonly identity?: string;
}

export interface SendOptions {
  /** Rejects when that long has passed. @default no limit */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** The whole answer of a receiver; a body beyond the sender's limit is cut and `truncated` is set. */
export interface SinkResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  readonly truncated?: boolean;
}

/** How messages leave this process. */
export interface Sender {
  /** POSTs a message. Rejects if no answer came, with why. */
  send(destination: Destination, message: EventMessage, options: SendOptions): Promise<SinkResponse>;
}
