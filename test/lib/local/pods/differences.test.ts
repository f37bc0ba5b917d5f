import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allTypes, type Container, type Pod, PodType } from '../../../../lib/api';
import { noLog, RealClock, seededRandom } from '../../../../lib/base';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { differences } from '../../../../lib/local/pods/process/differences';
import { ProcessRuntime } from '../../../../lib/local/pods/process/process-runtime';
import type { Watchdog } from '../../../../lib/local/pods/process/watchdog';
import { makePod } from './support';

const told = (container: Container, spec: Partial<Pod['spec']> = {}, mounts = {}) =>
  differences(makePod([container], spec), { name: 'app', ...container }, mounts, '/repo');

test.each<[string, Container, Partial<Pod['spec']>]>([
  ['securityContext', { securityContext: { runAsUser: 1 } }, {}],
  ['securityContext of the pod', {}, { securityContext: { fsGroup: 1 } }],
  ['resources.limits', { resources: { limits: { cpu: 1 }, requests: { cpu: 1 } } }, {}],
  ['serviceAccountName', {}, { serviceAccountName: 'robot' }],
  ['emptyDir.medium', {}, { volumes: [{ name: 'v', emptyDir: { medium: 'Memory' } }] }],
  ['emptyDir.sizeLimit', {}, { volumes: [{ name: 'v', emptyDir: { sizeLimit: '1Mi' } }] }],
])('%s is named as without effect', (field, container, spec) => {
  expect(told(container, spec)).toEqual([`without effect for a program on this machine: ${field}`]);
});

test('places in the image, and a sidecar, have a sentence each', () => {
  expect(told({ workingDir: '/app' }, {}, { '/etc/a': '/tmp/1', '/b': '/tmp/2' })).toEqual([
    'nothing is mounted at /etc/a, /b: variables and arguments that name it lead to the files, and so does KNC_MOUNTS',
    'workingDir /app is a place in the image; the program runs in /repo',
  ]);
  const serving = { name: 'app', ports: [{ containerPort: 8080 }] };
  expect(differences(makePod([serving, { name: 'side' }]), { name: 'side' }, {}, '/')).toEqual([
    'it shares 127.0.0.1 with every other pod: a port that it listens on can be taken only once',
  ]);
  expect(differences(makePod([serving, { name: 'side' }]), serving, {}, '/')).toEqual([]);
});

test('that there is no queue-proxy is said where a service asks for it', () => {
  const serving = { name: 'app', ports: [{ containerPort: 8080 }] };
  const annotations = { 'queue.sidecar.serving.knative.dev/enabled': 'true' };
  const asked = (containers: Container[], container: Container) =>
    differences(makePod(containers, {}, { name: 'p', annotations }), container, {}, '/', true);
  expect(asked([serving], serving)).toEqual([
    'it has no queue-proxy: the gateway keeps its limits, and who calls its port directly is not held to them',
  ]);
  expect(asked([serving, { name: 'side' }], { name: 'side' })).toEqual([]);
});

test('what an API server fills in by itself is no difference', async () => {
  const cluster = new MemoryCluster({ clock: new RealClock(), random: seededRandom(1), types: allTypes });
  const spec = { volumes: [{ name: 'v', emptyDir: {} }] };
  const pod = await cluster.create(PodType, makePod([{ name: 'app', image: 'a', resources: { requests: { cpu: 1 } } }], spec));
  expect(differences(pod, pod.spec.containers[0]!, {}, '/')).toEqual([]);
});

test('a difference is told once for all pods of a service', async () => {
  const warnings: string[] = [];
  const watchdog = { addGroup: () => {}, removeGroup: () => {}, close: async () => {} } as unknown as Watchdog;
  const log = { ...noLog, warn: (message: string) => void warnings.push(message) };
  const runtime = new ProcessRuntime({ clock: new RealClock(), watchdog, log });
  const directory = mkdtempSync(join(tmpdir(), 'knc-differences-'));
  const start = async (name: string, service: string) => {
    const container = { name: 'app', image: 'a', resources: { limits: { cpu: 1 } } };
    const pod = makePod([container], {}, { name, labels: { 'serving.knative.dev/service': service } }) as never;
    const common = { env: {}, command: [], args: [], directory, volumes: {}, terminationLog: join(directory, 't'), restarts: 0 };
    const program = { command: [process.execPath, '-e', ''] };
    const address = { ip: '127.0.0.1', ports: {} };
    await (await runtime.start({ ...common, pod, container, program, address, onOutput: () => {} })).exited;
  };
  await start('p1', 'hello');
  await start('p2', 'hello');
  await start('p3', 'other');
  expect(warnings).toEqual([
    'default/hello, container app: without effect for a program on this machine: resources.limits',
    'default/other, container app: without effect for a program on this machine: resources.limits',
  ]);
});
