import { until } from './support/process.mjs';
import { median } from './support/stats.mjs';
import { loadRuntime, service, startSystem } from './support/system.mjs';

export const title = '1,000 services with initial scale 0 and function pods';

export async function run({ short }) {
  const count = short ? 200 : 1000;
  const runtime = await loadRuntime();
  const system = await startSystem(runtime);
  system.functions.register({ image: '**' }, () => new Response('hi'));
  const objects = Array.from({ length: count }, (_, i) =>
    service(`s${i}`, { annotations: { 'autoscaling.knative.dev/initial-scale': '0' } }),
  );
  const cold = async (name) => {
    const startedAt = performance.now();
    const answer = await system.gateway.fetch(new Request(`http://${name}.default.127.0.0.1.sslip.io/`));
    if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}`);
    return performance.now() - startedAt;
  };
  const ready = async () => {
    const { items } = await system.cluster.list(runtime.ServiceType, { namespace: 'default' });
    return items.filter((item) => runtime.conditionOf(item.status?.conditions, 'Ready')?.status === 'True').length;
  };
  const cpu = process.cpuUsage();
  await runtime.applyObjects(system.cluster, objects.slice(0, 20));
  await until(async () => (await ready()) === 20);
  const first = [];
  for (let i = 0; i < 10; i++) first.push(await cold(`s${i}`));
  const resumedAt = performance.now();
  await runtime.applyObjects(system.cluster, objects.slice(20));
  await until(async () => (await ready()) === count);
  const readyMs = performance.now() - resumedAt;
  const { user, system: kernel } = process.cpuUsage(cpu);
  const last = [];
  for (let i = 1; i <= 10; i++) last.push(await cold(`s${count - i}`));
  const rss = process.memoryUsage().rss / 2 ** 20;
  await system.stop();
  return [
    { figure: `${count} services, all Ready`, value: readyMs / 1000, unit: 's', wanted: count === 1000 ? '60' : '' },
    { figure: 'CPU used for it', value: (user + kernel) / 1e6, unit: 's' },
    { figure: 'resident memory', value: rss, unit: 'MB' },
    { figure: 'cold start among 20 services, median', value: median(first), unit: 'ms' },
    { figure: `cold start among ${count}, median`, value: median(last), unit: 'ms' },
    { figure: 'last over first', value: median(last) / median(first), wanted: '1.5' },
  ];
}
