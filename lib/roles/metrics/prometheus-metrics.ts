import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Labels, Metrics } from '../../base';

/** The longest that a timer of Node may run. */
const NEVER_MS = 2 ** 31 - 1;
/** What is made of samples of the lag; the lag itself is measured when metrics are read. */
const LAG_PARTS = ['min', 'max', 'mean', 'stddev', 'p50', 'p90', 'p99'];

/** What one metric is called and says, for whoever documents it. */
export interface MetricDescription {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly labels: readonly string[];
}

/**
 * Metrics that Prometheus can read. Parts of the runtime that declare the same name share one metric. @throws Error if they
 * declare it with another type or other labels
 */
export class PrometheusMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #declared = new Map<string, MetricDescription & { readonly metric: Counter | Gauge | Histogram }>();

  /**
   * Also measures this process itself, as Prometheus' client libraries do: `process_*` and `nodejs_*`; but not the distribution of the
   * event loop's lag, for which a process that rests would wake up a hundred times a second.
   */
  measureProcess(): void {
    collectDefaultMetrics({ register: this.#registry, eventLoopMonitoringPrecision: NEVER_MS });
    for (const part of LAG_PARTS) this.#registry.removeSingleMetric(`nodejs_eventloop_lag_${part}_seconds`);
  }

  /** The media type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Everything measured so far in Prometheus' text format. */
  text(): Promise<string> {
    return this.#registry.metrics();
  }

  /** What the runtime has declared, by name; without what `measureProcess` adds. */
  describe(): readonly MetricDescription[] {
    const all = [...this.#declared.values()].map(({ name, type, help, labels }) => ({ name, type, help, labels }));
    return all.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  counter(name: string, help: string, labels: readonly string[]) {
    const make = () => new Counter(this.#options(name, help, labels));
    const metric = this.#declare({ name, type: 'counter', help, labels }, make);
    return { add: (of: Labels, by = 1) => metric.inc(of, by) };
  }

  gauge(name: string, help: string, labels: readonly string[]) {
    const make = () => new Gauge(this.#options(name, help, labels));
    const metric = this.#declare({ name, type: 'gauge', help, labels }, make);
    return {
      set: (of: Labels, value: number) => metric.set(of, value),
      remove: (of: Labels) => metric.remove(of),
    };
  }

  histogram(name: string, help: string, labels: readonly string[], buckets?: readonly number[]) {
    const own = buckets ? { buckets: [...buckets] } : {};
    const make = () => new Histogram({ ...this.#options(name, help, labels), ...own });
    const metric = this.#declare({ name, type: 'histogram', help, labels }, make);
    return { observe: (of: Labels, value: number) => metric.observe(of, value) };
  }

  #options(name: string, help: string, labels: readonly string[]) {
    return { name, help, labelNames: [...labels], registers: [this.#registry] };
  }

  #declare<T extends Counter | Gauge | Histogram>(described: MetricDescription, make: () => T): T {
    const { name, type, labels } = described;
    const known = this.#declared.get(name);
    if (!known) {
      const metric = make();
      this.#declared.set(name, { ...described, metric });
      return metric;
    }
    if (known.type !== type || known.labels.join() !== labels.join()) throw new Error(`metric ${name} is declared twice`);
    return known.metric as T;
  }
}
