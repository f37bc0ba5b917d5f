import { cpuSeconds, residentMb, sleep, until } from '../support/process.mjs';
import { ALLOW_ZERO, AT_ZERO, admin, install, lib, removeServices, service, startRuntime } from './support/cluster.mjs';
import { countBy, isLease, isMeasurement, isOurs, isWrite, kindOf, quiet } from './support/requests.mjs';
import { auditMark, auditSince, setAudit } from './support/rig.mjs';

export const title = 'API traffic at rest, with 20 KnServices at zero';

export async function run({ short }) {
  const minutes = short ? 1 : 5;
  await setAudit(true);
  await install(ALLOW_ZERO);
  const runtime = await startRuntime();
  try {
    await removeServices();
    const names = Array.from({ length: 20 }, (_, i) => `rest-${i}`);
    for (const name of names) await admin.create(lib.ServiceType, service(name, AT_ZERO));
    const isReady = async (name) => lib.isReady((await admin.get(lib.ServiceType, 'bench', name)) ?? {});
    await until(async () => (await Promise.all(names.map(isReady))).every(Boolean));
    await quiet(auditMark());
    const [mark, cpu] = [auditMark(), cpuSeconds(runtime.pid)];
    await sleep(minutes * 60_000);
    const used = cpuSeconds(runtime.pid) - cpu;
    const requests = auditSince(mark).filter((one) => isOurs(one) && !isMeasurement(one));
    const others = requests.filter((one) => !isLease(one) && one.verb !== 'watch');
    return [
      { figure: 'minutes', value: minutes },
      {
        figure: 'lease writes a minute',
        value: requests.filter((one) => isLease(one) && isWrite(one)).length / minutes,
        wanted: '≤ 30 (upstream: 253)',
      },
      { figure: 'requests that are neither leases nor watches that begin again', value: others.length, wanted: 0 },
      ...countBy(others, kindOf).map(([what, n]) => ({ figure: `of them ${what}`, value: n })),
      {
        figure: 'watches that ended and began again, a minute',
        value: requests.filter((one) => one.verb === 'watch').length / minutes,
      },
      { figure: 'CPU of ours', value: (used / minutes / 60) * 1000, unit: 'm' },
      { figure: 'resident memory of ours', value: residentMb(runtime.pid), unit: 'MB' },
    ];
  } finally {
    await removeServices();
    await runtime.stop();
  }
}
