import { readFileSync } from 'node:fs';
import path from 'node:path';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { LocalSystem } from '../../../../lib/roles';
import { type MetricDescription, PrometheusMetrics } from '../../../../lib/roles/metrics';

const labels = { namespace: 'default', revision: 'r' };

describe('what Prometheus reads', () => {
  test('is what was counted, set and observed, and no longer what was removed', async () => {
    const metrics = new PrometheusMetrics();
    const counter = metrics.counter('requests_total', 'Requests.', ['namespace', 'revision']);
    counter.add(labels);
    counter.add(labels, 2);
    const gauge = metrics.gauge('pods', 'Pods.', ['namespace', 'revision']);
    gauge.set(labels, 3);
    gauge.set({ ...labels, revision: 'gone' }, 4);
    gauge.remove({ ...labels, revision: 'gone' });
    metrics.histogram('wait_seconds', 'Waits.', ['revision'], [0.1, 1]).observe({ revision: 'r' }, 0.5);
    expect(await metrics.text()).toMatchInlineSnapshot(`
"# HELP requests_total Requests.
# TYPE requests_total counter
requests_total{namespace="default",revision="r"} 3

# HELP pods Pods.
# TYPE pods gauge
pods{namespace="default",revision="r"} 3

# HELP wait_seconds Waits.
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.1",revision="r"} 0
wait_seconds_bucket{le="1",revision="r"} 1
wait_seconds_bucket{le="+Inf",revision="r"} 1
wait_seconds_sum{revision="r"} 0.5
wait_seconds_count{revision="r"} 1
"
`);
  });

  test('holds a name once, however many parts declare it; not in two ways', async () => {
    const metrics = new PrometheusMetrics();
    metrics.counter('a_total', 'A.', ['x']).add({ x: '1' });
    metrics.counter('a_total', 'A.', ['x']).add({ x: '1' });
    expect(await metrics.text()).toContain('a_total{x="1"} 2');
    expect(() => metrics.gauge('a_total', 'A.', ['x'])).toThrow('metric a_total is declared twice');
    expect(() => metrics.counter('a_total', 'A.', ['y'])).toThrow('metric a_total is declared twice');
  });

  test('can hold what is to know of the process itself', async () => {
    const metrics = new PrometheusMetrics();
    metrics.measureProcess();
    const text = await metrics.text();
    expect(text).toMatch(/^process_cpu_seconds_total [\d.]+$/m);
    expect(text).toMatch(/^nodejs_eventloop_lag_seconds [\d.e-]+$/m);
    expect(text).not.toContain('nodejs_eventloop_lag_p99_seconds');
    expect(metrics.describe()).toEqual([]);
  });
});

/** Knative's name of what stands beside it, where Knative measures the same. */
function upstream(name: string): string {
  if (name.startsWith('kn_revision_')) return `\`${name.replace(/^kn_revision_/, 'kn.revision.').replace(/(?<=\.\w+)_/, '.')}\``;
  return name === 'knc_gateway_request_duration_seconds' ? '`kn.serving.invocation.duration`' : '';
}

const row = ({ name, type, labels: own, help }: MetricDescription): string =>
  `| \`${name}\` | ${type} | ${own.map((label) => `\`${label}\``).join(', ')} | ${help.replace(/\.$/, '')} | ${upstream(name)} |`;

test('docs/metrics.md names every metric of the runtime as it is', async () => {
  const metrics = new PrometheusMetrics();
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const system = await LocalSystem.start({ clock, executor, random: seededRandom(1), log: noLog, metrics });
  await system.stop();
  const written = readFileSync(path.resolve(__dirname, '../../../../docs/metrics.md'), 'utf8').split('\n');
  expect(written.filter((line) => line.startsWith('| `'))).toEqual(metrics.describe().map(row));
  for (const { name, type } of metrics.describe()) {
    expect(name).toMatch(type === 'counter' ? /_total$/ : type === 'histogram' ? /_seconds$/ : /^kn_revision_|^knc_eventing_/);
  }
});
