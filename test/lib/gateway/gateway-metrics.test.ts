import type { Metrics } from '../../../lib/base';
import type { Backend } from '../../../lib/gateway/backend';
import { GatewayMetrics } from '../../../lib/gateway/gateway-metrics';

const timings = { queue: 120, start: 100, probe: 20, app: 30, cold: true };

function setup() {
  const seen: unknown[] = [];
  const metrics: Metrics = {
    counter: (name) => ({ add: (labels) => seen.push([name, { ...labels }]) }),
    gauge: () => ({ set: () => {}, remove: () => {} }),
    histogram: (name) => ({ observe: (labels, value) => seen.push([name, { ...labels }, value]) }),
  };
  const backend = { labels: { namespace: 'default', revision: 'r' } } as Backend;
  return { seen, backend, metrics: new GatewayMetrics(metrics) };
}

describe('metrics', () => {
  test('count answers by revision and class of status', () => {
    const { seen, backend, metrics } = setup();
    metrics.answered(backend, 204, { ...timings, cold: false });
    metrics.answered(backend, 503, undefined);
    expect(seen.filter((one) => (one as string[])[0] === 'knc_gateway_requests_total')).toEqual(
      ['2xx', '5xx'].map((code_class) => ['knc_gateway_requests_total', { namespace: 'default', revision: 'r', code_class }]),
    );
  });

  test('hold how long requests took that a pod answered, in seconds, and cold ones among them', () => {
    const { seen, backend, metrics } = setup();
    metrics.answered(backend, 200, timings);
    metrics.answered(backend, 200, { ...timings, queue: 0, cold: false });
    metrics.answered(backend, 503, undefined);
    const observed = (name: string) =>
      (seen as [string, object, number?][]).filter(([of]) => of === name).map(([, labels, value]) => [labels, value]);
    const labels = { namespace: 'default', revision: 'r' };
    expect(observed('knc_gateway_cold_start_seconds')).toEqual([[labels, 0.15]]);
    expect(observed('knc_gateway_request_duration_seconds')).toEqual([
      [labels, 0.15],
      [labels, 0.03],
    ]);
  });
});
