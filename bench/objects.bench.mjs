import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { parse } from 'yaml';
import { residentMb, startDev } from './support/process.mjs';
import { median } from './support/stats.mjs';
import { service } from './support/system.mjs';

export const title = '10,000 objects in the API server of `knc dev`';

/** Requests to the server that a kubeconfig names. */
function client(kubeconfig) {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8'));
  const { server, 'certificate-authority-data': authority } = clusters[0].cluster;
  const agent = new https.Agent({ keepAlive: true, ca: Buffer.from(authority, 'base64') });
  const headers = { authorization: `Bearer ${users[0].user.token}`, 'content-type': 'application/json' };
  return (method, target, body) =>
    new Promise((resolve, reject) => {
      const request = https.request(new URL(target, server), { method, agent, headers }, (response) => {
        const chunks = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const text = Buffer.concat(chunks);
          if (response.statusCode < 300) resolve(text);
          else reject(new Error(`${method} ${target}: ${response.statusCode} ${text}`));
        });
      });
      request.on('error', reject);
      request.end(body === undefined ? undefined : JSON.stringify(body));
    });
}

const configMap = (i) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: `map-${i}`,
    namespace: 'default',
    labels: { app: `app-${i % 100}` },
    annotations: { 'example.com/owner': 'bench' },
  },
  data: Object.fromEntries(Array.from({ length: 8 }, (_, at) => [`key-${at}`, `value ${i} of a setting that is not very long`])),
});

async function timed(count, work) {
  const times = [];
  for (let i = 0; i < count; i++) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  return median(times);
}

export async function run({ short }) {
  const count = short ? 1000 : 10_000;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-objects-'));
  const annotations = { 'autoscaling.knative.dev/initial-scale': '0' };
  writeFileSync(path.join(folder, 'service.yaml'), JSON.stringify(service('one', { annotations })));
  const dev = await startDev(folder);
  try {
    const request = client(dev.ready.kubeconfig);
    const maps = '/api/v1/namespaces/default/configmaps';
    const startedAt = performance.now();
    const created = Array.from({ length: 32 }, async (_, worker) => {
      for (let i = worker; i < count; i += 32) await request('POST', `${maps}?fieldManager=bench`, configMap(i));
    });
    await Promise.all(created);
    const createMs = performance.now() - startedAt;
    const { items } = JSON.parse(await request('GET', maps));
    if (items.length !== count) throw new Error(`${items.length} of ${count} objects are listed`);
    const listMs = await timed(9, () => request('GET', maps));
    const selectMs = await timed(9, () => request('GET', `${maps}?labelSelector=app%3Dapp-7`));
    const memory = residentMb(dev.child.pid);
    return [
      { figure: `${count} objects created, each`, value: createMs / count, unit: 'ms' },
      { figure: `${count} objects listed over HTTPS, median`, value: listMs, unit: 'ms', wanted: count === 10_000 ? '200' : '' },
      { figure: '1 in 100 of them selected by label, median', value: selectMs, unit: 'ms' },
      { figure: 'resident memory of the process', value: memory, unit: 'MB', wanted: '300' },
    ];
  } finally {
    await dev.stop();
    rmSync(folder, { recursive: true });
  }
}
