/** Labels of one series: `{ revision: 'hello-00001' }`. */
export type Labels = Readonly<Record<string, string>>;

/** Something that counts up. */
export interface Counter {
  add(labels: Labels, by?: number): void;
}

/** Something that goes up and down. */
export interface Gauge {
  set(labels: Labels, value: number): void;
  /** What it measured is gone: the series ends. */
  remove(labels: Labels): void;
}

/** Something of which the distribution matters; values in seconds unless the name says otherwise. */
export interface Histogram {
  observe(labels: Labels, value: number): void;
}

/** Where parts of the runtime declare what they measure; `lib/roles` backs it with prom-client. Names are API. */
export interface Metrics {
  counter(name: string, help: string, labels: readonly string[]): Counter;
  gauge(name: string, help: string, labels: readonly string[]): Gauge;
  histogram(name: string, help: string, labels: readonly string[], buckets?: readonly number[]): Histogram;
}

/** Metrics that nobody reads: tests, and tools that only look at objects. */
export const noMetrics: Metrics = {
  counter: () => ({ add: () => {} }),
  gauge: () => ({ set: () => {}, remove: () => {} }),
  histogram: () => ({ observe: () => {} }),
};
