import type { ServingConfig } from './config';
import type { PodSpec } from './core/pod';
import { annotationOf, annotations } from './keys';

/** The sidecar that keeps a revision's limits inside each of its pods. Names, ports and paths are upstream's. */
export const QUEUE_SIDECAR = {
  /** How long requests are waited for at most that are still sent to a pod that ends, in seconds. */
  quietSeconds: 30,
  container: 'queue-proxy',
  /** Name of the port on which requests go through it. */
  portName: 'queue-port',
  http1Port: 8012,
  http2Port: 8013,
  /** Where containers wait, before they end, for the requests that are inside. */
  adminPort: 8022,
  drainPath: '/wait-for-drain',
  metricsPortName: 'http-usermetric',
  metricsPort: 9091,
  /** Field of a request that asks whether the pod is ready, and its value. */
  probeHeader: 'K-Network-Probe',
  probeValue: 'queue',
} as const;

/** Whether pods with these annotations are to have the sidecar: as they say, else as the installation does. */
export function wantsQueueSidecar(
  all: Readonly<Record<string, string>> | undefined,
  { deployment }: Pick<ServingConfig, 'deployment'>,
): boolean {
  const said = annotationOf(all, annotations.queueSidecarEnabled);
  return said === undefined ? deployment.queueSidecarEnabled : said === 'true';
}

/** The port on which a pod takes requests through its sidecar; undefined for one without. */
export function queuePortOf({ containers }: Pick<PodSpec, 'containers'>): number | undefined {
  return containers
    .find(({ name }) => name === QUEUE_SIDECAR.container)
    ?.ports?.find(({ name }) => name === QUEUE_SIDECAR.portName)?.containerPort;
}
