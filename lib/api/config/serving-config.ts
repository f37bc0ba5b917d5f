import { type AutoscalerConfig, defaultAutoscalerConfig, parseAutoscalerConfig } from './autoscaler';
import type { ConfigData, YamlParser } from './config-data';
import { type DefaultsConfig, defaultDefaultsConfig, parseDefaultsConfig } from './defaults';
import { type DeploymentConfig, defaultDeploymentConfig, parseDeploymentConfig } from './deployment';
import { type DomainConfig, defaultDomainConfig, parseDomainConfig } from './domain';
import { defaultEventingConfig, type EventingConfig } from './eventing';
import { defaultFeaturesConfig, type FeaturesConfig, parseFeaturesConfig } from './features';
import { defaultGcConfig, type GcConfig, parseGcConfig } from './gc';
import { defaultNetworkConfig, type NetworkConfig, parseNetworkConfig } from './network';

/** Where Knative Serving is installed, with its ConfigMaps. */
export const SERVING_NAMESPACE = 'knative-serving';

/** The settings of an installation: the ConfigMaps of namespace knative-serving, typed. Durations in milliseconds. */
export interface ServingConfig {
  readonly autoscaler: AutoscalerConfig;
  readonly defaults: DefaultsConfig;
  readonly deployment: DeploymentConfig;
  readonly domain: DomainConfig;
  /** What Knative Eventing is told; its ConfigMaps are in a namespace of their own. */
  readonly eventing: EventingConfig;
  readonly features: FeaturesConfig;
  readonly gc: GcConfig;
  readonly network: NetworkConfig;
}

/** Upstream's settings where the ConfigMaps are empty. */
export const defaultServingConfig: ServingConfig = {
  autoscaler: defaultAutoscalerConfig,
  defaults: defaultDefaultsConfig,
  deployment: defaultDeploymentConfig,
  domain: defaultDomainConfig,
  eventing: defaultEventingConfig,
  features: defaultFeaturesConfig,
  gc: defaultGcConfig,
  network: defaultNetworkConfig,
};

/** The ConfigMaps of an installation by name; those that are missing or empty leave upstream's defaults. */
export type ConfigMaps = Readonly<Record<string, ConfigData | undefined>>;

/**
 * The settings of an installation from its ConfigMaps. Throws KNC2201 with upstream's message and the name of the ConfigMap if a value
 * is wrong.
 *
 * @param options.parseYaml reads the values that are YAML (config-domain, two others)
 * @param options.clusterDomain what names inside the cluster end in. Default: `cluster.local`
 */
export function parseServingConfig(
  maps: ConfigMaps,
  options: { readonly parseYaml: YamlParser; readonly clusterDomain?: string },
): ServingConfig {
  const data = (section: string): ConfigData => maps[`config-${section}`] ?? {};
  return {
    autoscaler: parseAutoscalerConfig(data('autoscaler')),
    defaults: parseDefaultsConfig(data('defaults')),
    deployment: parseDeploymentConfig(data('deployment'), options.parseYaml),
    domain: parseDomainConfig(data('domain'), options.parseYaml, options.clusterDomain),
    eventing: defaultEventingConfig,
    features: parseFeaturesConfig(data('features')),
    gc: parseGcConfig(data('gc')),
    network: parseNetworkConfig(data('network'), options.parseYaml),
  };
}
