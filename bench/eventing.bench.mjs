import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { flood, pace, startSink } from './support/event-load.mjs';
import { filterRows, publishRows } from './support/hub-figures.mjs';
import { cpuSeconds, knc, sleep, stop, until } from './support/process.mjs';
import { median, sum } from './support/stats.mjs';
import { startUpstream, upstreamBinaries } from './support/upstream-eventing.mjs';

export const title = "Events of 1 KiB through a broker, beside Knative's (interleaved; needs Go)";

/**
 * Triggers that match and that do not, events under way at once, and how many are sent to each of ours and to Knative's in a round.
 * Knative's channel asks its filter for every trigger: with 100 of them, an event makes 100 requests, and more than a few at once are
 * answered 500.
 */
const CASES = [
  { name: '1 → 1', broker: 'one', matching: 1, others: 0, inFlight: 32, events: 3000, knative: 1500 },
  { name: '1 → 10', broker: 'ten', matching: 10, others: 0, inFlight: 8, events: 1000, knative: 300 },
  { name: '100 triggers of which 1 matches', broker: 'hundred', matching: 1, others: 99, inFlight: 4, events: 2000, knative: 60 },
];
const BROKERS = [
  ...CASES.map(({ broker, matching, others }) => ({
    name: broker,
    triggers: [
      ...Array.from({ length: matching }, (_, i) => ({ name: `match-${i}`, type: 'wanted' })),
      ...Array.from({ length: others }, (_, i) => ({ name: `other-${i}`, type: `other-${i}` })),
    ],
  })),
  { name: 'none', triggers: [] },
];

async function startOurs(folder, storage, sink) {
  const api = { apiVersion: 'eventing.knative.dev/v1' };
  const objects = BROKERS.flatMap(({ name: broker, triggers }) => [
    { ...api, kind: 'Broker', metadata: { name: broker } },
    ...triggers.map(({ name, type }) => ({
      ...{ ...api, kind: 'Trigger', metadata: { name: `${broker}-${name}` } },
      spec: { broker, subscriber: { uri: sink.url }, filters: [{ exact: { type } }] },
    })),
  ]);
  const file = path.join(folder, `${storage}.yaml`);
  writeFileSync(file, objects.map((one) => JSON.stringify(one)).join('\n---\n'));
  const state = storage === 'memory' ? ['--ephemeral'] : ['--state', path.join(folder, 'state')];
  const args = [knc, 'dev', file, '--json', '--port', '0', '--allow-sink', `127.0.0.1:${sink.port}`, ...state];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ready = await new Promise((resolve, reject) => {
    child.on('exit', (code) => reject(new Error(`knc dev ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      if (event.event === 'ready') resolve(event);
      if (event.event === 'notice' || event.event === 'error') process.stderr.write(`${line}\n`);
    });
  });
  const { hostname, port } = new URL(ready.gateway);
  const host = 'broker-ingress.knative-eventing.svc.cluster.local';
  return {
    target: (broker) => ({ hostname, port: Number(port), host, path: `/default/${broker}` }),
    cpu: () => ({ knc: cpuSeconds(child.pid) }),
    stop: () => stop(child),
  };
}

/** Whether a broker serves already. */
const takes = (target) =>
  flood(target, 1, 1).then(
    (refused) => refused === 0,
    () => false,
  );

/** CPU by process for each event that was delivered, in microseconds, and events a second. */
async function measure(peer, sink, { broker, matching, inFlight }, count) {
  const wanted = sink.state.count + count * matching;
  const before = peer.cpu();
  const startedAt = performance.now();
  const refused = await flood(peer.target(broker), count, inFlight);
  await until(() => sink.state.count >= wanted);
  const seconds = (performance.now() - startedAt) / 1000;
  const after = peer.cpu();
  const parts = Object.keys(after).map((name) => [name, ((after[name] - before[name]) * 1e6) / (count * matching)]);
  return {
    us: sum(parts.map(([, us]) => us)),
    parts: Object.fromEntries(parts),
    perSecond: (count * matching) / seconds,
    refused,
  };
}

/** Rounds in which each peer has its turn: what else the machine does then strikes all of them. */
async function interleaved(peers, rounds, turn) {
  const figures = new Map(peers.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const peer of peers) figures.get(peer.name).push(await turn(peer));
  }
  return figures;
}

export async function run({ short }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-bench-'));
  const sink = await startSink();
  const peers = [];
  try {
    const binaries = upstreamBinaries({ build: !short });
    if (binaries.missing) process.stderr.write(`Knative's broker is left out: ${binaries.missing}\n`);
    else peers.push({ name: 'Knative', ...(await startUpstream(binaries, BROKERS, sink.url)) });
    for (const storage of ['memory', 'lmdb']) peers.push({ name: storage, ...(await startOurs(folder, storage, sink)) });
    for (const { target } of peers) for (const { broker } of CASES) await until(() => takes(target(broker)));
    await sleep(1000); // what these events have begun is over
    return [
      ...(await cpuRows(peers, sink, short)),
      ...(await latencyRows(peers, sink, short)),
      ...(await durableRows(peers, short)),
      ...(await publishRows(short)),
      ...(await filterRows(short)),
    ];
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    sink.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function cpuRows(peers, sink, short) {
  const rows = [];
  for (const one of CASES) {
    const title = `${one.name}, ${one.inFlight} in flight`;
    const turn = (peer) => {
      const events = peer.name === 'Knative' ? one.knative : one.events;
      return measure(peer, sink, one, short ? Math.ceil(events / 3) : events);
    };
    for (const peer of peers) await turn(peer); // until the code is warm
    const figures = await interleaved(peers, short ? 3 : 5, turn);
    for (const { name } of peers) {
      const own = figures.get(name);
      const parts = Object.keys(own[0].parts);
      const each = parts.map((part) => `${part} ${Math.round(median(own.map((figure) => figure.parts[part])))}`);
      const us = median(own.map((figure) => figure.us));
      rows.push({
        figure: `${title}, ${name}: CPU per delivered event`,
        value: us,
        unit: parts.length > 1 ? `µs (${each.join(', ')})` : 'µs',
      });
      const refused = sum(own.map((figure) => figure.refused));
      if (refused > 0) rows.push({ figure: `${title}, ${name}: events that it refused, and got again`, value: refused });
      rows.push({
        figure: `${title}, ${name}: delivered`,
        value: Math.round(median(own.map((figure) => figure.perSecond))),
        unit: '/s',
      });
    }
    const upstream = figures.get('Knative');
    if (!upstream) continue;
    for (const name of ['memory', 'lmdb']) {
      const ratio = median(figures.get(name).map(({ us }, i) => us / upstream[i].us));
      rows.push({
        figure: `${title}, ${name} over Knative: CPU, median of pairs`,
        value: ratio,
        wanted: name === 'memory' ? '≤ 0.25' : '',
      });
    }
  }
  return rows;
}

async function latencyRows(peers, sink, short) {
  const figures = await interleaved(peers, short ? 2 : 5, (peer) => pace(peer.target('one'), sink, short ? 200 : 400, 200));
  return peers.map(({ name }) => ({
    figure: `1 → 1 at 200/s, ${name}: end to end, median`,
    value: median(figures.get(name)),
    unit: 'ms',
    wanted: name === 'Knative' ? '' : "≤ Knative's",
  }));
}

/** What an acknowledged event costs that nobody wants: taken, written, synced. */
async function durableRows(peers, short) {
  const peer = peers.find(({ name }) => name === 'lmdb');
  const count = short ? 5000 : 20_000;
  const figures = [];
  await flood(peer.target('none'), count, 64);
  for (let round = 0; round < 3; round++) {
    const before = peer.cpu().knc;
    await flood(peer.target('none'), count, 64);
    figures.push(((peer.cpu().knc - before) * 1e6) / count);
  }
  return [
    { figure: 'lmdb, 64 producers, no trigger: CPU per acknowledged event', value: median(figures), unit: 'µs', wanted: '≤ 80' },
  ];
}
