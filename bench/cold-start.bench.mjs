import { spawn } from 'node:child_process';
import net from 'node:net';
import path from 'node:path';
import { get, root, sleep, startDev, until } from './support/process.mjs';
import { median } from './support/stats.mjs';

export const title = 'Cold start: no pod, request sent, first byte back';

/** The floor: the same program started by hand, until it answers its first request. */
async function bare() {
  const port = await freePort();
  const startedAt = performance.now();
  const child = spawn(process.execPath, [path.join(root, 'examples/hello/server.js')], {
    env: { PATH: process.env.PATH, PORT: String(port) },
    stdio: 'ignore',
  });
  for (;;) {
    try {
      await get(`http://127.0.0.1:${port}`, 'bare');
      break;
    } catch {
      await sleep(1);
    }
  }
  const elapsed = performance.now() - startedAt;
  child.kill('SIGKILL');
  return elapsed;
}

function freePort() {
  return new Promise((resolve) => {
    const server = net.createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

const parse = (header = '') =>
  Object.fromEntries([...header.matchAll(/(\w+);dur=([\d.]+)/g)].map(([, name, value]) => [name, Number(value)]));

export async function run({ short }) {
  const dev = await startDev('examples/hello');
  const [service] = dev.ready.services;
  const cold = [];
  const floor = [];
  const segments = {};
  try {
    for (let i = 0; i < (short ? 2 : 10); i++) {
      const atZero = () => dev.events.filter((event) => event.event === 'scale').at(-1)?.to === 0;
      await until(atZero);
      await sleep(700); // the last pod's process ends
      floor.push(await bare());
      const { firstByteMs, headers, status } = await get(dev.ready.gateway, service.host);
      if (status !== 200) throw new Error(`answered ${status}`);
      cold.push(firstByteMs);
      for (const [name, value] of Object.entries(parse(headers['server-timing']))) {
        segments[name] = [...(segments[name] ?? []), value];
      }
      await until(() => dev.events.filter((event) => event.event === 'scale').at(-1)?.to > 0);
    }
  } finally {
    await dev.stop();
  }
  const differences = cold.map((value, i) => value - floor[i]);
  return [
    { figure: 'first byte, median', value: median(cold), unit: 'ms', wanted: '200' },
    { figure: 'first byte, worst', value: Math.max(...cold), unit: 'ms' },
    { figure: 'the program alone: start, listen, answer; median', value: median(floor), unit: 'ms' },
    { figure: 'ours beyond it, median of pairs', value: median(differences), unit: 'ms', wanted: '20' },
    ...Object.entries(segments).map(([name, values]) => ({
      figure: `Server-Timing ${name}, median`,
      value: median(values),
      unit: 'ms',
    })),
  ];
}
