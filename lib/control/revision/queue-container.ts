import {
  type Container,
  type EnvVar,
  labels,
  type Probe,
  QUEUE_SIDECAR,
  type Revision,
  type ServingConfig,
  type Stored,
} from '../../api';
import { onPort, protocolOf, servingContainer, userPort } from './containers';
import { queueResources } from './queue-resources';

/** Seconds that the sidecar may hold a probe without a period: it answers at the moment at which the container is ready. */
const HELD_SECONDS = 10;
const EVERY_SECOND = 1;

/** What containers of the user do before they end: they wait until no request is inside the pod. */
const WAIT_FOR_DRAIN = {
  preStop: { httpGet: { port: QUEUE_SIDECAR.adminPort, path: QUEUE_SIDECAR.drainPath } },
} as const;

/**
 * The containers as they end: the sidecar is told first, and the others wait for it.
 *
 * @param lingerSeconds how long the sidecar goes on after it was told to end while nobody sends anything
 */
export const drainedByQueue = (containers: readonly Container[], lingerSeconds: number): Container[] =>
  containers.map((container) =>
    container.name === QUEUE_SIDECAR.container
      ? { ...container, args: [...(container.args ?? []), '--drain-delay', `${lingerSeconds}s`] }
      : { ...container, lifecycle: WAIT_FOR_DRAIN },
  );

const POD_INFO = {
  volume: {
    name: 'pod-info',
    downwardAPI: { items: [{ path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } }] },
  },
  mount: { name: 'pod-info', mountPath: '/etc/podinfo', readOnly: true },
} as const;

/** Volumes that the sidecar has beside those of the user. */
export const queueVolumes = (revision: Revision, config: ServingConfig) =>
  hasPodInfo(revision, config) ? [POD_INFO.volume] : [];

function hasPodInfo({ metadata }: Revision, { features }: ServingConfig): boolean {
  const flag = features.queueProxyMountPodInfo;
  const said = metadata.annotations?.['features.knative.dev/queueproxy-podinfo'];
  return flag === 'Enabled' || (flag === 'Allowed' && /^enabled$/i.test(said ?? ''));
}

/**
 * The sidecar that takes the requests of a pod and lets no more through than the revision allows. It needs nothing of the cluster but
 * these variables.
 */
export function queueContainer(revision: Stored<Revision>, config: ServingConfig): Container {
  const serving = servingContainer(revision) as Container | undefined;
  const port = protocolOf(revision) === 'h2c' ? QUEUE_SIDECAR.http2Port : QUEUE_SIDECAR.http1Port;
  const { portName, metricsPort, metricsPortName } = QUEUE_SIDECAR;
  return {
    name: QUEUE_SIDECAR.container,
    image: config.deployment.queueSidecarImage,
    args: ['run', '--role', 'queue'],
    ports: [
      { name: portName, containerPort: port },
      { name: metricsPortName, containerPort: metricsPort },
    ],
    env: [...variables(revision, port), ...probeVariable(serving?.readinessProbe, userPort(revision), config)],
    resources: queueResources(revision, serving, config),
    ...(serving?.readinessProbe ? { readinessProbe: probeOfQueue(serving.readinessProbe, port) } : {}),
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      capabilities: { drop: ['ALL'] },
      seccompProfile: { type: 'RuntimeDefault' },
    },
    ...(hasPodInfo(revision, config) ? { volumeMounts: [POD_INFO.mount] } : {}),
  };
}

function variables(revision: Stored<Revision>, port: number): EnvVar[] {
  const { name, namespace = '', labels: all } = revision.metadata;
  const { containerConcurrency, timeoutSeconds, responseStartTimeoutSeconds, idleTimeoutSeconds } = revision.spec;
  const values: Readonly<Record<string, string | number | undefined>> = {
    SERVING_NAMESPACE: namespace,
    SERVING_SERVICE: all?.[labels.service],
    SERVING_CONFIGURATION: all?.[labels.configuration],
    SERVING_REVISION: name,
    QUEUE_SERVING_PORT: port,
    CONTAINER_CONCURRENCY: containerConcurrency ?? 0,
    REVISION_TIMEOUT_SECONDS: timeoutSeconds ?? 0,
    REVISION_RESPONSE_START_TIMEOUT_SECONDS: responseStartTimeoutSeconds ?? 0,
    REVISION_IDLE_TIMEOUT_SECONDS: idleTimeoutSeconds ?? 0,
    USER_PORT: userPort(revision),
  };
  return [
    ...Object.entries(values).map(([key, value = '']) => ({ name: key, value: String(value) })),
    { name: 'SERVING_POD', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } } as EnvVar,
  ];
}

/** The probe that the sidecar makes: the user's, inside the pod. A command the kubelet goes on running itself. */
function probeVariable(probe: Probe | undefined, port: number, config: ServingConfig): EnvVar[] {
  if (!probe) return [];
  const own = probe.exec
    ? { ...without(probe), tcpSocket: { port } }
    : onPort(probe, port, config.features.multiContainerProbing === 'Enabled');
  return [{ name: 'SERVING_READINESS_PROBE', value: JSON.stringify(own) }];
}

const without = ({ exec: _exec, ...rest }: Probe): Probe => rest;

/** The probe of the kubelet, which asks the sidecar: as often and as patiently as the user's says. */
function probeOfQueue(probe: Probe, port: number): Probe {
  const { httpGet: _http, tcpSocket: _tcp, grpc: _grpc, exec: _exec, periodSeconds, timeoutSeconds, ...rest } = probe;
  return {
    ...rest,
    httpGet: { port, httpHeaders: [{ name: QUEUE_SIDECAR.probeHeader, value: QUEUE_SIDECAR.probeValue }] },
    ...(periodSeconds
      ? { periodSeconds, ...(timeoutSeconds ? { timeoutSeconds } : {}) }
      : { periodSeconds: EVERY_SECOND, timeoutSeconds: HELD_SECONDS }),
  };
}
