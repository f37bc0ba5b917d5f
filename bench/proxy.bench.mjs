import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { cpuSeconds, get, root, sleep, startDev } from './support/process.mjs';
import { median } from './support/stats.mjs';

export const title = 'CPU of the gateway per small request, beside nginx (interleaved; apt install nginx to include it)';

const PORTS = { backend: 18080, nginx: 18081 };

function startNginx(folder) {
  if (spawnSync('nginx', ['-v']).error) return undefined;
  writeFileSync(
    path.join(folder, 'nginx.conf'),
    `daemon off; worker_processes 1; pid ${folder}/pid; error_log stderr crit; events {}
     http { access_log off; upstream app { server 127.0.0.1:${PORTS.backend}; keepalive 64; }
       server { listen 127.0.0.1:${PORTS.nginx}; location / { proxy_http_version 1.1; proxy_set_header Connection ""; proxy_pass http://app; } } }`,
  );
  return spawn('nginx', ['-c', path.join(folder, 'nginx.conf'), '-p', folder], { stdio: 'ignore' });
}

/** Processes whose CPU counts for nginx: the worker does the work. */
const childrenOf = (pid) =>
  spawnSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .stdout.trim()
    .split('\n')
    .map(Number);

async function drive(gateway, host, requests) {
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  const times = [];
  let left = requests;
  const client = async () => {
    while (left-- > 0) times.push((await get(gateway, host, { agent })).firstByteMs);
  };
  await Promise.all(Array.from({ length: 16 }, client));
  agent.destroy();
  return median(times);
}

export async function run({ short }) {
  const requests = short ? 3000 : 20_000;
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-proxy-'));
  const backend = spawn(process.execPath, [path.join(root, 'examples/hello/server.js')], {
    env: { PATH: process.env.PATH, PORT: String(PORTS.backend) },
    stdio: 'ignore',
  });
  const nginx = startNginx(folder);
  const dev = await startDev('examples/hello');
  const [{ host }] = dev.ready.services;
  const peers = [{ name: 'gateway (in `knc dev`)', url: dev.ready.gateway, pids: () => [dev.child.pid], cpu: [], latency: [] }];
  if (nginx)
    peers.push({
      name: 'nginx',
      url: `http://127.0.0.1:${PORTS.nginx}`,
      pids: () => childrenOf(nginx.pid),
      cpu: [],
      latency: [],
    });
  try {
    await sleep(500);
    for (let round = 0; round < (short ? 2 : 6); round++) {
      for (const { url, pids, cpu, latency } of peers) {
        const used = () => pids().reduce((sum, pid) => sum + cpuSeconds(pid), 0);
        const before = used();
        latency.push(await drive(url, host, requests));
        if (round > 0) cpu.push(((used() - before) / requests) * 1e6);
      }
    }
    const rows = peers.flatMap(({ name, cpu, latency }) => [
      { figure: `${name}: CPU per request, median`, value: median(cpu), unit: 'µs' },
      { figure: `${name}: first byte at 16 in flight, median`, value: median(latency), unit: 'ms' },
    ]);
    if (nginx)
      rows.push({ figure: 'gateway over nginx, CPU', value: median(peers[0].cpu.map((value, i) => value / peers[1].cpu[i])) });
    return rows;
  } finally {
    backend.kill();
    nginx?.kill();
    await dev.stop();
    rmSync(folder, { recursive: true });
  }
}
