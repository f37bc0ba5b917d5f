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

/** How a ready Service, Route, DomainMapping or Broker is reached, or undefined for other kinds. */
export function reachable(object: KubeObject, gateway: string, world: World = new World([], 0)): Reachable | undefined {
  if (object.kind === 'Broker') return reachableBroker(object as Broker, gateway, world);
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
