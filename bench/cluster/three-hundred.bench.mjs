import { cpuSeconds, residentMb, until } from '../support/process.mjs';
import { quantile, sum } from '../support/stats.mjs';
import { ALLOW_ZERO, AT_ZERO, admin, install, lib, removeServices, service, startRuntime } from './support/cluster.mjs';
import { requestTotals } from './support/request-totals.mjs';
import { cpuOfParts, setAudit } from './support/rig.mjs';

export const title = '300 KnServices at initial scale 0, created at once, until all are Ready';

/** What has been used of CPU by ours and by each part of Kubernetes. */
const cpuNow = (pid) => ({ ours: cpuSeconds(pid), ...cpuOfParts() });

export async function run({ short }) {
  const count = short ? 60 : 300;
  await setAudit(false);
  await install(ALLOW_ZERO);
  const runtime = await startRuntime();
  const readyAt = new Map();
  const watch = admin.watch(lib.ServiceType, { namespace: 'bench' }, (event) => {
    if (event.type === 'BOOKMARK' || readyAt.has(event.object.metadata.name) || !lib.isReady(event.object)) return;
    readyAt.set(event.object.metadata.name, performance.now());
  });
  try {
    await removeServices();
    readyAt.clear();
    const names = Array.from({ length: count }, (_, i) => `many-${i}`);
    const [cpuBefore, requestsBefore, begin] = [cpuNow(runtime.pid), await requestTotals(), performance.now()];
    await Promise.all(names.map((name) => admin.create(lib.ServiceType, service(name, AT_ZERO))));
    const createdAt = performance.now();
    await until(() => names.every((name) => readyAt.has(name)), 600_000);
    const wall = (performance.now() - begin) / 1000;
    const cpu = Object.entries(cpuNow(runtime.pid)).map(([part, seconds]) => [part, seconds - cpuBefore[part]]);
    const requests = await requestTotals();
    const grown = (filter) =>
      sum([...requests].filter(([key]) => filter(key)).map(([key, total]) => total - (requestsBefore.get(key) ?? 0)));
    const isWrite = (key) => /^(POST|PUT|PATCH|APPLY|DELETE) /.test(key);
    const times = [...readyAt.values()].map((at) => (at - begin) / 1000);
    return [
      { figure: 'services', value: count },
      { figure: 'all created', value: (createdAt - begin) / 1000, unit: 's' },
      { figure: 'all Ready', value: wall, unit: 's', wanted: short ? '' : '≤ 44 (upstream: 132)' },
      { figure: 'Ready, median', value: quantile(times, 0.5), unit: 's' },
      ...cpu.map(([part, seconds]) => ({
        figure: `CPU of ${part}`,
        value: seconds,
        unit: 's',
        wanted: { ours: short ? '' : 'upstream: 50', 'kube-apiserver': short ? '' : 'upstream: 94' }[part],
      })),
      {
        figure: 'writes of everybody for each, leases and events apart',
        value: grown((key) => isWrite(key) && !/ (leases|events) /.test(key)) / count,
      },
      { figure: 'of those refused with 409, ours and others', value: grown((key) => isWrite(key) && key.endsWith(' 409')) },
      { figure: 'events for each', value: grown((key) => isWrite(key) && / events /.test(key)) / count },
      { figure: 'resident memory of ours after it', value: residentMb(runtime.pid), unit: 'MB' },
    ];
  } finally {
    watch.stop();
    await removeServices();
    await runtime.stop();
  }
}
