import type { Metrics } from '../../base';
import type { QueueSettings } from './queue-settings';

const SECONDS = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
const METHODS = new Set(['CONNECT', 'DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT', 'TRACE']);

/** What a sidecar measures. Names are API: those of upstream's sidecar, as Prometheus writes them. */
export class QueueMetrics {
  readonly #invocations;
  readonly #requests;
  readonly #depth;

  constructor(metrics: Metrics, { namespace, service, configuration, revision, pod }: QueueSettings) {
    this.#invocations = metrics.histogram(
      'kn_serving_invocation_duration_seconds',
      'Time that requests were inside the container, to the end of their answers.',
      ['http_response_status_code'],
      SECONDS,
    );
    this.#requests = metrics.histogram(
      'http_server_request_duration_seconds',
      'Time of all requests, waiting and refused ones included, to the end of their answers.',
      ['http_request_method', 'http_response_status_code'],
      SECONDS,
    );
    this.#depth = metrics.gauge('kn_serving_queue_depth', 'Requests that are inside the container or wait for it.', []);
    this.#depth.set({}, 0);
    const labels = {
      k8s_namespace_name: namespace,
      k8s_pod_name: pod,
      kn_service_name: service,
      kn_configuration_name: configuration,
      kn_revision_name: revision,
    };
    metrics.gauge('target_info', 'Whose container this is.', Object.keys(labels)).set(labels, 1);
  }

  invoked(status: number, ms: number): void {
    this.#invocations.observe({ http_response_status_code: String(status) }, ms / 1000);
  }

  answered(method: string, status: number, ms: number): void {
    const http_request_method = METHODS.has(method) ? method : '_OTHER';
    this.#requests.observe({ http_request_method, http_response_status_code: String(status) }, ms / 1000);
  }

  depth(requests: number): void {
    this.#depth.set({}, requests);
  }
}
