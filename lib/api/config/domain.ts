import { CLUSTER_LOCAL, labels } from '../keys';

/** One domain of config-domain. */
export interface DomainRule {
  /** Labels that a route must have to get this domain; none: every route. */
  readonly selector: Readonly<Record<string, string>>;
  /** `wildcard` if one certificate covers a namespace. */
  readonly type: string;
}

/** config-domain, and the domain of the cluster itself. */
export interface DomainConfig {
  readonly domains: Readonly<Record<string, DomainRule>>;
  /** What names inside the cluster end in. */
  readonly clusterDomain: string;
}

export const DEFAULT_CLUSTER_DOMAIN = 'cluster.local';

/** Upstream's defaults of config-domain: everything stays in the cluster. */
export const defaultDomainConfig: DomainConfig = {
  domains: { [`svc.${DEFAULT_CLUSTER_DOMAIN}`]: { selector: {}, type: 'wildcard' } },
  clusterDomain: DEFAULT_CLUSTER_DOMAIN,
};

/** The domain of a route with these labels: the most specific selector wins, then the first name in the alphabet. */
export function domainFor(config: DomainConfig, routeLabels: Readonly<Record<string, string>> = {}): string {
  if (routeLabels[labels.visibility] === CLUSTER_LOCAL) return `svc.${config.clusterDomain}`;
  const specificity = (domain: string) => Object.keys(config.domains[domain]!.selector).length;
  const matching = Object.keys(config.domains).filter((domain) =>
    Object.entries(config.domains[domain]!.selector).every(([key, value]) => routeLabels[key] === value),
  );
  return matching.sort((a, b) => specificity(b) - specificity(a) || (a < b ? -1 : 1))[0] ?? '';
}
