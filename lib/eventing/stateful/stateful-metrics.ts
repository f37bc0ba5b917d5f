import type { Counter, Gauge, Metrics } from '../../base';

const LABELS = ['log', 'consumer'] as const;

/** What is measured of consumers that look at their past. */
export class StatefulMetrics {
  readonly duplicates: Counter;
  readonly crowded: Counter;
  readonly joins: Counter;
  readonly held: Gauge;
  readonly keys: Gauge;

  constructor(metrics: Metrics) {
    this.duplicates = metrics.counter('knc_eventing_duplicates_total', 'Events dropped as duplicates', LABELS);
    this.crowded = metrics.counter(
      'knc_eventing_forgotten_total',
      'Keys forgotten, and joins ended, before their time because there were too many',
      LABELS,
    );
    this.joins = metrics.counter('knc_eventing_joins_total', 'Joins that ended, by whether every event came', [
      ...LABELS,
      'result',
    ]);
    this.held = metrics.gauge(
      'knc_eventing_held_events',
      'Events that wait for others in batches and joins, or for their turn',
      LABELS,
    );
    this.keys = metrics.gauge('knc_eventing_dedupe_keys', 'Keys remembered to tell duplicates', LABELS);
  }
}
