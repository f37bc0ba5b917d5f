import type { Metrics } from '../base';
import type { Backend } from './backend';
import type { RequestTimings } from './server-timing';

/** What the gateway counts. Names are API. */
export class GatewayMetrics {
  readonly #requests;
  readonly #durations;
  readonly #coldStarts;
  readonly #labels = new WeakMap<Backend, Map<string, Record<string, string>>>();

  constructor(metrics: Metrics) {
    this.#requests = metrics.counter('knc_gateway_requests_total', 'Requests answered, by revision and class of status code.', [
      'namespace',
      'revision',
      'code_class',
    ]);
    this.#durations = metrics.histogram(
      'knc_gateway_request_duration_seconds',
      'Time to the head of the answer of requests that a pod answered, waiting for the pod included.',
      ['namespace', 'revision'],
      [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    );
    this.#coldStarts = metrics.histogram(
      'knc_gateway_cold_start_seconds',
      'Time to the head of the answer of requests that found no pod ready.',
      ['namespace', 'revision'],
      [0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.3, 0.5, 1, 2, 5, 10, 30],
    );
  }

  answered(backend: Backend, status: number, timings: RequestTimings | undefined): void {
    this.#requests.add(this.#labelsOf(backend, `${Math.floor(status / 100)}xx`));
    if (!timings) return;
    const seconds = (timings.queue + timings.app) / 1000;
    this.#durations.observe(backend.labels, seconds);
    if (timings.cold) this.#coldStarts.observe(backend.labels, seconds);
  }

  /** The same object for the same series: this runs for every request. */
  #labelsOf(backend: Backend, codeClass: string): Record<string, string> {
    let byClass = this.#labels.get(backend);
    if (!byClass) {
      byClass = new Map();
      this.#labels.set(backend, byClass);
    }
    let labels = byClass.get(codeClass);
    if (!labels) {
      labels = { ...backend.labels, code_class: codeClass };
      byClass.set(codeClass, labels);
    }
    return labels;
  }
}
