// Runs Knative's conformance suites against the runtime on a real Kubernetes: builds the suites, starts the cluster, installs the platform
// (platform.yaml), runs, prints what passed, and compares it with expected.json, of which docs/conformance.md gives the reasons.
//   --keep         leave the cluster up
//   --running      take the cluster that --keep has left, as it is
//   --only NAME    one suite: ingress, v1 or v1beta1
//   --test REGEX   of that suite, the tests that go's -test.run takes
// It needs what test/cluster needs; elsewhere it says so and ends well. RIG_NAME names the cluster.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build, imageFolder, registryFile, suiteFile, suites } from './build.mjs';
import { count, results, surprises } from './table.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const root = path.join(here, '../..');
const rig = path.join(root, 'test/cluster/rig');
process.env.RIG_NAME ??= 'conformance';
const home = process.env.RIG_HOME ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'knc-rig');
const kubeconfig = path.join(home, `run-${process.env.RIG_NAME}/admin.kubeconfig`);
const logs = path.join(home, 'conformance/logs');
const NODE = '10.99.0.1';
const REGISTRY = `${NODE}:5000`;
const { values } = parseArgs({
  options: { keep: { type: 'boolean' }, running: { type: 'boolean' }, only: { type: 'string' }, test: { type: 'string' } },
});

const has = (command) => spawnSync(command, ['--help'], { stdio: 'ignore' }).error === undefined;

function obstacle() {
  if (process.platform !== 'linux' || process.getuid() !== 0) return 'a cluster can be started by root on Linux alone';
  if (!existsSync('/etc/debian_version')) return 'this is no Debian';
  const missing = ['go', 'kubectl', 'openssl'].filter((command) => !has(command));
  return missing.length > 0 ? `not installed: ${missing.join(', ')}` : '';
}

const seconds = (begin) => ((Date.now() - begin) / 1000).toFixed(1);

function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], cwd: root, ...options });
  if (error || status !== 0)
    throw new Error(`${path.basename(command)} ${args.join(' ')}: ${error?.message ?? `exit code ${status}`}`);
}

async function timed(name, what) {
  const begin = Date.now();
  const result = await what();
  console.log(`${name}: ${seconds(begin)} s`);
  return result;
}

const inside = (...args) => run(path.join(rig, 'in'), args);
const kubectl = (...args) => inside('kubectl', ...args);

/** A registry with the images of the suites; the node gets them from there beforehand, as its containerd speaks plain HTTP to nobody. */
async function publish() {
  const child = spawn(path.join(rig, 'in'), [registryFile, REGISTRY, imageFolder], { stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  await new Promise((resolve, reject) => {
    child.once('exit', () => reject(new Error('the registry has ended')));
    child.stdout.on('data', (chunk) => {
      said += chunk;
      if (said.endsWith('ready\n')) resolve();
    });
  });
  if (!values.running) {
    for (const line of said.trim().split('\n').slice(0, -1)) {
      const [name, digest] = line.split(' ');
      const ctr = (...args) =>
        inside('ctr', '-a', `/run/knc-${process.env.RIG_NAME}/containerd.sock`, '-n', 'k8s.io', 'images', ...args);
      ctr('pull', '--plain-http', `${name}:1`);
      ctr('tag', `${name}:1`, `${name}@${digest}`);
    }
  }
  return child;
}

function install() {
  run(path.join(rig, 'runtime-image.sh'), []);
  kubectl('apply', '-f', path.join(here, 'setup.yaml'));
  const manifest = path.join(logs, 'platform.yaml');
  run(process.execPath, ['dist/bin/knc.js', 'platform', '--file', path.join(here, 'platform.yaml'), '--output', manifest], {
    stdio: 'ignore',
  });
  const apply = (...args) => kubectl('apply', '--server-side', '-f', manifest, ...args);
  apply('-l', 'knative.dev/crd-install=true');
  kubectl('wait', '--for=condition=Established', 'crd', '-l', 'app.kubernetes.io/part-of=knative-constructs', '--timeout=60s');
  apply();
  kubectl('-n', 'knative-serving', 'rollout', 'status', 'statefulset/knc-runtime', '--timeout=3m');
}

const env = {
  ...process.env,
  ...{ SYSTEM_NAMESPACE: 'knative-serving', GATEWAY_NAMESPACE_OVERRIDE: 'knative-serving', GATEWAY_OVERRIDE: 'knc-ingress' },
};

const expected = JSON.parse(readFileSync(path.join(here, 'expected.json'), 'utf8'));
const withoutRoot = (test) => test.slice(test.indexOf('/') + 1);

/** Runs a suite, with the output in a file. Several tests run at once: most of their time they wait. */
function suite(name) {
  const { images } = suites[name];
  const skipped = Object.keys(expected[name] ?? {}).filter((test) => expected[name][test].result === 'skip');
  const ingress = ['-ingressClass', 'knc.ingress.networking.knative.dev', '-skip-tests', skipped.map(withoutRoot).join(',')];
  const own = name === 'ingress' ? ingress : ['-disable-logstream'];
  const args = [
    ...['-test.v', '-test.timeout', '20m', '-test.parallel', '6', ...(values.test ? ['-test.run', values.test] : [])],
    ...['-kubeconfig', kubeconfig, '-ingressendpoint', NODE, '-resolvabledomain=false', '-enable-alpha', '-enable-beta'],
    ...['-imagetemplate', `${REGISTRY}/${images}/{{.Name}}:1`, ...own],
  ];
  const { stdout } = spawnSync(path.join(rig, 'in'), ['nice', suiteFile(name), ...args], {
    ...{ cwd: logs, env, encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'pipe'] },
  });
  writeFileSync(path.join(logs, `${name}.log`), stdout);
  return results(stdout);
}

function report(all) {
  const width = Math.max(...[...all.keys()].map((name) => suites[name].from.length));
  console.log(`\n${'suite'.padEnd(width)}  passed  failed  skipped  seconds`);
  for (const [name, { found, took }] of all) {
    const { pass, fail, skip } = count(found);
    const numbers = [String(pass).padStart(6), String(fail).padStart(6), String(skip).padStart(7), took.padStart(7)];
    console.log(`${suites[name].from.padEnd(width)}  ${numbers.join('  ')}`);
  }
  const lines = [...all].flatMap(([name, { found }]) => surprises(found, values.test ? {} : (expected[name] ?? {})));
  const listed = [...all.keys()].flatMap((name) => Object.entries(expected[name] ?? {}));
  for (const [test, { result, reason }] of listed) console.log(`listed: ${test}: ${result}: ${reason}`);
  for (const line of lines) console.log(`NOT AS LISTED: ${line}`);
  if (lines.length === 0) console.log('all is as docs/conformance.md says');
  else console.log(`what the tests said: ${logs}`);
  return lines.length;
}

const why = obstacle();
if (why) {
  console.log(`skipped: no cluster: ${why}`);
  process.exit(0);
}
const names = values.only ? [values.only] : Object.keys(suites);
const down = () => spawnSync(path.join(rig, 'down.sh'), { stdio: 'ignore' });
mkdirSync(logs, { recursive: true });
await timed('build of the suites', build);
let registry;
let failed = 1;
try {
  if (!values.running) {
    await timed('build of the cluster', () => run(path.join(rig, 'build.sh'), []));
    await timed('build of knc', () => run(process.execPath, ['lib/build/build.mjs', '--no-types']));
    down();
    await timed('start of the cluster', () => run(path.join(rig, 'up.sh'), [], { stdio: 'ignore' }));
  }
  registry = await timed('images', publish);
  if (!values.running) await timed('platform', install);
  const all = new Map();
  for (const name of names) {
    const begin = Date.now();
    const found = suite(name);
    all.set(name, { found, took: seconds(begin) });
    const { pass, fail, skip } = count(found);
    console.log(`${name}: ${pass} passed, ${fail} failed, ${skip} skipped: ${seconds(begin)} s`);
  }
  failed = report(all);
} finally {
  registry?.removeAllListeners('exit');
  registry?.kill();
  if (!values.keep && !values.running) down();
}
process.exit(failed === 0 ? 0 : 1);
