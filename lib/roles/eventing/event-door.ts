import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { EventIngress, type HubDirectory, type IngressGate, type IngressResponse } from '../../eventing';
import type { Inbound, InnerHosts, Outbound } from '../../gateway';
import type { HubRegistry } from './hub-registry';

/** A Service in any of the forms in which clients name it: pods of the cluster may leave out its end. */
const SERVICE = /^([^.]+)\.([^.]+)(?:\.svc(?:\.cluster\.local)?|\.127\.0\.0\.1\.sslip\.io|\.localhost)?$/;
const NAMESPACE = 'knative-eventing';
const INGRESS = 'broker-ingress';
const DISPATCHER = 'imc-dispatcher';
const PATH = /^\/([^/]+)\/([^/]+)\/?$/;
const NOTHING = Buffer.alloc(0);
/** By which the Services of channels are known before the channels are. */
const CHANNEL = /-kn-channel$/;
const MAX_HOSTS = 1000;
const LONGEST_HOST = 255;

/** Empty: none. */
interface Service {
  readonly service: string;
  readonly namespace: string;
}

/** The host of the broker ingress in the cluster; the path is `/NAMESPACE/BROKER`. */
export const BROKER_HOST = `${INGRESS}.${NAMESPACE}.svc.cluster.local`;

/** Where brokers and channels are: by the hosts that they have in a cluster, which lead to this process. */
export class EventDoor implements HubDirectory {
  readonly #ingress: EventIngress;
  /** By `NAMESPACE/SERVICE`, the names of hubs. */
  readonly #channels = new Map<string, string>();
  readonly #services = new Map<string, Service>();
  /** Most answers are the very same one. */
  #last: { readonly answer: IngressResponse; readonly outbound: Outbound } | undefined;

  constructor(
    private readonly hubs: Pick<HubRegistry, 'get'>,
    gate?: IngressGate,
    /** Whether those that are there are known: until then, one that is not may come yet. */
    private readonly settled: () => boolean = () => true,
  ) {
    this.#ingress = new EventIngress({ hubs: this, ...(gate ? { gate } : {}) });
  }

  /** For the gateway: which requests are for brokers and channels. */
  readonly inner: InnerHosts = (host, path) => {
    if (this.find(host, path) === 'none' && !isOurs(host)) return undefined;
    return (inbound) => this.#answer(inbound);
  };

  find(host: string, path: string): ReturnType<HubDirectory['find']> {
    const { service, namespace } = this.#serviceOf(host);
    if (namespace === NAMESPACE && (service === INGRESS || service === DISPATCHER)) {
      const [, owner, name] = PATH.exec(path) ?? [];
      if (owner === undefined || name === undefined) return 'none';
      return (
        this.hubs.get(`${service === INGRESS ? 'broker' : 'channel'}/${owner}/${name}`) ??
        (this.settled() ? 'unknown' : 'starting')
      );
    }
    const channel = this.#channels.get(`${namespace}/${service}`);
    return (channel !== undefined && this.hubs.get(channel)) || (!this.settled() && CHANNEL.test(service) ? 'starting' : 'none');
  }

  /** The Service that a host names; read once for each of the hosts of late, since every event is asked for its own twice. */
  #serviceOf(host: string): Service {
    const known = this.#services.get(host);
    if (known) return known;
    const [, service = '', namespace = ''] = SERVICE.exec(host.replace(/:\d+$/, '').toLowerCase()) ?? [];
    if (this.#services.size >= MAX_HOSTS) this.#services.clear();
    if (host.length <= LONGEST_HOST) this.#services.set(host, { service, namespace });
    return { service, namespace };
  }

  /** A channel is reached by the name of a Service. @param hub undefined: it is not any more */
  setChannel(namespace: string, service: string, hub: string | undefined): void {
    if (hub === undefined) this.#channels.delete(`${namespace}/${service}`);
    else this.#channels.set(`${namespace}/${service}`, hub);
  }

  async #answer(inbound: Inbound): Promise<Outbound> {
    const { method, target, host, whole, body, sendContinue } = inbound;
    const headers = headerMap(inbound.headers);
    headers.host = host;
    const source = whole ?? (body && sendContinue ? onceAsked(body, sendContinue) : body) ?? NOTHING;
    const answer = await this.#ingress.handle({ method, target, headers, from: inbound.peer.address, body: source });
    // What was not read of a body that was refused is not wanted.
    if (!whole) body?.destroy();
    if (this.#last?.answer !== answer) this.#last = { answer, outbound: outboundOf(answer) };
    return this.#last.outbound;
  }
}

function outboundOf({ status, headers, body }: IngressResponse): Outbound {
  return { status, headers: Object.entries(headers).flat(), body: body === '' ? NOTHING : Buffer.from(body) };
}

function isOurs(host: string): boolean {
  const [, service, namespace] = SERVICE.exec(host) ?? [];
  return namespace === NAMESPACE && (service === INGRESS || service === DISPATCHER);
}

/** The body of a client that sends it when it is told to: not if the event is refused by its head. */
async function* onceAsked(body: Readable, sendContinue: () => void): AsyncGenerator<Uint8Array> {
  sendContinue();
  yield* body as AsyncIterable<Uint8Array>;
}

/** Fields by their lower-case names; of those that stand there several times all values, of attributes as a list. */
export function headerMap(raw: readonly string[]): IncomingHttpHeaders {
  const map: IncomingHttpHeaders = {};
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i]!.toLowerCase();
    const before = map[name];
    if (before === undefined) map[name] = raw[i + 1]!;
    else map[name] = name.startsWith('ce-') ? [before, raw[i + 1]!].flat() : `${before}, ${raw[i + 1]!}`;
  }
  return map;
}
