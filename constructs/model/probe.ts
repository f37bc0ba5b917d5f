import type { ApiProbe } from './api-types';
import { plainValue } from './shape';

/**
 * A health check of a container, with Kubernetes' own field names; times in whole seconds.
 * Exactly one of `httpGet`, `tcpSocket`, `grpc` and `exec`. `periodSeconds: 0` on a readiness probe makes Knative probe
 * several times a second while the pod starts.
 * @see https://knative.dev/docs/serving/services/configure-probing/
 */
export type Probe = ApiProbe;

/** How often and how patiently to probe; times in whole seconds. */
export type ProbeTiming = Omit<Probe, 'httpGet' | 'tcpSocket' | 'grpc' | 'exec'>;

/** Makes probes. Every port defaults to the container's own. */
export const Probe = {
  /** Healthy while `GET path` answers with 200 to 399. */
  httpGet: (path: string, timing: ProbeTiming & { readonly port?: number | string } = {}): Probe => {
    const { port, ...rest } = timing;
    return { httpGet: port === undefined ? { path } : { path, port }, ...rest };
  },
  /** Healthy while the port accepts connections. */
  tcp: (timing: ProbeTiming & { readonly port?: number | string } = {}): Probe => {
    const { port, ...rest } = timing;
    return { tcpSocket: port === undefined ? {} : { port }, ...rest };
  },
  /** Healthy while the gRPC health service says so. */
  grpc: (timing: ProbeTiming & { readonly port?: number; readonly service?: string } = {}): Probe => {
    const { port, service, ...rest } = timing;
    return { grpc: { ...(port === undefined ? {} : { port }), ...(service === undefined ? {} : { service }) }, ...rest };
  },
  /** Healthy while the command, run inside the container, ends with exit code 0. */
  exec: (command: readonly string[], timing: ProbeTiming = {}): Probe => ({ exec: { command }, ...timing }),
} as const;

/** The probe as it stands in the API object. */
export function probe(input: Probe | undefined): ApiProbe | undefined {
  return input === undefined ? undefined : (plainValue(input) as ApiProbe);
}
