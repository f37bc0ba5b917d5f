import { spawnSync } from 'node:child_process';
import { knc, startDev } from './support/process.mjs';
import { median } from './support/stats.mjs';

export const title = 'From process start to the ready line of `knc dev examples/hello`';

export async function run({ short }) {
  const times = [];
  for (let i = 0; i < (short ? 3 : 11); i++) {
    const dev = await startDev('examples/hello');
    times.push(dev.readyMs);
    await dev.stop();
  }
  const help = Array.from({ length: short ? 3 : 11 }, () => {
    const startedAt = performance.now();
    spawnSync(process.execPath, [knc, '--help']);
    return performance.now() - startedAt;
  });
  return [
    { figure: 'ready, median', value: median(times), unit: 'ms', wanted: '1500' },
    { figure: 'ready, worst', value: Math.max(...times), unit: 'ms' },
    { figure: '`knc --help`, median', value: median(help), unit: 'ms', wanted: '150' },
  ];
}
