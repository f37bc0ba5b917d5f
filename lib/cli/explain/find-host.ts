import { DomainMappingType, type KubeObject, nearest, type Route, RouteType } from '../../api';
import { KncError } from '../../base';
import type { Cluster } from '../../kube';
import { serves } from './serves';

/** Who answers at a host. */
export interface HostOwner {
  readonly object: KubeObject;
  /** The traffic tag that the host belongs to. */
  readonly tag?: string;
}

const SSLIP = '.127.0.0.1.sslip.io';
const LOCALHOST = '.localhost';

const hostOf = (url: string | undefined): string[] => (url === undefined || !URL.canParse(url) ? [] : [new URL(url).hostname]);

/** The names under which knc dev serves a host beside its own. */
const spellings = (host: string): string[] => (host.endsWith(SSLIP) ? [host, host.slice(0, -SSLIP.length) + LOCALHOST] : [host]);

function hostsOf(route: Route): readonly (readonly [string, string | undefined])[] {
  const own = [...hostOf(route.status?.url), ...hostOf(route.status?.address?.url)].map((host) => [host, undefined] as const);
  const tagged = (route.status?.traffic ?? []).flatMap(({ tag, url }) => hostOf(url).map((host) => [host, tag] as const));
  return [...own, ...tagged].flatMap(([host, tag]) => spellings(host).map((spelling) => [spelling, tag] as const));
}

/** The Route or DomainMapping of any namespace that answers at this host. @throws KncError KNC4013 if there is none */
export async function findHost(cluster: Cluster, host: string): Promise<HostOwner> {
  const [routes, domains] = await Promise.all([serves(cluster, RouteType, {}), serves(cluster, DomainMappingType, {})]);
  const owners = new Map<string, HostOwner>();
  for (const domain of domains) {
    for (const name of [domain.metadata.name, domain.metadata.name + LOCALHOST]) owners.set(name, { object: domain });
  }
  for (const route of routes) {
    for (const [name, tag] of hostsOf(route as Route)) owners.set(name, { object: route, ...(tag ? { tag } : {}) });
  }
  const found = owners.get(host);
  if (found) return found;
  const meant = nearest(host, [...owners.keys()]);
  throw new KncError('KNC4013', `No route answers at ${host}`, {
    remedy: meant ? `Did you mean ${meant}?` : 'See the hosts of all routes with `kubectl get routes -A`.',
  });
}
