import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import esbuild from 'esbuild';
import { root, until } from '../../support/process.mjs';
import { kubeconfig } from './rig.mjs';

const SOURCE = `
export * from './lib/base'; export * from './lib/api'; export * from './lib/kube';
export { HttpCluster, HttpServiceAccounts } from './lib/kube/http'; export { KubeconfigConnection } from './lib/kube/kubeconfig';
export { RuntimeSystem } from './lib/roles/runtime';`;
export const USER_AGENT = 'knative-constructs/bench';
export const PORTS = { external: 18080, internal: 18081 };

const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const bundle = path.join(folder, 'runtime.cjs');
await esbuild.build({
  stdin: { contents: SOURCE, resolveDir: root, loader: 'ts' },
  ...{ outfile: bundle, bundle: true, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error' },
  external: ['lmdb'],
  nodePaths: [path.join(root, 'node_modules')],
});
export const lib = createRequire(import.meta.url)(bundle);

/** Who measures: the administrator. */
export const admin = new lib.HttpCluster({
  source: new lib.KubeconfigConnection({ file: kubeconfig, env: {}, cwd: process.cwd(), clock: new lib.RealClock() }),
  ...{ clock: new lib.RealClock(), random: lib.systemRandom, userAgent: 'bench' },
});

/** Starts the runtime in a process of its own; resolves once it takes requests. */
export async function startRuntime(identity = 'bench-1', { external, internal } = PORTS) {
  const main = path.join(path.dirname(fileURLToPath(import.meta.url)), 'runtime-main.mjs');
  const args = [
    ...(process.env.KNC_BENCH_NODE_OPTIONS?.split(' ') ?? []),
    main,
    bundle,
    kubeconfig,
    identity,
    String(external),
    String(internal),
  ];
  const child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve);
    child.once('exit', (code) => reject(new Error(`the runtime ended with ${code}`)));
  });
  child.removeAllListeners('exit');
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const stop = async (signal = 'SIGTERM') => {
    child.kill(signal);
    await ended;
  };
  return { pid: child.pid, stop, ended };
}

const CrdType = lib.resourceType('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', {
  namespaced: false,
});
const isEstablished = (object) =>
  object?.status?.conditions?.some(({ type, status }) => type === 'Established' && status === 'True');

/** CRDs, namespaces and settings; `config` are ConfigMaps of knative-serving by name. */
export async function install(config = {}) {
  const apply = (type, object) =>
    admin.patch(type, object.metadata.namespace, object.metadata.name, 'apply', object, { fieldManager: 'bench', force: true });
  for (const type of lib.knativeTypes) await apply(CrdType, lib.crd(type));
  for (const { plural, group } of lib.knativeTypes) {
    await until(async () => isEstablished(await admin.get(CrdType, undefined, `${plural}.${group}`)));
  }
  for (const name of ['knative-serving', 'knative-eventing', 'bench']) {
    await apply(lib.NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  }
  const all = { 'config-domain': { 'example.com': '' }, ...config };
  for (const [name, data] of Object.entries(all)) {
    await apply(lib.ConfigMapType, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name, namespace: 'knative-serving' },
      data,
    });
  }
}

/** A service of the image `hello`. */
export const service = (name, annotations = {}) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name, namespace: 'bench' },
  spec: { template: { metadata: { annotations }, spec: { containers: [{ image: 'registry.local/hello:1' }] } } },
});

export const AT_ZERO = { 'autoscaling.knative.dev/initial-scale': '0' };
export const ALLOW_ZERO = { 'config-autoscaler': { 'allow-zero-initial-scale': 'true' } };

/** Deletes all services of the bench; resolves when nothing is left of them. */
export async function removeServices() {
  const { ServiceType, RevisionType, DeploymentType, PodType } = lib;
  const { items } = await admin.list(ServiceType, { namespace: 'bench' });
  for (const { metadata } of items) await admin.delete(ServiceType, 'bench', metadata.name);
  const types = [ServiceType, lib.RouteType, RevisionType, DeploymentType, PodType];
  const left = async (type) => (await admin.list(type, { namespace: 'bench' })).items.length;
  await until(async () => (await Promise.all(types.map(left))).every((count) => count === 0), 300_000);
}
