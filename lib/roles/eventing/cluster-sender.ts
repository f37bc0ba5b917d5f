import { Readable } from 'node:stream';
import type { Clock } from '../../base';
import {
  type Destination,
  type EventMessage,
  type Sender,
  type SendOptions,
  SinkRefusedError,
  type SinkResponse,
} from '../../eventing';
import type { Gateway, Outbound } from '../../gateway';
import { LOCAL_DOMAIN } from '../local-config';
import { headerMap } from './event-door';

const CLUSTER = /^[^.]+\.[^.]+\.svc(\.cluster\.local)?$/;
const API_SERVER = /^kubernetes\.default\.svc/;
/** How much of an answer is read, in bytes. */
const MAX_ANSWER = 2 ** 20;

export interface ClusterSenderOptions {
  readonly clock: Clock;
  readonly gateway: Pick<Gateway, 'handle'>;
  /** For hosts outside the cluster, and those inside that the gateway is not for. */
  readonly outside: Sender;
  /** Which of the cluster's URLs the gateway is for. @default all */
  readonly isInside?: (url: URL) => boolean;
  /** The name that a Service stands for, if it is one for a name (ExternalName). @default none is */
  readonly externalName?: (namespace: string, name: string) => string | undefined;
}

/** What the URL of a destination says; `visibility` undefined: it is outside of the cluster. */
interface Target {
  readonly url: URL | undefined;
  readonly visibility: 'internal' | 'external' | undefined;
}

/**
 * Sends to hosts of the cluster through the gateway of this process, so that services wake up, queue and have no more requests at once
 * than they take; to all others over the network.
 */
export class ClusterSender implements Sender {
  readonly #targets = new WeakMap<Destination, Target>();

  constructor(private readonly options: ClusterSenderOptions) {}

  async send(destination: Destination, message: EventMessage, options: SendOptions): Promise<SinkResponse> {
    const { url, visibility } = this.#targetOf(destination);
    if (!url || !visibility) return this.options.outside.send(destination, message, options);
    if (API_SERVER.test(url.hostname)) throw new SinkRefusedError(`${url.hostname} is the API server, and no place for events`);
    const elsewhere = this.#elsewhere(url);
    if (elsewhere) return this.options.outside.send({ ...destination, url: elsewhere }, message, options);
    if (this.options.isInside?.(url) === false) return this.options.outside.send(destination, message, options);
    return this.#send(url, visibility, message, options);
  }

  /** The URL of what a Service stands for outside of the cluster: there, addresses are checked. */
  #elsewhere(url: URL): string | undefined {
    const [name = '', namespace = ''] = url.hostname.split('.');
    const alias = CLUSTER.test(url.hostname) ? this.options.externalName?.(namespace, name) : undefined;
    if (alias === undefined) return undefined;
    const there = new URL(url);
    there.hostname = alias;
    // What is no host name leaves the URL as it was.
    if (there.hostname === url.hostname) throw new SinkRefusedError(`${url.hostname} stands for ${alias}, which is no host`);
    return visibilityOf(there) ? undefined : there.href;
  }

  #targetOf(destination: Destination): Target {
    const known = this.#targets.get(destination);
    if (known) return known;
    const url = URL.canParse(destination.url) ? new URL(destination.url) : undefined;
    const target = { url, visibility: url && visibilityOf(url) };
    this.#targets.set(destination, target);
    return target;
  }

  async #send(
    url: URL,
    visibility: 'internal' | 'external',
    { headers, body }: EventMessage,
    { timeoutMs, signal }: SendOptions,
  ): Promise<SinkResponse> {
    const { clock, gateway } = this.options;
    signal?.throwIfAborted();
    const aborting = new AbortController();
    const abort = () => aborting.abort(signal?.reason);
    signal?.addEventListener('abort', abort, { once: true });
    const timer =
      timeoutMs === undefined
        ? undefined
        : clock.after(timeoutMs, () => aborting.abort(new Error(`no answer within ${timeoutMs} ms`)));
    try {
      const answering = gateway.handle({
        method: 'POST',
        target: url.pathname + url.search,
        host: url.host,
        headers: [...Object.entries(headers).filter(passes).flat(), 'Content-Length', String(body.length)],
        body: Readable.from([body]),
        visibility,
        peer: { address: '127.0.0.1', trusted: true },
        signal: aborting.signal,
      });
      const answer = await orAborted(
        answering.then((outbound) => whole(outbound)),
        aborting.signal,
      );
      aborting.signal.throwIfAborted();
      return answer;
    } finally {
      timer?.cancel();
      signal?.removeEventListener('abort', abort);
    }
  }
}

function visibilityOf({ protocol, hostname }: URL): 'internal' | 'external' | undefined {
  if (protocol !== 'http:') return undefined;
  if (CLUSTER.test(hostname)) return 'internal';
  return hostname.endsWith(`.${LOCAL_DOMAIN}`) ? 'external' : undefined;
}

/** Whoever sends an event does not choose the revision that gets it. */
const passes = ([name]: [string, string]): boolean => !name.startsWith('knative-serving-');

async function whole({ status, headers, body }: Outbound): Promise<SinkResponse> {
  const fields = headerMap(headers);
  if (!(body instanceof Readable)) return { status, headers: fields, body: Buffer.from(body ?? []) };
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(Buffer.from(chunk));
    size += chunk.length;
    if (size > MAX_ANSWER)
      return { status, headers: fields, body: Buffer.concat(chunks).subarray(0, MAX_ANSWER), truncated: true };
  }
  return { status, headers: fields, body: Buffer.concat(chunks) };
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}
