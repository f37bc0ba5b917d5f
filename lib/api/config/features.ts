import { type ConfigData, ConfigReader } from './config-data';

/** State of a feature: on, off, or left to each service. */
export type Flag = 'Enabled' | 'Allowed' | 'Disabled';

/** Features by their name in this package, with their key in config-features and upstream's default. */
const features = {
  multiContainer: ['multi-container', 'Enabled'],
  multiContainerProbing: ['multi-container-probing', 'Disabled'],
  podSpecAffinity: ['kubernetes.podspec-affinity', 'Disabled'],
  podSpecTopologySpreadConstraints: ['kubernetes.podspec-topologyspreadconstraints', 'Disabled'],
  podSpecFieldRef: ['kubernetes.podspec-fieldref', 'Disabled'],
  podSpecHostAliases: ['kubernetes.podspec-hostaliases', 'Disabled'],
  podSpecNodeSelector: ['kubernetes.podspec-nodeselector', 'Disabled'],
  podSpecRuntimeClassName: ['kubernetes.podspec-runtimeclassname', 'Disabled'],
  podSpecSecurityContext: ['kubernetes.podspec-securitycontext', 'Disabled'],
  podSpecShareProcessNamespace: ['kubernetes.podspec-shareprocessnamespace', 'Disabled'],
  podSpecHostIPC: ['kubernetes.podspec-hostipc', 'Disabled'],
  podSpecHostPID: ['kubernetes.podspec-hostpid', 'Disabled'],
  podSpecHostNetwork: ['kubernetes.podspec-hostnetwork', 'Disabled'],
  podSpecPriorityClassName: ['kubernetes.podspec-priorityclassname', 'Disabled'],
  podSpecSchedulerName: ['kubernetes.podspec-schedulername', 'Disabled'],
  podSpecTolerations: ['kubernetes.podspec-tolerations', 'Disabled'],
  podSpecInitContainers: ['kubernetes.podspec-init-containers', 'Disabled'],
  podSpecDNSPolicy: ['kubernetes.podspec-dnspolicy', 'Disabled'],
  podSpecDNSConfig: ['kubernetes.podspec-dnsconfig', 'Disabled'],
  podSpecVolumesEmptyDir: ['kubernetes.podspec-volumes-emptydir', 'Enabled'],
  podSpecVolumesHostPath: ['kubernetes.podspec-volumes-hostpath', 'Disabled'],
  podSpecVolumesMountPropagation: ['kubernetes.podspec-volumes-mount-propagation', 'Disabled'],
  podSpecVolumesCSI: ['kubernetes.podspec-volumes-csi', 'Disabled'],
  podSpecVolumesEphemeral: ['kubernetes.podspec-volumes-ephemeral', 'Disabled'],
  podSpecVolumesImage: ['kubernetes.podspec-volumes-image', 'Disabled'],
  podSpecPersistentVolumeClaim: ['kubernetes.podspec-persistent-volume-claim', 'Disabled'],
  podSpecPersistentVolumeWrite: ['kubernetes.podspec-persistent-volume-write', 'Disabled'],
  containerSpecAddCapabilities: ['kubernetes.containerspec-addcapabilities', 'Disabled'],
  queueProxyMountPodInfo: ['queueproxy.mount-podinfo', 'Disabled'],
  queueProxyResourceDefaults: ['queueproxy.resource-defaults', 'Disabled'],
  tagHeaderBasedRouting: ['tag-header-based-routing', 'Disabled'],
  autoDetectHTTP2: ['autodetect-http2', 'Disabled'],
} as const satisfies Record<string, readonly [string, Flag]>;

export type FeatureName = keyof typeof features;

/** config-features. */
export type FeaturesConfig = Readonly<Record<FeatureName, Flag>> & {
  readonly securePodDefaults: 'Disabled' | 'AllowRootBounded' | 'Enabled';
};

const names = Object.keys(features) as FeatureName[];

/** The key of a feature in config-features, for messages that say how to turn it on. */
export const featureKey = (name: FeatureName): string => features[name][0];

/** Upstream's defaults of config-features. */
export const defaultFeaturesConfig: FeaturesConfig = {
  ...(Object.fromEntries(names.map((name) => [name, features[name][1]])) as Record<FeatureName, Flag>),
  securePodDefaults: 'Disabled',
};

const FLAGS = ['Enabled', 'Allowed', 'Disabled'] as const;

/** config-features from its data. A text that is no flag leaves the default, as upstream has it. */
export function parseFeaturesConfig(data: ConfigData): FeaturesConfig {
  const reader: ConfigReader = new ConfigReader('config-features', data);
  const flags = names.map((name) => [name, reader.flag(features[name][1] as Flag, FLAGS, featureKey(name))] as const);
  return {
    ...(Object.fromEntries(flags) as Record<FeatureName, Flag>),
    securePodDefaults: reader.flag('Disabled', ['Disabled', 'AllowRootBounded', 'Enabled'] as const, 'secure-pod-defaults'),
  };
}
