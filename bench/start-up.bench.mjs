import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from './support/process.mjs';
import { median } from './support/stats.mjs';

export const title = 'Start-up of knc';

const SERVICE = `apiVersion: serving.knative.dev/v1
kind: Service
metadata: { name: hello }
spec: { template: { spec: { containers: [{ image: example.com/hello }] } } }
`;

function measure(args) {
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`);
  return performance.now() - started;
}

export async function run({ short }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-start-'));
  const file = path.join(folder, 'small.yaml');
  writeFileSync(file, SERVICE);
  const programs = {
    'Node alone': ['-e', '0'],
    'knc --version': ['dist/bin/knc.js', '--version'],
    'knc --help': ['dist/bin/knc.js', '--help'],
    'knc validate small.yaml': ['dist/bin/knc.js', 'validate', file],
    'knc completion bash': ['dist/bin/knc.js', 'completion', 'bash'],
  };
  const times = Object.fromEntries(Object.keys(programs).map((name) => [name, []]));
  // In turns, so that a busy moment of the machine falls on all of them.
  for (let i = 0; i < (short ? 5 : 21); i++) for (const [name, args] of Object.entries(programs)) times[name].push(measure(args));
  rmSync(folder, { recursive: true });
  return Object.entries(times).flatMap(([name, all]) => [
    { figure: `${name}, median`, value: median(all), unit: 'ms', ...(name.startsWith('knc') ? { wanted: '150' } : {}) },
    { figure: `${name}, fastest`, value: Math.min(...all), unit: 'ms' },
  ]);
}
