import type { Gauge, Metrics } from '../../base';
import type { Decision } from './decide';

const LABELS = ['namespace', 'revision'] as const;

/** The autoscaler's gauges per revision, under the names of Knative's own (kn.revision.*). */
export class ScaleMetrics {
  readonly #desired: Gauge;
  readonly #excess: Gauge;
  readonly #panic: Gauge;
  readonly #values: Record<'concurrency' | 'rps', { readonly stable: Gauge; readonly panic: Gauge; readonly target: Gauge }>;

  constructor(metrics: Metrics) {
    const gauge = (name: string, help: string): Gauge => metrics.gauge(`kn_revision_${name}`, help, LABELS);
    const values = (name: string, what: string) => ({
      stable: gauge(`${name}_stable`, `Average ${what} over the stable window`),
      panic: gauge(`${name}_panic`, `Average ${what} over the panic window`),
      target: gauge(`${name}_target`, `The ${what} that each pod should have`),
    });
    this.#desired = gauge('pods_desired', 'Number of pods that the autoscaler wants');
    this.#excess = gauge('capacity_excess', 'Capacity beyond the load and the target burst');
    this.#panic = gauge('panic_mode', '1 while the autoscaler is in panic mode');
    this.#values = {
      concurrency: values('concurrency', 'requests in flight'),
      rps: values('rps', 'requests per second'),
    };
  }

  record(namespace: string, revision: string, decision: Decision): void {
    const { explanation: e, desired } = decision;
    if (desired === undefined) return;
    const labels = { namespace, revision };
    const { stable, panic, target } = this.#values[e.spec.metric];
    this.#desired.set(labels, desired);
    this.#excess.set(labels, decision.excessBurstCapacity);
    this.#panic.set(labels, e.panicSince === undefined ? 0 : 1);
    stable.set(labels, e.stableValue ?? 0);
    panic.set(labels, e.panicValue ?? 0);
    target.set(labels, e.spec.target);
  }

  /** The revision is gone. */
  forget(namespace: string, revision: string): void {
    const { concurrency, rps } = this.#values;
    const all = [concurrency, rps].flatMap(({ stable, panic, target }) => [stable, panic, target]);
    for (const gauge of [this.#desired, this.#excess, this.#panic, ...all]) gauge.remove({ namespace, revision });
  }
}
