import type {
  AuthorizationMode,
  ChannelTemplateSpec,
  DeliverySpec,
  EventingFeatures,
  FeatureName,
  Flag,
  KReference,
  LabelSelector,
} from '../../api';

/** A duration as Knative writes it (`90s`, `1h30m`), or a `Duration` of cdk8s. */
export type SettingDuration = string | { toMilliseconds(): number };

/** Amounts by resource, as Kubernetes writes them. */
export interface SettingAmounts {
  readonly cpu?: string;
  readonly memory?: string;
  readonly ephemeralStorage?: string;
}

/** ConfigMap config-autoscaler. @see https://knative.dev/docs/serving/autoscaling/ */
export interface AutoscalerSettings {
  /** @default kpa.autoscaling.knative.dev */
  readonly podAutoscalerClass?: string;
  /** @default true */
  readonly enableScaleToZero?: boolean;
  /** @default false */
  readonly allowZeroInitialScale?: boolean;
  /** @default 70 */
  readonly containerConcurrencyTargetPercentage?: number;
  /** @default 100 */
  readonly containerConcurrencyTargetDefault?: number;
  /** @default 200 */
  readonly requestsPerSecondTargetDefault?: number;
  /** -1: the gateway always counts. @default 211 */
  readonly targetBurstCapacity?: number;
  /** @default 100 */
  readonly activatorCapacity?: number;
  /** @default 1000 */
  readonly maxScaleUpRate?: number;
  /** @default 2 */
  readonly maxScaleDownRate?: number;
  /** @default 60s */
  readonly stableWindow?: SettingDuration;
  /** @default 10 */
  readonly panicWindowPercentage?: number;
  /** @default 200 */
  readonly panicThresholdPercentage?: number;
  /** @default 30s */
  readonly scaleToZeroGracePeriod?: SettingDuration;
  /** @default 0s */
  readonly scaleToZeroPodRetentionPeriod?: SettingDuration;
  /** @default 0s */
  readonly scaleDownDelay?: SettingDuration;
  /** @default 1 */
  readonly initialScale?: number;
  /** @default 0 */
  readonly minScale?: number;
  /** 0: no limit. @default 0 */
  readonly maxScale?: number;
  /** The most that a service may ask for; 0: no limit. @default 0 */
  readonly maxScaleLimit?: number;
}

/** ConfigMap config-defaults. */
export interface DefaultsSettings {
  /** @default 300 */
  readonly revisionTimeoutSeconds?: number;
  /** @default 600 */
  readonly maxRevisionTimeoutSeconds?: number;
  /** @default revisionTimeoutSeconds */
  readonly revisionResponseStartTimeoutSeconds?: number;
  /** 0: none. @default 0 */
  readonly revisionIdleTimeoutSeconds?: number;
  /** @default none */
  readonly revisionRequests?: SettingAmounts;
  /** @default none */
  readonly revisionLimits?: SettingAmounts;
  /** Go template. @default user-container */
  readonly containerNameTemplate?: string;
  /** Go template. @default init-container */
  readonly initContainerNameTemplate?: string;
  /** 0: no limit. @default 0 */
  readonly containerConcurrency?: number;
  /** @default 1000 */
  readonly containerConcurrencyMaxLimit?: number;
  /** @default true */
  readonly allowContainerConcurrencyZero?: boolean;
  /** `default` leaves it to Kubernetes. @default false */
  readonly enableServiceLinks?: boolean | 'default';
}

/** ConfigMap config-deployment. */
export interface DeploymentSettings {
  /** @default kind.local, ko.local, dev.local */
  readonly registriesSkippingTagResolving?: readonly string[];
  /** @default 10s */
  readonly digestResolutionTimeout?: SettingDuration;
  /** Refuse a revision whose images' digests nobody can say, as upstream does, instead of keeping their tags. @default false */
  readonly digestResolutionStrict?: boolean;
  /** @default 600s */
  readonly progressDeadline?: SettingDuration;
  /** @default prefer-spread-revision-over-nodes */
  readonly defaultAffinityType?: 'none' | 'prefer-spread-revision-over-nodes';
  /** Runtime class → labels of the revisions that get it; none: all. @default none */
  readonly runtimeClassNames?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Pods that do not fit wait for nodes without counting as failed. @default false */
  readonly podIsAlwaysSchedulable?: boolean;
  /** Image of the sidecar of pods that have one. @default the image of the platform, which their namespaces must be able to pull */
  readonly queueSidecarImage?: string;
  /** What the sidecar reserves. @default 25m of a processor */
  readonly queueSidecarRequests?: SettingAmounts;
  /** What the sidecar may not exceed. @default none */
  readonly queueSidecarLimits?: SettingAmounts;
}

/** ConfigMap config-gc: which revisions without traffic are deleted. */
export interface GcSettings {
  /** @default 48h */
  readonly retainSinceCreateTime?: SettingDuration | 'disabled';
  /** @default 15h */
  readonly retainSinceLastActiveTime?: SettingDuration | 'disabled';
  /** @default 20 */
  readonly minNonActiveRevisions?: number;
  /** @default 1000 */
  readonly maxNonActiveRevisions?: number | 'disabled';
}

/** ConfigMap config-network. */
export interface NetworkSettings {
  /** Who serves Ingresses that name no class. @default the platform's gateway */
  readonly ingressClass?: string;
  /** Go template. @default {{.Name}}.{{.Namespace}}.{{.Domain}} */
  readonly domainTemplate?: string;
  /** Go template. @default {{.Tag}}-{{.Name}} */
  readonly tagTemplate?: string;
  /** @default enabled */
  readonly httpProtocol?: 'enabled' | 'disabled' | 'redirected';
  /** How long traffic moves from one revision to the next. @default 0 */
  readonly rolloutDurationSeconds?: number;
  /** @default false */
  readonly autocreateClusterDomainClaims?: boolean;
  /** Scheme of URLs: `https` where TLS ends in front of the platform. @default http */
  readonly defaultExternalScheme?: 'http' | 'https';
}

/** ConfigMap config-features: flags by the names that this package has for them. */
export type FeatureSettings = Partial<Readonly<Record<FeatureName, Flag>>> & {
  /** @default Disabled */
  readonly securePodDefaults?: 'Disabled' | 'AllowRootBounded' | 'Enabled';
};

/** ConfigMap config-features of Knative Eventing. */
export type EventingFeatureSettings = Partial<EventingFeatures> & {
  /** @default allow-same-namespace */
  readonly defaultAuthorizationMode?: AuthorizationMode;
  /** ISO-8601. @default PT30S */
  readonly requestReplyDefaultTimeout?: string;
};

/** What brokers are made of. */
export interface BrokerSetting {
  readonly brokerClass?: string;
  /** ConfigMap of the class. */
  readonly config?: KReference;
  readonly delivery?: DeliverySpec;
}

/** ConfigMap config-br-defaults. */
export interface BrokerDefaultSettings {
  readonly clusterDefault?: BrokerSetting;
  readonly namespaceDefaults?: Readonly<Record<string, BrokerSetting>>;
}

/** ConfigMap default-ch-webhook: the kind of channel where none is named. */
export interface ChannelDefaultSettings {
  readonly clusterDefault?: ChannelTemplateSpec;
  readonly namespaceDefaults?: Readonly<Record<string, ChannelTemplateSpec>>;
}

/** ConfigMap config-sugar: which namespaces and triggers get the broker that they lack. */
export interface SugarSettings {
  readonly namespaceSelector?: LabelSelector;
  readonly triggerSelector?: LabelSelector;
}

/** Data of ConfigMaps by name. */
export type RawSettings = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** What the ConfigMaps of Knative say; what is left out is left to Knative's defaults. */
export interface PlatformSettings {
  readonly autoscaler?: AutoscalerSettings;
  readonly defaults?: DefaultsSettings;
  readonly deployment?: DeploymentSettings;
  /** Domain → labels of the services that have it; none: all others. */
  readonly domains?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly features?: FeatureSettings;
  readonly gc?: GcSettings;
  readonly network?: NetworkSettings;
  readonly eventingFeatures?: EventingFeatureSettings;
  readonly brokerDefaults?: BrokerDefaultSettings;
  readonly channelDefaults?: ChannelDefaultSettings;
  /** Most bytes that a PingSource may send; -1: no limit. @default -1 */
  readonly pingDataMaxSize?: number;
  readonly sugar?: SugarSettings;
  /** Keys as they stand in the ConfigMaps of knative-serving and knative-eventing, by ConfigMap; they win over the others. */
  readonly raw?: { readonly serving?: RawSettings; readonly eventing?: RawSettings };
}
