import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { cpuSeconds, family, residentMb, sleep, startDev, until } from './support/process.mjs';
import { service } from './support/system.mjs';

const sum = (values) => values.reduce((total, value) => total + value, 0);

export const title = '20 services at zero in `knc dev`';

export async function run({ short }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-idle-'));
  const annotations = { 'autoscaling.knative.dev/window': '6s', 'autoscaling.knative.dev/initial-scale': '0' };
  const objects = Array.from({ length: 20 }, (_, i) => service(`s${i}`, { annotations }));
  writeFileSync(path.join(folder, 'services.yaml'), objects.map((object) => JSON.stringify(object)).join('\n---\n'));
  const dev = await startDev(folder);
  const seconds = short ? 10 : 60;
  try {
    await until(() => dev.ready);
    await sleep(5000);
    const before = cpuSeconds(dev.child.pid);
    await sleep(seconds * 1000);
    const used = cpuSeconds(dev.child.pid) - before;
    return [
      { figure: `CPU of one core over ${seconds} s`, value: (used / seconds) * 100, unit: '%', wanted: '1' },
      { figure: 'resident memory', value: residentMb(dev.child.pid), unit: 'MB', wanted: '150' },
      {
        figure: 'resident memory with its helpers',
        value: sum(family(dev.child.pid).map(residentMb)),
        unit: 'MB',
        wanted: '150',
      },
    ];
  } finally {
    await dev.stop();
    rmSync(folder, { recursive: true });
  }
}
