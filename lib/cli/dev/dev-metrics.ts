import { type Metrics, noMetrics } from '../../base';
import type { DevReporter } from './dev-events';

/** What the runtime is to measure with, and how to stop showing it. */
export interface DevMetrics {
  readonly metrics: Metrics;
  close(): Promise<void>;
}

/**
 * Measures and shows it on a port of its own, if one is asked for; otherwise nothing is measured, nor loaded for it.
 * @throws KncError KNC4005 if the port cannot be had.
 */
export async function showMetrics(port: number | undefined, reporter: DevReporter): Promise<DevMetrics> {
  if (port === undefined) return { metrics: noMetrics, close: async () => {} };
  const { MetricsServer, PrometheusMetrics } = await import('../../roles/metrics');
  const metrics = new PrometheusMetrics();
  metrics.measureProcess();
  const server = await MetricsServer.listen(metrics, port);
  reporter.metrics(server.url);
  return { metrics, close: () => server.close() };
}
