import { isJsonObject } from '../../base';
import { CLUSTER_LOCAL, labels } from '../keys';
import { type ConfigData, ConfigReader, EXAMPLE_KEY, type YamlParser } from './config-data';

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

/** config-domain from its data: each key is a domain, each value YAML with `selector` and `type`. Without a default domain, the cluster's own is. */
export function parseDomainConfig(data: ConfigData, parseYaml: YamlParser, clusterDomain = DEFAULT_CLUSTER_DOMAIN): DomainConfig {
  const reader: ConfigReader = new ConfigReader('config-domain', data);
  const domains: Record<string, DomainRule> = {};
  for (const domain of Object.keys(data).filter((key) => key !== EXAMPLE_KEY)) {
    const value = reader.yaml(parseYaml, domain) ?? {};
    if (!isJsonObject(value)) reader.fail(`${domain} cannot be parsed, please check the format: expected selector and type`);
    const labelsOf = isJsonObject(value.selector) ? value.selector : {};
    const selector = Object.fromEntries(Object.entries(labelsOf).map(([key, text]) => [key, String(text)]));
    const isDefault = Object.keys(selector).length === 0;
    domains[domain] = { selector, type: isDefault ? 'wildcard' : typeof value.type === 'string' ? value.type : '' };
  }
  const hasDefault = Object.values(domains).some(({ selector }) => Object.keys(selector).length === 0);
  if (!hasDefault) domains[`svc.${clusterDomain}`] = { selector: {}, type: 'wildcard' };
  return { domains, clusterDomain };
}
