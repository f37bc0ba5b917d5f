import { type ConfigMap, ConfigMapType } from '../../../../lib/api';
import { CountingExecutor, type Log, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { InstallationSettings } from '../../../../lib/roles/runtime';

const OURS = 'ours.ingress.networking.knative.dev';

const map = (name: string, data: Record<string, string>, namespace = 'knative-serving'): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

async function setUp(...maps: readonly ConfigMap[]) {
  const executor = new CountingExecutor(() => {});
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: [ConfigMapType] });
  for (const one of maps) await cluster.create(ConfigMapType, one);
  const warnings: unknown[] = [];
  const log: Log = { ...noLog, warn: (_message, fields) => warnings.push(fields) };
  const settings = new InstallationSettings({ cluster, clock, log, ingressClass: OURS });
  await settings.start();
  return { cluster, clock, settings, warnings };
}

test('without ConfigMaps they are the defaults, but that our gateway serves', async () => {
  const { settings } = await setUp();
  expect(settings.current.network.ingressClass).toBe(OURS);
  expect(settings.current.autoscaler.containerConcurrencyTargetDefault).toBe(100);
});

test.each(['ingress-class', 'ingress.class'])(
  'another ingress controller that config-network names by %s serves',
  async (key) => {
    const { settings } = await setUp(map('config-network', { [key]: 'kourier.ingress.networking.knative.dev' }));
    expect(settings.current.network.ingressClass).toBe('kourier.ingress.networking.knative.dev');
  },
);

test('the two that are called config-features are told apart by their namespaces', async () => {
  const { settings } = await setUp(
    map('config-features', { 'multi-container': 'disabled' }),
    map('config-features', { 'cross-namespace-event-links': 'enabled' }, 'knative-eventing'),
  );
  expect(settings.current.features.multiContainer).toBe('Disabled');
  expect(settings.current.eventing.features.crossNamespaceEventLinks).toBe(true);
});

test('a change is told; one that cannot be read is warned of and leaves what held; one that goes leaves the defaults', async () => {
  const { cluster, clock, settings, warnings } = await setUp();
  const told: number[] = [];
  settings.onChange(({ autoscaler }) => told.push(autoscaler.stableWindow));
  const write = (window: string) =>
    cluster.patch(ConfigMapType, 'knative-serving', 'config-autoscaler', 'merge', { data: { 'stable-window': window } });
  await cluster.create(ConfigMapType, map('config-autoscaler', { 'stable-window': '30s' }));
  await clock.advance(0);
  await write('1s');
  await clock.advance(0);
  expect(settings.current.autoscaler.stableWindow).toBe(30_000);
  expect(warnings).toEqual([{ configMap: 'knative-serving/config-autoscaler', error: expect.stringContaining('stable-window') }]);
  await write('40s');
  await clock.advance(0);
  await cluster.delete(ConfigMapType, 'knative-serving', 'config-autoscaler');
  await clock.advance(0);
  expect(told).toEqual([30_000, 40_000, 60_000]);
});
