import {
  type Container,
  type EnvVar,
  labels,
  type Probe,
  type Revision,
  type RevisionContainer,
  type ServingConfig,
  type Stored,
} from '../../api';

/** Name of the port on which the user's container is reached. */
export const USER_PORT_NAME = 'user-port';
const DEFAULT_USER_PORT = 8080;
/** What the kubelet gets for a readiness probe without a period: it cannot probe more often. */
const FASTEST_PERIOD_SECONDS = 1;

/** The container that serves: the only one, or the one with a port. */
export function servingContainer(revision: Revision): RevisionContainer | undefined {
  const { containers } = revision.spec;
  return containers.length === 1 ? containers[0] : containers.find((container) => (container.ports?.length ?? 0) > 0);
}

/** The port on which the serving container listens. */
export function userPort(revision: Revision): number {
  return servingContainer(revision)?.ports?.[0]?.containerPort || DEFAULT_USER_PORT;
}

/** The protocol that the serving container speaks, by the name of its port. */
export function protocolOf(revision: Revision): 'http1' | 'h2c' {
  return servingContainer(revision)?.ports?.[0]?.name === 'h2c' ? 'h2c' : 'http1';
}

/**
 * The containers as they run: with the variables, port and probes that the contract of the runtime asks for.
 *
 * @param queued whether a sidecar takes the requests, and asks whether the container that serves is ready in the kubelet's place
 */
export function makeContainers(revision: Stored<Revision>, config: ServingConfig, queued = false): Container[] {
  const serving = servingContainer(revision);
  const freeProbePorts = config.features.multiContainerProbing === 'Enabled';
  return revision.spec.containers.map((container, i) => {
    const image = revision.status?.containerStatuses?.[i]?.imageDigest || container.image;
    const common = { ...container, image } as Container;
    const whole = container === serving ? makeServing(common, userPort(revision), freeProbePorts, queued) : common;
    return {
      ...whole,
      env: [...(whole.env ?? []), ...knativeVariables(revision)],
      terminationMessagePolicy: container.terminationMessagePolicy || 'FallbackToLogsOnError',
    };
  });
}

function makeServing(container: Container, port: number, freeProbePorts: boolean, queued: boolean): Container {
  const { readinessProbe: asked, livenessProbe, startupProbe, ...rest } = container;
  const readinessProbe = queued && !asked?.exec ? undefined : asked;
  return {
    ...rest,
    ports: [{ name: USER_PORT_NAME, containerPort: port }],
    env: [...(container.env ?? []), { name: 'PORT', value: String(port) }],
    ...(readinessProbe ? { readinessProbe: readiness(readinessProbe, port, freeProbePorts) } : {}),
    ...(livenessProbe ? { livenessProbe: onPort(livenessProbe, port, freeProbePorts) } : {}),
    ...(startupProbe ? { startupProbe: onPort(startupProbe, port, freeProbePorts) } : {}),
  };
}

function knativeVariables(revision: Stored<Revision>): EnvVar[] {
  const { name, labels: all } = revision.metadata;
  return [
    { name: 'K_REVISION', value: name },
    { name: 'K_CONFIGURATION', value: all?.[labels.configuration] ?? '' },
    { name: 'K_SERVICE', value: all?.[labels.service] ?? '' },
  ];
}

/** The probe, aimed at the user's port: port 0, a port by name and, unless ports are free, any other port mean that one. */
export function onPort(probe: Probe, port: number, free: boolean): Probe {
  const aim = <A extends { readonly port?: number | string }>(action: A): A & { port: number } => {
    const given = Number(action.port);
    return { ...action, port: free && given > 0 ? given : port };
  };
  if (probe.httpGet) return { ...probe, httpGet: aim(probe.httpGet) };
  if (probe.tcpSocket) return { ...probe, tcpSocket: aim(probe.tcpSocket) };
  if (probe.grpc) return { ...probe, grpc: aim(probe.grpc) };
  return probe;
}

/** Without a sidecar the kubelet runs the readiness probe: one without a period is meant to be as quick as can be. */
function readiness(probe: Probe, port: number, free: boolean): Probe {
  const { periodSeconds, timeoutSeconds, failureThreshold, ...rest } = onPort(probe, port, free);
  return {
    ...rest,
    periodSeconds: periodSeconds || FASTEST_PERIOD_SECONDS,
    ...(timeoutSeconds ? { timeoutSeconds } : {}),
    ...(failureThreshold ? { failureThreshold } : {}),
  };
}
