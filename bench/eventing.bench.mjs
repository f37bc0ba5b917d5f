import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { loadIndex } from './support/filter-index.mjs';
import { cpuSeconds, knc, stop, until } from './support/process.mjs';
import { median } from './support/stats.mjs';

export const title = 'Events through a broker';

/** On the reference machine, upstream's broker path (ingress, filter and dispatcher summed) cost this much CPU per event. */
const UPSTREAM_US = 1230;
const IN_FLIGHT = 32;
const BODY = Buffer.alloc(1024, 'x');

/** Counts events, and remembers how long each has taken. */
async function receiver() {
  const state = { count: 0, delays: [] };
  const server = http.createServer((request, response) => {
    request.resume();
    request.on('end', () => {
      state.count++;
      state.delays.push(performance.now() - Number(request.headers['ce-sent']));
      response.writeHead(202).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { state, port: server.address().port, close: () => server.close() };
}

function objects(port, matching, others) {
  const sink = { uri: `http://127.0.0.1:${port}/` };
  const api = { apiVersion: 'eventing.knative.dev/v1' };
  const trigger = (name, type) => ({
    ...api,
    kind: 'Trigger',
    metadata: { name },
    spec: { broker: 'bench', subscriber: sink, filters: [{ exact: { type } }] },
  });
  return [
    { ...api, kind: 'Broker', metadata: { name: 'bench' } },
    ...Array.from({ length: matching }, (_, i) => trigger(`match-${i}`, 'wanted')),
    ...Array.from({ length: others }, (_, i) => trigger(`other-${i}`, `other-${i}`)),
  ];
}

async function startBroker(folder, storage, port, matching, others) {
  const file = path.join(folder, `${storage}-${matching}-${others}.yaml`);
  writeFileSync(
    file,
    objects(port, matching, others)
      .map((one) => JSON.stringify(one))
      .join('\n---\n'),
  );
  const state = storage === 'memory' ? ['--ephemeral'] : ['--state', path.join(folder, `state-${matching}-${others}`)];
  const args = [knc, 'dev', file, '--json', '--port', '0', '--allow-sink', `127.0.0.1:${port}`, ...state];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`knc dev ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      if (event.event === 'ready') resolve(event);
      if (event.event === 'notice' || event.event === 'error') process.stderr.write(`${line}\n`);
    });
  });
  return { child, url: new URL(ready.gateway) };
}

function publisher({ hostname, port }, inFlight) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: inFlight });
  let id = 0;
  return () =>
    new Promise((resolve, reject) => {
      const headers = {
        host: 'broker-ingress.knative-eventing.svc.cluster.local',
        'content-type': 'text/plain',
        'content-length': BODY.length,
        ...{ 'ce-specversion': '1.0', 'ce-id': String(++id), 'ce-source': '/bench', 'ce-type': 'wanted' },
        'ce-sent': String(performance.now()),
      };
      const request = http.request({ hostname, port, path: '/default/bench', method: 'POST', headers, agent }, (response) => {
        response.resume();
        response.on('end', () => (response.statusCode === 202 ? resolve() : reject(new Error(`${response.statusCode}`))));
      });
      request.on('error', reject);
      request.end(BODY);
    });
}

async function flood(publish, count, inFlight = IN_FLIGHT) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await publish();
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}

/** CPU of the platform for each event that was delivered, in microseconds. */
async function measure(folder, storage, matching, others, count, inFlight) {
  const sink = await receiver();
  const { child, url } = await startBroker(folder, storage, sink.port, matching, others);
  try {
    const publish = publisher(url, inFlight);
    const all = async (number) => {
      const wanted = sink.state.count + number * matching;
      await flood(publish, number, inFlight);
      await until(() => sink.state.count >= wanted);
    };
    await all(Math.ceil(count / 4)); // until the code is warm
    sink.state.delays.length = 0;
    const before = cpuSeconds(child.pid);
    const startedAt = performance.now();
    await all(count);
    const seconds = (performance.now() - startedAt) / 1000;
    const cpu = cpuSeconds(child.pid) - before;
    return { us: (cpu * 1e6) / (count * matching), perSecond: (count * matching) / seconds, ms: median(sink.state.delays) };
  } finally {
    await stop(child);
    sink.close();
  }
}

const CASES = [
  ['1 → 1', 1, 0, 1],
  ['1 → 10', 10, 0, 4],
  ['100 triggers of which 1 matches', 1, 99, 1],
];

export async function run({ short }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-bench-'));
  const rows = [];
  try {
    for (const storage of ['memory', 'lmdb']) {
      for (const [name, matching, others, less] of CASES) {
        const count = Math.ceil((short ? 1000 : 10_000) / less);
        const { us, perSecond, ms } = await measure(folder, storage, matching, others, count, IN_FLIGHT);
        const wanted = storage === 'memory' ? `≤ ${UPSTREAM_US / 4} (upstream: ${UPSTREAM_US})` : '';
        rows.push({ figure: `${storage}, ${name}: CPU per delivered event`, value: us, unit: 'µs', wanted });
        rows.push({ figure: `${storage}, ${name}: delivered`, value: Math.round(perSecond), unit: '/s' });
        rows.push({ figure: `${storage}, ${name}: median end to end`, value: ms, unit: 'ms' });
      }
    }
    return [...rows, ...(await indexRows(short))];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What finding the triggers of an event costs, by their number. */
async function indexRows(short) {
  const { FilterIndex, filterEvent } = await loadIndex();
  const event = filterEvent({ attributes: { specversion: '1.0', id: '1', source: '/bench', type: 'type-5' }, data: undefined });
  const cost = (count, filter) => {
    const index = new FilterIndex();
    for (let i = 0; i < count; i++) index.set(`t${i}`, [filter(i)]);
    const rounds = Math.max(20, Math.ceil((short ? 20_000 : 200_000) / count ** 0.5));
    for (let i = 0; i < rounds; i++) index.match(event);
    const startedAt = performance.now();
    for (let i = 0; i < rounds; i++) index.match(event);
    return ((performance.now() - startedAt) * 1000) / rounds;
  };
  const exact = (i) => ({ exact: { type: `type-${i}` } });
  cost(1000, exact); // until the code is warm
  const base = cost(10, exact);
  const rows = [{ figure: 'match against 10 indexed triggers', value: base, unit: 'µs' }];
  for (const count of [1000, 10_000]) {
    const us = cost(count, exact);
    rows.push({ figure: `match against ${count} indexed triggers`, value: us, unit: `µs, ${(us / base).toFixed(2)} ×` });
  }
  for (const [name, filter] of [
    ['not', (i) => ({ not: { exact: { type: `type-${i}` } } })],
    ['cesql', (i) => ({ cesql: `type = 'x${i}'` })],
  ]) {
    rows.push({ figure: `each trigger more with ${name}`, value: (cost(1000, filter) - cost(10, filter)) / 990, unit: 'µs' });
  }
  return rows;
}
