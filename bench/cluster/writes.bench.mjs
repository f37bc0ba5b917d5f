import { until } from '../support/process.mjs';
import { ALLOW_ZERO, AT_ZERO, admin, install, lib, removeServices, service, startRuntime } from './support/cluster.mjs';
import { countBy, isConflict, isEvent, isLease, isMeasurement, isOurs, isWrite, kindOf, quiet } from './support/requests.mjs';
import { auditMark, setAudit } from './support/rig.mjs';

export const title = 'Writes to the API server for one KnService at initial scale 0, by its audit log';

export async function run({ short }) {
  const count = short ? 3 : 10;
  await setAudit(true);
  await install(ALLOW_ZERO);
  const runtime = await startRuntime();
  try {
    await removeServices();
    await quiet(auditMark());
    const mark = auditMark();
    for (let i = 0; i < count; i++) {
      const name = `writes-${i}`;
      await admin.create(lib.ServiceType, service(name, AT_ZERO));
      await until(async () => lib.isReady((await admin.get(lib.ServiceType, 'bench', name)) ?? {}));
    }
    const requests = await quiet(mark);
    const writes = requests.filter((one) => isWrite(one) && !isLease(one) && !isMeasurement(one));
    const ours = writes.filter((one) => isOurs(one) && !isEvent(one));
    const others = writes.filter((one) => !isOurs(one) && !isEvent(one));
    const reads = requests.filter((one) => isOurs(one) && !isWrite(one) && one.verb !== 'watch');
    const created = writes.filter((one) => one.verb === 'create' && !isEvent(one) && one.responseStatus?.code === 201);
    return [
      { figure: 'services', value: count },
      { figure: 'writes of ours for each, events apart', value: ours.length / count, wanted: '≤ 25 (upstream: 51)' },
      { figure: 'objects for each, with those that Kubernetes makes', value: created.length / count, wanted: 'upstream: 20' },
      ...countBy(ours, kindOf).map(([what, n]) => ({ figure: `ours: ${what}`, value: n / count })),
      { figure: 'conflicts of ours', value: ours.filter(isConflict).length, wanted: 0 },
      { figure: 'reads of ours for each', value: reads.length / count },
      { figure: 'events of ours for each', value: writes.filter((one) => isOurs(one) && isEvent(one)).length / count },
      ...countBy(others, kindOf).map(([what, n]) => ({ figure: `Kubernetes' own controllers: ${what}`, value: n / count })),
      { figure: "conflicts of Kubernetes' own controllers", value: others.filter(isConflict).length },
    ];
  } finally {
    await removeServices();
    await runtime.stop();
  }
}
