import { INSTALLATION, LINK_AUDIENCE, LINK_TOKEN_FOLDER, RUNTIME_PORTS } from '../../api';
import type { EventsVolume, PlatformComponent, PlatformResources, ResolvedPlatform } from '../options';
import { labelsOf, selectorOf } from './labels';

/** Which ports a pod of a component opens. */
type PortName = keyof typeof RUNTIME_PORTS;

/** Where events are kept in a pod. */
export const EVENTS_FOLDER = '/data';
/** Name of the volume. */
const EVENTS_VOLUME = 'events';
/** The user of the image. */
const USER = 65532;

/** Measured: docs/install.md says with how many services. */
const RESOURCES: Readonly<Record<PlatformComponent, PlatformResources>> = {
  runtime: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '1Gi' } },
  controller: { requests: { cpu: '100m', memory: '160Mi' }, limits: { memory: '1Gi' } },
  gateway: { requests: { cpu: '200m', memory: '160Mi' }, limits: { memory: '1Gi' } },
  eventing: { requests: { cpu: '100m', memory: '192Mi' }, limits: { memory: '1Gi' } },
  source: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
  webhook: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
};

export interface PodOptions {
  readonly component: PlatformComponent;
  /** As `knc run --role` has it. */
  readonly role: string;
  readonly args?: readonly string[];
  readonly ports: readonly PortName[];
  /** Whether events are kept in it. */
  readonly keepsEvents: boolean;
  /** How long it may take to end, in seconds. */
  readonly graceSeconds: number;
  /** How long it is there after it has been taken from the endpoints, in seconds. @default 0 */
  readonly lingerSeconds?: number;
  /** Whether it dials other parts, and so has a token for that. @default false */
  readonly dials?: boolean;
}

/** The token by which a part that dials others proves who it is; good for nothing else. */
const LINK_VOLUME = {
  name: 'link',
  projected: { sources: [{ serviceAccountToken: { audience: LINK_AUDIENCE, expirationSeconds: 3600, path: 'token' } }] },
} as const;

/** The claim of the volume on which the pod of a component keeps its events. */
export const eventsClaim = (component: PlatformComponent): string => `${EVENTS_VOLUME}-${INSTALLATION[component]}-0`;

const fieldRef = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } } });

const probe = (path: string, more: object) => ({ httpGet: { path, port: 'health' }, ...more });

/** The template of the pods of a component, as the restricted Pod Security standard wants it. */
export function podTemplate(platform: ResolvedPlatform, options: PodOptions): object {
  const { component } = options;
  const name = INSTALLATION[component];
  const volumes = [
    ...(options.keepsEvents && platform.events !== 'memory'
      ? [{ name: EVENTS_VOLUME, persistentVolumeClaim: { claimName: eventsClaim(component) } }]
      : []),
    ...(options.dials ? [LINK_VOLUME] : []),
  ];
  return {
    metadata: { labels: { ...labelsOf(platform, component), ...selectorOf(name) } },
    spec: {
      serviceAccountName: name,
      automountServiceAccountToken: true,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: options.graceSeconds + (options.lingerSeconds ?? 0),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: USER,
        runAsGroup: USER,
        fsGroup: USER,
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(platform.image.pullSecrets ? { imagePullSecrets: platform.image.pullSecrets.map((one) => ({ name: one })) } : {}),
      containers: [container(platform, options)],
      ...(volumes.length > 0 ? { volumes } : {}),
    },
  };
}

function container(platform: ResolvedPlatform, options: PodOptions): object {
  const { component, role, args = [], ports, keepsEvents, lingerSeconds = 0 } = options;
  const { reference, pullPolicy = 'IfNotPresent' } = platform.image;
  const onDisk = keepsEvents && platform.events !== 'memory';
  const mounts = [
    ...(onDisk ? [{ name: EVENTS_VOLUME, mountPath: EVENTS_FOLDER }] : []),
    ...(options.dials ? [{ name: LINK_VOLUME.name, mountPath: LINK_TOKEN_FOLDER, readOnly: true }] : []),
  ];
  return {
    name: 'knc',
    image: reference,
    imagePullPolicy: pullPolicy,
    // Who lingers does so before it is told to end.
    args: [
      ...['run', '--role', role, ...(platform.eventing ? [] : ['--parts', 'serving'])],
      ...[...(onDisk ? ['--state', EVENTS_FOLDER] : []), '--drain-delay', '0s', ...args],
    ],
    env: [
      fieldRef('POD_NAME', 'metadata.name'),
      fieldRef('POD_NAMESPACE', 'metadata.namespace'),
      fieldRef('POD_IP', 'status.podIP'),
      ...(ports.includes('https') ? [{ name: 'KNC_HTTPS_PORT', value: String(RUNTIME_PORTS.https) }] : []),
      ...(ports.includes('webhook') ? [{ name: 'KNC_WEBHOOK_PORT', value: String(RUNTIME_PORTS.webhook) }] : []),
      ...(onDisk ? [{ name: 'KNC_STATE_SIZE', value: (platform.events as EventsVolume).storage }] : []),
      // Who has the external port is a gateway.
      ...(ports.includes('external') && platform.outerIngress.length > 0
        ? [{ name: 'KNC_OUTER_INGRESS', value: platform.outerIngress.join(',') }]
        : []),
      ...(ports.includes('external') && platform.trustedProxies.length > 0
        ? [{ name: 'KNC_TRUSTED_PROXIES', value: platform.trustedProxies.join(',') }]
        : []),
    ],
    ports: ports.map((port) => ({ name: port, containerPort: RUNTIME_PORTS[port], protocol: 'TCP' })),
    // It answers while a store of events that was not closed is looked through, which takes as long as that is large.
    startupProbe: probe('/healthz', { periodSeconds: 1, failureThreshold: 60 }),
    readinessProbe: probe('/readyz', { periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 2 }),
    livenessProbe: probe('/healthz', { periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 3 }),
    ...(lingerSeconds > 0 ? { lifecycle: { preStop: { sleep: { seconds: lingerSeconds } } } } : {}),
    resources: { ...RESOURCES[component], ...platform.resources[component] },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    ...(mounts.length > 0 ? { volumeMounts: mounts } : {}),
  };
}
