const serving = (name: string) => `serving.knative.dev/${name}`;
const queueSidecar = (name: string) => `queue.sidecar.serving.knative.dev/${name}`;
const networking = (name: string) => `networking.knative.dev/${name}`;
const internal = (name: string) => `networking.internal.knative.dev/${name}`;
const eventing = (name: string) => `eventing.knative.dev/${name}`;
const autoscaling = (...names: string[]): AnnotationKey =>
  names.map((name) => `autoscaling.knative.dev/${name}`) as [string, ...string[]];

/** The spellings of one annotation; the first that is present counts. Write the first. */
export type AnnotationKey = readonly [string, ...string[]];

/** Prefix of annotations that scaling reads. */
export const AUTOSCALING_GROUP = 'autoscaling.knative.dev';
/** Prefix of annotations that routing reads. */
export const NETWORKING_GROUP = 'networking.knative.dev';

/** The API groups of Knative Eventing. */
export const eventingGroups: readonly string[] = ['eventing', 'flows', 'messaging', 'sinks', 'sources'].map(
  (name) => `${name}.knative.dev`,
);

/** Annotation keys of who made an object, and who changed its spec last: each group has its own. */
export const signatureKeys = (group: string) => ({ creator: `${group}/creator`, lastModifier: `${group}/lastModifier` }) as const;

/** Label keys that Knative sets or reads. */
export const labels = {
  service: serving('service'),
  serviceUID: serving('serviceUID'),
  configuration: serving('configuration'),
  configurationUID: serving('configurationUID'),
  configurationGeneration: serving('configurationGeneration'),
  revision: serving('revision'),
  revisionUID: serving('revisionUID'),
  route: serving('route'),
  routeNamespace: serving('routeNamespace'),
  /** `pending`, `active` or `reserve`. */
  routingState: serving('routingState'),
  deploymentHash: serving('deployment-hash'),
  domainMappingUID: serving('domainMappingUID'),
  domainMappingNamespace: serving('domainMappingNamespace'),
  /** `cluster-local` keeps a service off the public host. */
  visibility: networking('visibility'),
  wildcardDomain: networking('wildcardDomain'),
  certificateType: networking('certificate-type'),
  trustBundle: networking('trust-bundle'),
  ingress: internal('ingress'),
  tag: internal('tag'),
  /** On triggers: the broker whose events they take. */
  broker: eventing('broker'),
  /** On Services of a revision: the ServerlessService that they belong to. */
  serverlessService: internal('serverlessservice'),
  /** On Services of a revision: `Public` or `Private`. */
  serviceType: internal('serviceType'),
  /** On pods and Deployments: the name of the revision unless the user says otherwise. */
  app: 'app',
} as const;

/** Annotation keys that Knative sets or reads, each with all of its spellings in order of precedence. */
export const annotations = {
  class: autoscaling('class'),
  metric: autoscaling('metric'),
  minScale: autoscaling('min-scale', 'minScale'),
  maxScale: autoscaling('max-scale', 'maxScale'),
  initialScale: autoscaling('initial-scale', 'initialScale'),
  activationScale: autoscaling('activation-scale'),
  scaleDownDelay: autoscaling('scale-down-delay', 'scaleDownDelay'),
  window: autoscaling('window'),
  target: autoscaling('target'),
  targetUtilizationPercentage: autoscaling('target-utilization-percentage', 'targetUtilizationPercentage'),
  targetBurstCapacity: autoscaling('target-burst-capacity', 'targetBurstCapacity'),
  panicWindowPercentage: autoscaling('panic-window-percentage', 'panicWindowPercentage'),
  panicThresholdPercentage: autoscaling('panic-threshold-percentage', 'panicThresholdPercentage'),
  scaleToZeroPodRetentionPeriod: autoscaling('scale-to-zero-pod-retention-period', 'scaleToZeroPodRetentionPeriod'),
  metricAggregationAlgorithm: autoscaling('metric-aggregation-algorithm', 'metricAggregationAlgorithm'),

  rolloutDuration: [serving('rollout-duration'), serving('rolloutDuration')],
  progressDeadline: [serving('progress-deadline')],
  noGc: [serving('no-gc')],
  routes: [serving('routes')],
  routingStateModified: [serving('routingStateModified')],
  lastPinned: [serving('lastPinned')],
  creator: [serving('creator')],
  lastModifier: [serving('lastModifier')],

  /** `true` or `false`: whether pods have the sidecar (our own; upstream's always have it). */
  queueSidecarEnabled: [queueSidecar('enabled')],
  queueSidecarResourcePercentage: [queueSidecar('resource-percentage'), queueSidecar('resourcePercentage')],
  queueSidecarCpuRequest: [queueSidecar('cpu-resource-request')],
  queueSidecarCpuLimit: [queueSidecar('cpu-resource-limit')],
  queueSidecarMemoryRequest: [queueSidecar('memory-resource-request')],
  queueSidecarMemoryLimit: [queueSidecar('memory-resource-limit')],
  queueSidecarEphemeralStorageRequest: [queueSidecar('ephemeral-storage-resource-request')],
  queueSidecarEphemeralStorageLimit: [queueSidecar('ephemeral-storage-resource-limit')],

  ingressClass: [networking('ingress.class'), networking('ingress-class')],
  certificateClass: [networking('certificate.class'), networking('certificate-class')],
  disableExternalDomainTls: [
    networking('disableAutoTLS'),
    networking('disable-auto-tls'),
    networking('disable-external-domain-tls'),
  ],
  httpProtocol: [networking('httpOption'), networking('http-protocol')],
  rollout: [internal('rollout')],
  tagToHost: [internal('tag-to-host')],

  brokerClass: [eventing('broker.class')],
  /** `enabled` on a Trigger of the broker `default`, or as a label of a Namespace: the broker is made where it is not there. */
  injection: [eventing('injection'), 'knative-eventing-injection'],
  /** `cluster` or `namespace`: whether a channel shares its dispatcher. */
  eventingScope: [eventing('scope')],
  /** On a Trigger: an object, as JSON, that must be ready first. */
  dependency: ['knative.dev/dependency'],
  subscribable: ['messaging.knative.dev/subscribable'],
  /** `ordered` or `unordered`, for triggers of brokers of class Kafka. */
  kafkaDeliveryOrder: ['kafka.eventing.knative.dev/delivery.order'],

  queueProxyPodInfo: ['features.knative.dev/queueproxy-podinfo'],
  httpFullDuplex: ['features.knative.dev/http-full-duplex'],
  lastAppliedConfiguration: ['kubectl.kubernetes.io/last-applied-configuration'],
} as const satisfies Record<string, AnnotationKey>;

/** Values of the class annotation that Knative's own autoscalers answer to. */
export const autoscalerClasses = { kpa: 'kpa.autoscaling.knative.dev', hpa: 'hpa.autoscaling.knative.dev' } as const;

/** Values of the class annotation of brokers that are served here: upstream's default, and this package's own. */
export const brokerClasses = { mtChannelBased: 'MTChannelBasedBroker', own: 'knc.broker.eventing.knative.dev' } as const;

/** Value of the visibility label that keeps a service inside the cluster. */
export const CLUSTER_LOCAL = 'cluster-local';

/** The annotation by the first of its spellings that is present: the key found and its value. */
export function findAnnotation(
  all: Readonly<Record<string, string>> | undefined,
  key: AnnotationKey,
): { readonly key: string; readonly value: string } | undefined {
  const found = key.find((spelling) => all?.[spelling] !== undefined);
  return found === undefined ? undefined : { key: found, value: all![found]! };
}

/** The value of an annotation by any of its spellings. */
export function annotationOf(all: Readonly<Record<string, string>> | undefined, key: AnnotationKey): string | undefined {
  return findAnnotation(all, key)?.value;
}
