import { type Broker, type DomainMapping, type KubeObject, type Route, type Service, TriggerType } from '../../api';
import { World } from '../why/world';
import type { Reachable } from './dev-events';

/** The domain of hosts that resolve to this machine by a public DNS server, and the one that needs none. */
const SSLIP = '.127.0.0.1.sslip.io';
const LOCALHOST = '.localhost';
/** What the hosts of services end in that are visible inside the cluster alone. */
const INTERNAL = /\.svc\.cluster\.local$/;

const hostOf = (url: string | undefined): string | undefined => (url === undefined ? undefined : new URL(url).hostname);

/** A URL for this host at the gateway: by a `.localhost` name where there is one, else the gateway's own. */
export function localUrl(host: string, gateway: string): string {
  if (!host.endsWith(SSLIP)) return gateway;
  const url = new URL(gateway);
  url.hostname = host.slice(0, -SSLIP.length) + LOCALHOST;
  return url.href.replace(/\/$/, '');
}

/** A route's URL with the port at which the gateway really listens; as it is where it does not lead to this machine. */
export function clickableUrl(url: string, gateway: string): string {
  const host = hostOf(url) ?? '';
  return host.endsWith(SSLIP) ? localUrl(host, gateway) : url;
}

/** A URL for a mapped domain at the gateway, which answers to it under `.localhost` too. */
export function mappedUrl(domain: string, gateway: string): string {
  const url = new URL(gateway);
  url.hostname = domain.endsWith(LOCALHOST) ? domain : domain + LOCALHOST;
  return url.href.replace(/\/$/, '');
}

function reachableDomain({ kind, metadata }: DomainMapping, gateway: string): Reachable {
  const { name: host = '', namespace = '' } = metadata;
  return { kind, name: host, namespace, url: mappedUrl(host, gateway), internal: false, host, tags: {} };
}

/** Under this name the gateway takes events for brokers, whose path is `/NAMESPACE/NAME`. */
const BROKERS = 'broker-ingress.knative-eventing';

function reachableBroker({ kind, metadata }: Broker, gateway: string, world: World): Reachable {
  const { name = '', namespace = '' } = metadata;
  const host = BROKERS + SSLIP;
  const triggers = world
    .all(TriggerType)
    .filter((one) => one.metadata.namespace === namespace && (one.spec.broker ?? one.spec.brokerRef?.name) === name);
  return {
    ...{ kind, name, namespace, url: `${localUrl(host, gateway)}/${namespace}/${name}`, internal: false, host, tags: {} },
    triggers: Object.fromEntries(triggers.map((one) => [one.metadata.name ?? '', one.status?.subscriberUri ?? ''])),
  };
}

/** What takes events under a name that it has inside the cluster, which the gateway answers to under `.localhost`, too. */
const TAKES_EVENTS = new Set(['Channel', 'EventTransform', 'InMemoryChannel', 'JobSink', 'Parallel', 'RequestReply', 'Sequence']);

function reachableEndpoint({ kind, metadata, status }: KubeObject, gateway: string): Reachable | undefined {
  const { name = '', namespace = '' } = metadata;
  const { address } = (status ?? {}) as { readonly address?: { readonly url?: string } };
  if (!address?.url) return undefined;
  const { hostname, pathname } = new URL(address.url);
  const host = hostname.replace(INTERNAL, SSLIP);
  const url = localUrl(host, gateway) + (pathname === '/' ? '' : pathname);
  return { kind, name, namespace, url, internal: false, host, tags: {}, takesEvents: true };
}

/** A source is not reached; where it sends and when is worth knowing. */
function sourceOf({ kind, metadata, spec, status }: KubeObject): Reachable | undefined {
  const { name = '', namespace = '' } = metadata;
  const { sinkUri } = (status ?? {}) as { readonly sinkUri?: string };
  if (!sinkUri) return undefined;
  const { schedule } = (spec ?? {}) as { readonly schedule?: string };
  return { kind, name, namespace, url: sinkUri, internal: true, host: '', tags: {}, sends: schedule ? { schedule } : {} };
}

/** How something ready is reached that takes requests or events from outside, or where a source sends; undefined for other kinds. */
export function reachable(object: KubeObject, gateway: string, world: World = new World([], 0)): Reachable | undefined {
  if (object.kind === 'Broker') return reachableBroker(object as Broker, gateway, world);
  if (object.apiVersion.startsWith('sources.knative.dev/')) return sourceOf(object);
  if (TAKES_EVENTS.has(object.kind)) return reachableEndpoint(object, gateway);
  if (object.kind === 'DomainMapping') return reachableDomain(object as DomainMapping, gateway);
  const { kind, metadata, status } = object as Service | Route;
  const host = hostOf(status?.url);
  if (host === undefined || (kind !== 'Service' && kind !== 'Route')) return undefined;
  const tags = (status?.traffic ?? []).flatMap(({ tag, url }) => (tag && url ? [[tag, hostOf(url)!] as const] : []));
  return {
    kind,
    name: metadata.name ?? '',
    namespace: metadata.namespace ?? '',
    url: INTERNAL.test(host) ? `http://${host}` : localUrl(host, gateway),
    internal: INTERNAL.test(host),
    host,
    tags: Object.fromEntries(tags),
  };
}
