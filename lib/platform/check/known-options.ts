import { nearest } from '../../api';
import { type FieldError, isJsonObject } from '../../base';
import type { EventsVolume, GatewayExposure, PlatformImage, PlatformOptions, PlatformResources, PlatformTls } from '../options';
import type {
  AutoscalerSettings,
  DefaultsSettings,
  DeploymentSettings,
  GcSettings,
  NetworkSettings,
  PlatformSettings,
} from '../settings/settings';

/** `any` for a value that is not looked into, else the fields of the object. */
type Known = { readonly [field: string]: 'any' | Known };
/** Exactly the fields of an interface: one too many or too few does not compile. */
type Fields<T> = { readonly [field in keyof Required<T>]: 'any' | Known };

const autoscaler = {
  ...{ podAutoscalerClass: 'any', enableScaleToZero: 'any', allowZeroInitialScale: 'any', maxScaleLimit: 'any' },
  ...{ containerConcurrencyTargetPercentage: 'any', containerConcurrencyTargetDefault: 'any', activatorCapacity: 'any' },
  ...{ requestsPerSecondTargetDefault: 'any', targetBurstCapacity: 'any', maxScaleUpRate: 'any', maxScaleDownRate: 'any' },
  ...{ stableWindow: 'any', panicWindowPercentage: 'any', panicThresholdPercentage: 'any', scaleToZeroGracePeriod: 'any' },
  ...{ scaleToZeroPodRetentionPeriod: 'any', scaleDownDelay: 'any', initialScale: 'any', minScale: 'any', maxScale: 'any' },
} satisfies Fields<AutoscalerSettings>;

const amounts = { cpu: 'any', memory: 'any', ephemeralStorage: 'any' } as const;
const defaults = {
  ...{ revisionTimeoutSeconds: 'any', maxRevisionTimeoutSeconds: 'any', revisionResponseStartTimeoutSeconds: 'any' },
  ...{ revisionIdleTimeoutSeconds: 'any', containerNameTemplate: 'any', initContainerNameTemplate: 'any' },
  ...{ containerConcurrency: 'any', containerConcurrencyMaxLimit: 'any', allowContainerConcurrencyZero: 'any' },
  ...{ revisionRequests: amounts, revisionLimits: amounts, enableServiceLinks: 'any' },
} satisfies Fields<DefaultsSettings>;

const deployment = {
  ...{ registriesSkippingTagResolving: 'any', digestResolutionTimeout: 'any', progressDeadline: 'any' },
  digestResolutionStrict: 'any',
  ...{ defaultAffinityType: 'any', runtimeClassNames: 'any', podIsAlwaysSchedulable: 'any' },
  ...{ queueSidecarImage: 'any', queueSidecarRequests: amounts, queueSidecarLimits: amounts },
} satisfies Fields<DeploymentSettings>;

const gc = {
  ...{ retainSinceCreateTime: 'any', retainSinceLastActiveTime: 'any' },
  ...{ minNonActiveRevisions: 'any', maxNonActiveRevisions: 'any' },
} satisfies Fields<GcSettings>;

const network = {
  ...{ ingressClass: 'any', domainTemplate: 'any', tagTemplate: 'any', httpProtocol: 'any' },
  ...{ rolloutDurationSeconds: 'any', autocreateClusterDomainClaims: 'any', defaultExternalScheme: 'any' },
} satisfies Fields<NetworkSettings>;

const settings = {
  ...{ autoscaler, defaults, deployment, gc, network, domains: 'any', features: 'any', eventingFeatures: 'any' },
  ...{ brokerDefaults: 'any', channelDefaults: 'any', pingDataMaxSize: 'any' },
  sugar: { namespaceSelector: 'any', triggerSelector: 'any' },
  raw: { serving: 'any', eventing: 'any' },
} satisfies Fields<PlatformSettings>;

const resources = { requests: 'any', limits: 'any' } satisfies Fields<PlatformResources>;
const exposure = {
  gateway: { name: 'any', namespace: 'any', sectionName: 'any' },
  hostnames: 'any',
  nodePort: 'any',
} satisfies Fields<GatewayExposure & { readonly nodePort: number }>;

const options = {
  ...{
    profile: 'any',
    parts: 'any',
    domain: 'any',
    labels: 'any',
    metricsFrom: 'any',
    pullSecrets: 'any',
    networkPolicies: 'any',
    mutatingPolicies: 'any',
    outerIngress: 'any',
    trustedProxies: 'any',
    queueSidecar: 'any',
    webhook: 'any',
  },
  image: { reference: 'any', pullPolicy: 'any', pullSecrets: 'any' } satisfies Fields<PlatformImage>,
  tls: { secretNamespaces: 'any' } satisfies Fields<PlatformTls>,
  events: { storage: 'any', storageClass: 'any' } satisfies Fields<EventsVolume>,
  replicas: { controller: 'any', gateway: 'any', gatewayMax: 'any', webhook: 'any' },
  resources: {
    runtime: resources,
    controller: resources,
    gateway: resources,
    eventing: resources,
    source: resources,
    webhook: resources,
  },
  exposure,
  settings,
} satisfies Fields<PlatformOptions>;

const TLS =
  '`tls: {}` serves HTTPS with the certificates that DomainMappings and Ingresses name; or end TLS in front of the platform, and set settings.network.defaultExternalScheme to "https".';

/** Fields that no interface has, with the one that was probably meant. */
export const unknownOptions = (given: PlatformOptions): FieldError[] => [...unknown(given, options, '')];

function* unknown(value: unknown, known: Known, at: string): Generator<FieldError> {
  if (!isJsonObject(value)) return;
  for (const [field, inner] of Object.entries(value)) {
    const path = at === '' ? field : `${at}.${field}`;
    const fields = Object.hasOwn(known, field) ? known[field] : undefined;
    if (typeof fields === 'object') yield* unknown(inner, fields, path);
    else if (fields === undefined && inner !== undefined) {
      yield { message: `there is no ${JSON.stringify(field)}`, paths: [path], remedy: remedyFor(field, Object.keys(known)) };
    }
  }
}

function remedyFor(field: string, known: readonly string[]): string {
  if (/tls|cert/i.test(field)) return TLS;
  const meant = nearest(field, known);
  return meant ? `Did you mean ${JSON.stringify(meant)}?` : `There are ${[...known].sort().join(', ')}.`;
}
