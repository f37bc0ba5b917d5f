import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
export const knc = path.join(root, 'dist/bin/knc.js');

/** `knc dev PATH --json --ephemeral --port 0`; resolves at its ready line. */
export function startDev(target, { timeout = 60_000 } = {}) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [knc, 'dev', target, '--json', '--ephemeral', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const events = [];
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('knc dev was not ready in time')), timeout);
    child.on('exit', (code) => reject(new Error(`knc dev ended with ${code}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line);
      events.push({ at: performance.now(), ...event });
      if (event.event !== 'ready') return;
      clearTimeout(timer);
      resolve({ child, ready: event, events, readyMs: performance.now() - startedAt, stop: () => stop(child) });
    });
  });
}

export function stop(child) {
  return new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) return resolve();
    child.removeAllListeners('exit');
    child.once('exit', resolve);
    child.kill('SIGINT');
  });
}

/** One GET; resolves with status, headers, body and the milliseconds to the first byte of the answer. */
export function get(gateway, host, { path: target = '/', agent } = {}) {
  const { hostname, port } = new URL(gateway);
  const startedAt = performance.now();
  return new Promise((resolve, reject) => {
    const request = http.get({ host: hostname, port, path: target, agent, headers: { host } }, (response) => {
      const firstByteMs = performance.now() - startedAt;
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks).toString(), firstByteMs }),
      );
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

/** CPU seconds that a process has used so far (user and system), from /proc. */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident set in MB. */
export function residentMb(pid) {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;
}

/** A process and all that it has started and that has not ended. */
export function family(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);
  return [pid, ...children.flatMap(family)];
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until `test` holds, looking every 50 ms. */
export async function until(test, timeout = 120_000) {
  const end = performance.now() + timeout;
  while (!(await test())) {
    if (performance.now() > end) throw new Error('waited in vain');
    await sleep(50);
  }
}
