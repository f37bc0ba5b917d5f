/** Knative on a cluster: everything that it needs, as constructs. */

export type {
  AutoscalerSettings,
  BrokerDefaultSettings,
  BrokerSetting,
  ChannelDefaultSettings,
  DefaultsSettings,
  DeploymentSettings,
  EventingFeatureSettings,
  EventsVolume,
  FeatureSettings,
  GatewayExposure,
  GcSettings,
  NetworkSettings,
  PlatformComponent,
  PlatformExposure,
  PlatformImage,
  PlatformOptions,
  PlatformPart,
  PlatformProfile,
  PlatformResources,
  PlatformSettings,
  RawSettings,
  SettingAmounts,
  SettingDuration,
  SugarSettings,
} from '../../lib/platform';
export { KnativePlatform, type KnativePlatformProps } from './knative-platform';
