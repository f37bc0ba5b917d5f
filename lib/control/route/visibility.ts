import { domainFor, type K8sService, labels, type Route, type ServingConfig, type Stored } from '../../api';
import { hostnameOf } from './domains';

/** From where a host can be reached. */
export type Visibility = 'ExternalIP' | 'ClusterLocal';

/** Tags of a route; the empty one is the route itself. */
export function tagsOf(route: Route): string[] {
  return [...new Set(['', ...(route.spec.traffic ?? []).map(({ tag = '' }) => tag)])].sort();
}

/** Visibility of each tag: the lower one of what the route's domain says and what the label on the tag's Service says. */
export function visibilities(
  route: Stored<Route>,
  services: readonly Stored<K8sService>[],
  config: ServingConfig,
): ReadonlyMap<string, Visibility> {
  const { name, labels: own } = route.metadata;
  const local = domainFor(config.domain, own) === `svc.${config.domain.clusterDomain}`;
  const hidden = new Set(services.filter((s) => s.metadata.labels?.[labels.visibility]).map((s) => s.metadata.name));
  return new Map(
    tagsOf(route).map((tag) => [tag, local || hidden.has(hostnameOf(name, tag, config)) ? 'ClusterLocal' : 'ExternalIP']),
  );
}
