import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import esbuild from 'esbuild';
import { root } from './process.mjs';
import { median } from './stats.mjs';

const SOURCE = `
export { FilterIndex } from './lib/expr';
export { filterEvent } from './lib/eventing/cloud-event';
export { Deliverer, EventHub, EventLog, Journal, MemoryStorage } from './lib/eventing';
export { RealClock, RealExecutor, systemRandom } from './lib/base';`;

/** The parts, bundled from their sources. */
async function load() {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-bench-'));
  const outfile = path.join(folder, 'parts.cjs');
  await esbuild.build({
    stdin: { contents: SOURCE, resolveDir: root, loader: 'ts' },
    ...{ outfile, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' },
  });
  const loaded = createRequire(import.meta.url)(outfile);
  rmSync(folder, { recursive: true });
  return loaded;
}

const attributes = (type) => ({ specversion: '1.0', id: '1', source: '/bench', type });
const exact = (i) => ({ exact: { type: `type-${i}` } });

/** What taking an event costs a broker in memory, by the number of its triggers, of which one matches. */
export async function publishRows(short) {
  const { Deliverer, EventHub, EventLog, Journal, MemoryStorage, RealClock, RealExecutor, systemRandom } = await load();
  const clock = new RealClock();
  const executor = new RealExecutor((error) => {
    throw error;
  });
  const answer = { status: 202, headers: {}, body: Buffer.alloc(0) };
  const open = (count) => {
    const journal = new Journal(clock);
    const log = new EventLog({ clock, storage: new MemoryStorage() });
    const deliverer = new Deliverer({ clock, sender: { send: async () => answer } });
    const hub = new EventHub({
      ...{ name: 'broker/default/bench', kind: 'broker' },
      log,
      journal,
      deliverer,
      clock,
      executor,
      random: systemRandom,
    });
    const spec = { subscriber: { url: 'http://sink.example/' }, policy: {}, namespace: 'default' };
    for (let i = 0; i < count; i++) hub.set(`default/trigger-${i}`, { ...spec, filters: [exact(i)] });
    return hub;
  };
  const event = { attributes: attributes('type-5'), data: Buffer.alloc(1024, 'x') };
  const hubs = new Map([10, 10_000].map((count) => [count, open(count)]));
  const events = short ? 2000 : 10_000;
  const figures = new Map([...hubs.keys()].map((count) => [count, []]));
  for (let round = 0; round < 8; round++) {
    for (const [count, hub] of hubs) {
      const before = process.cpuUsage();
      for (let i = 0; i < events; i++) await hub.publish(event, {});
      await executor.idle();
      const { user, system } = process.cpuUsage(before);
      if (round > 0) figures.get(count).push((user + system) / events);
    }
  }
  const [few, many] = [...figures.values()].map(median);
  return [
    { figure: 'taken and delivered in memory, 10 triggers of which 1 matches', value: few, unit: 'µs' },
    { figure: 'the same with 10,000 triggers', value: many, unit: 'µs' },
    { figure: '10,000 triggers over 10', value: many / few, unit: '×', wanted: '≤ 1.5' },
  ];
}

/** What finding the triggers of an event costs, by their number. */
export async function filterRows(short) {
  const { FilterIndex, filterEvent } = await load();
  const event = filterEvent({ attributes: attributes('type-5'), data: undefined });
  const cost = (count, filter) => {
    const index = new FilterIndex();
    for (let i = 0; i < count; i++) index.set(`t${i}`, [filter(i)]);
    const rounds = Math.max(20, Math.ceil((short ? 20_000 : 200_000) / count ** 0.5));
    for (let i = 0; i < rounds; i++) index.match(event);
    const startedAt = performance.now();
    for (let i = 0; i < rounds; i++) index.match(event);
    return ((performance.now() - startedAt) * 1000) / rounds;
  };
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
