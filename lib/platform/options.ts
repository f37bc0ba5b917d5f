import type { MutatingPolicyVersion } from '../api';
import type { PlatformSettings } from './settings/settings';

/** What a platform serves. Events reach their receivers through the gateway of serving: there is no eventing without it. */
export type PlatformPart = 'serving' | 'eventing';

/**
 * `small`: one pod does everything, for one node or a few. `ha`: controllers, gateways, brokers and sources are apart, what can be
 * there several times is, and an update leaves no gap.
 */
export type PlatformProfile = 'small' | 'ha';

/** Where the image of the runtime comes from. */
export interface PlatformImage {
  /** `registry.example.com/team/knative-constructs@sha256:…`, or with a tag. */
  readonly reference: string;
  /** @default IfNotPresent */
  readonly pullPolicy?: 'Always' | 'IfNotPresent' | 'Never';
  /** Names of Secrets in the namespaces of the platform. @default none */
  readonly pullSecrets?: readonly string[];
}

/** An HTTPRoute leads requests from a Gateway of the Gateway API to the platform. */
export interface GatewayExposure {
  /** The Gateway, which exists. TLS ends there. */
  readonly gateway: { readonly name: string; readonly namespace: string; readonly sectionName?: string };
  /** Hosts that the route takes: `*.example.com`. @default all */
  readonly hostnames?: readonly string[];
}

/**
 * How requests from outside come in: `loadBalancer` is a Service of that type; `nodePort` a port of every node, a given one or any;
 * `gateway` an HTTPRoute; `none` a Service inside the cluster alone.
 */
export type PlatformExposure = 'loadBalancer' | 'nodePort' | 'none' | { readonly nodePort: number } | GatewayExposure;

/** Where events are kept until they are delivered. */
export interface EventsVolume {
  /** Size of the volume, as `1Gi`. */
  readonly storage: string;
  /** Class of the volume; empty: a volume without one, which exists. @default the cluster's default */
  readonly storageClass?: string;
}

export interface PlatformResources {
  readonly requests?: Readonly<Record<string, string>>;
  readonly limits?: Readonly<Record<string, string>>;
}

/** Which pods there are, by what they do. */
export type PlatformComponent = 'runtime' | 'controller' | 'gateway' | 'eventing' | 'source' | 'webhook';

/** HTTPS at the platform's own front door. */
export interface PlatformTls {
  /** Where the Secrets with certificates are: the gateway may read all Secrets there. @default in all namespaces */
  readonly secretNamespaces?: readonly string[];
}

/** What `KnativePlatform` and `knc platform` are told. */
export interface PlatformOptions {
  /** @default small */
  readonly profile?: PlatformProfile;
  /** `['serving']` leaves events out: no kinds of Eventing, no pods and rights for them, no volume. @default serving and eventing */
  readonly parts?: readonly PlatformPart[];
  /** A reference, or a reference and how it is pulled. @default knative-constructs:VERSION, as `image/build.sh` makes it */
  readonly image?: string | PlatformImage;
  /** @default loadBalancer */
  readonly exposure?: PlatformExposure;
  /** What names of services end in outside the cluster. @default svc.cluster.local: they have none outside */
  readonly domain?: string;
  /** What the ConfigMaps of Knative say. @default Knative's defaults */
  readonly settings?: PlatformSettings;
  /** `memory` forgets what is not delivered when the pod ends. @default a volume of 1Gi */
  readonly events?: EventsVolume | 'memory';
  /** How many pods; of gateways the least. @default with `ha` 2 controllers, 2 gateways and, where there is a webhook, 2 of it */
  readonly replicas?: {
    readonly controller?: number;
    readonly gateway?: number;
    readonly gatewayMax?: number;
    readonly webhook?: number;
  };
  readonly resources?: Partial<Readonly<Record<PlatformComponent, PlatformResources>>>;
  /** Labels of every object, beside the platform's own. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Namespaces whose pods may read metrics (Prometheus). @default none */
  readonly metricsFrom?: readonly string[];
  /** Resolve tags to digests with the pull secrets of the pods: the controller may read Secrets then. @default true */
  readonly pullSecrets?: boolean;
  /** HTTPS on port 443, for Ingresses and DomainMappings that name a certificate. @default none */
  readonly tls?: 'none' | PlatformTls;
  /**
   * Pods of an ingress controller that stands in front and serves Knative's Ingresses (`settings.network.ingressClass`): `NAMESPACE`, or
   * `NAMESPACE/LABEL=VALUE` for some of its pods. They may name the revision of a request by headers. @default none
   */
  readonly outerIngress?: readonly string[];
  /**
   * Addresses of the proxies through which requests from outside come, as `10.0.0.0/8`: load balancers, a Gateway, that end TLS or know
   * the client. What they say of scheme, client and host (X-Forwarded-*, Forwarded) is believed, and of nobody else. @default none
   */
  readonly trustedProxies?: readonly string[];
  /**
   * MutatingAdmissionPolicies that tell Jobs and Deployments of SinkBindings where to send events before their first pod starts, and note
   * who made and changed an object. `v1` is served from Kubernetes 1.36 on, `v1beta1` by 1.34 and 1.35 where it has been switched on. With
   * `none` a SinkBinding of a Job is not ready, and says so. @default none
   */
  readonly mutatingPolicies?: 'none' | MutatingPolicyVersion;
  /**
   * A webhook, for clusters without MutatingAdmissionPolicies: it does what they do, fills in the defaults of Eventing, and refuses objects
   * that are not valid with the whole text that Knative has for it. While it is away nothing stops. Not together with
   * `mutatingPolicies`. @default false
   */
  readonly webhook?: boolean;
  /**
   * Every pod of a service has a sidecar, `queue-proxy`, that keeps its limits for whoever sends requests there, as upstream has it; a
   * service says otherwise by `queueSidecar`. Changing it starts the pods anew of all services that do not say. @default false: the
   * gateway keeps the limits of what comes through it
   */
  readonly queueSidecar?: boolean;
  /** NetworkPolicies around the pods of the platform. @default true */
  readonly networkPolicies?: boolean;
}

/** Options with their defaults. */
export interface ResolvedPlatform extends Required<Omit<PlatformOptions, 'image' | 'parts' | 'events' | 'domain' | 'replicas'>> {
  readonly image: PlatformImage;
  readonly eventing: boolean;
  readonly events: EventsVolume | 'memory';
  readonly domain: string | undefined;
  readonly replicas: Required<NonNullable<PlatformOptions['replicas']>>;
  /** Of the package, for labels. */
  readonly version: string;
}

/** @param version of this package: the default image has it, and labels tell it */
export function resolvePlatform(options: PlatformOptions, version: string): ResolvedPlatform {
  const { image = `knative-constructs:${version}`, replicas = {}, parts = ['serving', 'eventing'] } = options;
  const gateway = replicas.gateway ?? 2;
  return {
    profile: options.profile ?? 'small',
    eventing: parts.includes('eventing'),
    image: typeof image === 'string' ? { reference: image } : image,
    exposure: options.exposure ?? 'loadBalancer',
    domain: options.domain,
    settings: options.settings ?? {},
    events: options.events ?? { storage: '1Gi' },
    replicas: {
      ...{ controller: replicas.controller ?? 2, gateway, gatewayMax: replicas.gatewayMax ?? Math.max(10, gateway) },
      webhook: replicas.webhook ?? 2,
    },
    resources: options.resources ?? {},
    labels: options.labels ?? {},
    metricsFrom: options.metricsFrom ?? [],
    pullSecrets: options.pullSecrets ?? true,
    tls: options.tls ?? 'none',
    outerIngress: options.outerIngress ?? [],
    trustedProxies: options.trustedProxies ?? [],
    mutatingPolicies: options.mutatingPolicies ?? 'none',
    webhook: options.webhook ?? false,
    queueSidecar: options.queueSidecar ?? false,
    networkPolicies: options.networkPolicies ?? true,
    version,
  };
}
