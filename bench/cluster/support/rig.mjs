import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import { cpuSeconds, root, sleep, until } from '../../support/process.mjs';

/** The test cluster that RIG_NAME names; this process runs inside its network. */
const home = process.env.RIG_HOME ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'knc-rig');
export const rigScripts = path.join(root, 'test/cluster/rig');
export const rigRun = path.join(home, `run-${process.env.RIG_NAME ?? 'rig'}`);
export const kubeconfig = path.join(rigRun, 'admin.kubeconfig');
const auditLog = path.join(rigRun, 'audit.log');
const pidFile = (part) => path.join(rigRun, 'pids', part);

export const PARTS = ['kube-apiserver', 'etcd', 'kube-controller-manager', 'kube-scheduler', 'kubelet', 'containerd'];
export const pidOf = (part) => Number(readFileSync(pidFile(part), 'utf8'));
export const isUp = () => existsSync(pidFile('kubelet'));

/** CPU seconds of each part so far. */
export const cpuOfParts = () => Object.fromEntries(PARTS.map((part) => [part, cpuSeconds(pidOf(part))]));

const POLICY = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived', 'ResponseStarted'],
  rules: [{ level: 'Metadata' }],
};

const part = (...args) => execFileSync(path.join(rigScripts, 'part.sh'), args, { stdio: ['ignore', 'ignore', 'inherit'] });

/** What the API server answers at a path, as text; undefined if it does not. */
export function apiText(target) {
  const token = /token: "(\w+)"/.exec(readFileSync(kubeconfig, 'utf8'))[1];
  const options = { rejectUnauthorized: false, agent: false, headers: { authorization: `Bearer ${token}` } };
  return new Promise((resolve) => {
    https
      .get(`https://127.0.0.1:6443${target}`, options, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(response.statusCode === 200 ? text : undefined));
      })
      .on('error', () => resolve(undefined));
  });
}

/** Lets the API server write down every request, or not any more: it is restarted if that is a change. */
export async function setAudit(wanted) {
  const argv = readFileSync(`/proc/${pidOf('kube-apiserver')}/cmdline`, 'utf8').split('\0');
  if (argv.some((arg) => arg.startsWith('--audit-log-path=')) === wanted) return;
  const policy = path.join(rigRun, 'audit-policy.json');
  writeFileSync(policy, JSON.stringify(POLICY));
  const value = (text) => (wanted ? text : '');
  part('stop', 'kube-apiserver', 'TERM');
  part(
    ...['start', 'kube-apiserver', `--audit-policy-file=${value(policy)}`, `--audit-log-path=${value(auditLog)}`],
    `--audit-log-maxsize=${value('2000')}`,
  );
  await until(() => apiText('/readyz'), 60_000);
  await sleep(5000);
}

/** Where the log of requests ends now. */
export const auditMark = () => (existsSync(auditLog) ? statSync(auditLog).size : 0);

/** The requests that were written down since then. */
export function auditSince(mark) {
  const size = auditMark();
  const buffer = Buffer.alloc(size - mark);
  const file = openSync(auditLog, 'r');
  readSync(file, buffer, 0, buffer.length, mark);
  closeSync(file);
  return buffer
    .toString()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line));
}
