import { type AutoscalerConfig, defaultAutoscalerConfig } from './autoscaler';
import { type DefaultsConfig, defaultDefaultsConfig } from './defaults';
import { type DeploymentConfig, defaultDeploymentConfig } from './deployment';
import { type DomainConfig, defaultDomainConfig } from './domain';
import { defaultFeaturesConfig, type FeaturesConfig } from './features';
import { defaultGcConfig, type GcConfig } from './gc';
import { defaultNetworkConfig, type NetworkConfig } from './network';

/** The settings of an installation: the ConfigMaps of namespace knative-serving, typed. Durations in milliseconds. */
export interface ServingConfig {
  readonly autoscaler: AutoscalerConfig;
  readonly defaults: DefaultsConfig;
  readonly deployment: DeploymentConfig;
  readonly domain: DomainConfig;
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
  features: defaultFeaturesConfig,
  gc: defaultGcConfig,
  network: defaultNetworkConfig,
};
