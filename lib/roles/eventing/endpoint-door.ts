import { Readable } from 'node:stream';
import type { EndpointRequest, EndpointResponse } from '../../eventing';
import type { Inbound, InnerHosts, Outbound } from '../../gateway';
import { headerMap } from './event-door';

type Handler = (request: EndpointRequest) => Promise<EndpointResponse>;

const SERVICE = /^([^.]+)\.([^.]+)(?:\.svc(?:\.cluster\.local)?|\.127\.0\.0\.1\.sslip\.io|\.localhost)$/;

/** Where things are that take events and are neither broker nor channel: by the Services whose names they have in a cluster. */
export class EndpointDoor {
  readonly #handlers = new Map<string, Handler>();

  /** For the gateway. */
  readonly inner: InnerHosts = (host) => {
    const [, service, namespace] = SERVICE.exec(host) ?? [];
    const handler = this.#handlers.get(`${namespace}/${service}`);
    return handler && ((inbound) => answered(handler, inbound));
  };

  /** @param handler undefined: there is none any more */
  set(namespace: string, service: string, handler: Handler | undefined): void {
    if (handler) this.#handlers.set(`${namespace}/${service}`, handler);
    else this.#handlers.delete(`${namespace}/${service}`);
  }
}

async function answered(handler: Handler, inbound: Inbound): Promise<Outbound> {
  const { method, target, host, whole } = inbound;
  const gone = new AbortController();
  const { signal } = gone;
  if (inbound.signal.aborted) gone.abort(inbound.signal.reason);
  else inbound.signal.addEventListener('abort', () => gone.abort(inbound.signal.reason), { once: true });
  inbound.sendContinue?.();
  const body = whole ? Readable.from([whole]) : (inbound.body ?? Readable.from([]));
  const answer = await handler({ method, target, headers: { ...headerMap(inbound.headers), host }, body, signal });
  // What was not read of a body that was refused is not wanted.
  body.destroy();
  return { status: answer.status, headers: Object.entries(answer.headers).flat(), body: answer.body };
}
