import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { get, sleep, startDev, until } from './support/process.mjs';
import { service } from './support/system.mjs';

export const title = '100 concurrent requests on `target: 10`, pods as processes';

export async function run({ short }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-load-'));
  const annotations = { 'autoscaling.knative.dev/window': '10s', 'autoscaling.knative.dev/target': '10' };
  const object = service('auto', { annotations, containers: [{ image: 'ghcr.io/knative/autoscale-go:latest' }] });
  writeFileSync(path.join(folder, 'service.yaml'), JSON.stringify(object));
  const dev = await startDev(folder);
  const [{ host }] = dev.ready.services;
  const scale = () => dev.events.filter((event) => event.event === 'scale').at(-1).to;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 100 });
  const statuses = {};
  let running = true;
  const client = async () => {
    while (running) {
      const { status } = await get(dev.ready.gateway, host, { path: '/?sleep=500', agent });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
  };
  try {
    const clients = Array.from({ length: 100 }, client);
    await sleep(short ? 30_000 : 60_000);
    const pods = scale();
    running = false;
    await Promise.all(clients);
    const silentAt = performance.now();
    await until(() => scale() === 0, 180_000);
    return [
      { figure: 'pods under load', value: pods, wanted: '15' },
      { figure: 'answers by status', value: JSON.stringify(statuses) },
      { figure: 'from silence to zero', value: (performance.now() - silentAt) / 1000, unit: 's' },
    ];
  } finally {
    agent.destroy();
    await dev.stop();
    rmSync(folder, { recursive: true });
  }
}
