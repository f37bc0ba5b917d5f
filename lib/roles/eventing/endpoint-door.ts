import { Readable } from 'node:stream';
import type { EndpointRequest, EndpointResponse } from '../../eventing';
import type { Inbound, InnerHosts, Outbound } from '../../gateway';
import { headerMap } from './event-door';

type Handler = (request: EndpointRequest) => Promise<EndpointResponse>;

/** Names of the Services of what is not known yet when a process begins. */
const COMING = /^knative-eventing\/(?:job-sink|request-reply)$|-jsonata$/;
/** How long senders are told to wait while endpoints are opened, in seconds. */
const STARTING_SECONDS = 1;

const SERVICE = /^([^.]+)\.([^.]+)(?:\.svc(?:\.cluster\.local)?|\.127\.0\.0\.1\.sslip\.io|\.localhost)$/;

/** Where things are that take events and are neither broker nor channel: by the Services whose names they have in a cluster. */
export class EndpointDoor {
  readonly #handlers = new Map<string, Handler>();
  /** Services that are known, and whose handlers are being made. */
  readonly #awaited = new Set<string>();
  /** All that are there are known: until then, one that is not may come yet. */
  #settled = false;

  /** For the gateway. */
  readonly inner: InnerHosts = (host) => {
    const [, service, namespace] = SERVICE.exec(host) ?? [];
    const name = `${namespace}/${service}`;
    const handler = this.#handlers.get(name);
    if (this.#awaited.has(name) || (!this.#settled && COMING.test(name))) return starting;
    return handler && ((inbound) => answered(handler, inbound));
  };

  /** From now on, what is not known is not there. */
  settle(): void {
    this.#settled = true;
  }

  /** Senders are told to try again until a handler is set, or it turns out that there is none. */
  await(namespace: string, service: string, on: boolean): void {
    if (on) this.#awaited.add(`${namespace}/${service}`);
    else this.#awaited.delete(`${namespace}/${service}`);
  }

  has(namespace: string, service: string): boolean {
    return this.#handlers.has(`${namespace}/${service}`);
  }

  /** @param handler undefined: there is none any more */
  set(namespace: string, service: string, handler: Handler | undefined): void {
    if (handler) this.#handlers.set(`${namespace}/${service}`, handler);
    else this.#handlers.delete(`${namespace}/${service}`);
  }
}

async function starting({ body }: Inbound): Promise<Outbound> {
  // What is not taken is not read.
  body?.destroy();
  const headers = ['Content-Type', 'text/plain; charset=utf-8', 'Retry-After', String(STARTING_SECONDS)];
  return { status: 503, headers, body: Buffer.from('what takes events here is being opened: try again\n') };
}

async function answered(handler: Handler, inbound: Inbound): Promise<Outbound> {
  const { method, target, host, whole } = inbound;
  const gone = new AbortController();
  const { signal } = gone;
  if (inbound.signal.aborted) gone.abort(inbound.signal.reason);
  else inbound.signal.addEventListener('abort', () => gone.abort(inbound.signal.reason), { once: true });
  inbound.sendContinue?.();
  const body = whole ? Readable.from([whole]) : (inbound.body ?? Readable.from([]));
  const headers = { ...headerMap(inbound.headers), host };
  const answer = await handler({ method, target, headers, from: inbound.peer.address, body, signal });
  // What was not read of a body that was refused is not wanted.
  body.destroy();
  return { status: answer.status, headers: Object.entries(answer.headers).flat(), body: answer.body };
}
