import { existsSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { ConfigMapType, DeploymentType, type KubeObject, labels, PodType, ServiceType } from '../../../lib/api';
import { noLog, noMetrics, RealClock, RealExecutor, systemRandom } from '../../../lib/base';
import { ClusterError } from '../../../lib/kube';
import { endLeftOver, ImageResolver, StateFolder } from '../../../lib/local';
import { LocalSystem } from '../../../lib/roles';

/** What the storm says on stdout, one JSON object a line. */
export type StormLine =
  | { readonly say: 'left'; readonly pids: readonly number[] }
  | { readonly say: 'report'; readonly text: string }
  | { readonly say: 'found'; readonly version: number; readonly configs: readonly Found[]; readonly services: readonly string[] }
  | {
      readonly say: 'try' | 'done';
      readonly name: string;
      readonly step: number;
      readonly gone: boolean;
      readonly uid?: string;
      readonly version?: number;
    }
  | { readonly say: 'scaling' | 'scaled'; readonly replicas: number }
  | { readonly say: 'settled'; readonly pods: Readonly<Record<string, readonly string[]>>; readonly pids: readonly number[] };

export interface Found {
  readonly name: string;
  readonly uid: string;
  readonly step: number;
}

const WRITERS = 8;
/** Every object is created, changed so often, and deleted. */
const STEPS = 7;
const namespace = 'default';
/** A program that every pod is; its last argument marks its processes. */
const SERVER =
  "require('node:http').createServer((_, response) => response.end('ok')).listen(process.env.PORT ?? 0, '127.0.0.1')";

const [folder = '', mark = '', run = '', mode = 'storm'] = process.argv.slice(2);
const clock = new RealClock();

function say(line: StormLine): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`);
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

/** Processes of pods, of whatever run. */
function podProcesses(): number[] {
  if (!existsSync('/proc')) return [];
  return readdirSync('/proc').flatMap((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, 'latin1').endsWith(`\0${mark}\0`) ? [Number(pid)] : [];
    } catch {
      return [];
    }
  });
}

const container = { name: 'c', image: 'example.com/storm' };
const steady: KubeObject = {
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Service',
  metadata: { name: 'steady', namespace },
  spec: {
    template: { metadata: { annotations: { 'autoscaling.knative.dev/min-scale': '1' } }, spec: { containers: [container] } },
  },
};
const app = { app: 'plain' };
const plain: KubeObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'plain', namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: app },
    template: { metadata: { labels: app }, spec: { containers: [container] } },
  },
};

async function main(): Promise<void> {
  const state = StateFolder.open(folder, { clock, report: (text) => say({ say: 'report', text }) });
  await endLeftOver(state.processes.leftOver(), clock);
  say({ say: 'left', pids: podProcesses() });
  const store = await state.openStore();
  const executor = new RealExecutor((error) => say({ say: 'report', text: String(error) }));
  const system = await LocalSystem.start({
    ...{ clock, executor, store, random: systemRandom, log: noLog, metrics: noMetrics },
    listen: { host: '127.0.0.1', port: 0, serverTiming: false },
    machine: {
      images: new ImageResolver({
        local: [{ image: 'example.com/storm', program: { command: [process.execPath, '-e', SERVER, mark] } }],
      }),
      ledger: state.processes,
    },
  });
  await tellFound(system);
  await Promise.all([createOnce(system, ServiceType, steady), createOnce(system, DeploymentType, plain)]);
  if (mode === 'storm') await Promise.all([...Array.from({ length: WRITERS }, (_, i) => write(system, i)), scale(system)]);
  await settle(system);
  await system.stop();
  await state.close();
}

async function tellFound({ cluster }: LocalSystem): Promise<void> {
  const { items, resourceVersion } = await cluster.list(ConfigMapType, { labelSelector: 'storm' });
  const configs = items.map(({ metadata, data }) => ({ name: metadata.name, uid: metadata.uid, step: Number(data?.['step']) }));
  const services = (await cluster.list(ServiceType)).items.map(({ metadata }) => metadata.uid);
  say({ say: 'found', version: Number(resourceVersion), configs, services });
}

async function createOnce(
  { cluster }: LocalSystem,
  type: Parameters<typeof cluster.create>[0],
  object: KubeObject,
): Promise<void> {
  await cluster.create(type, object).catch((error: unknown) => {
    if (!ClusterError.is(error, 'AlreadyExists')) throw error;
  });
}

/** One object after the other, until somebody ends it. */
async function write({ cluster }: LocalSystem, writer: number): Promise<void> {
  for (let i = 0; ; i++) {
    const name = `r${run}-w${writer}-${i}`;
    for (let step = 0; step < STEPS; step++) {
      const gone = step === STEPS - 1;
      say({ say: 'try', name, step, gone });
      const data = { step: `${step}`, text: 'x'.repeat(1000) };
      const metadata = { name, namespace, labels: { storm: '' } };
      if (gone) {
        await cluster.delete(ConfigMapType, namespace, name);
        say({ say: 'done', name, step, gone });
      } else {
        const { metadata: stored } =
          step === 0
            ? await cluster.create(ConfigMapType, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data })
            : await cluster.patch(ConfigMapType, namespace, name, 'merge', { data });
        say({ say: 'done', name, step, gone, uid: stored.uid, version: Number(stored.resourceVersion) });
      }
      await clock.sleep(1);
    }
  }
}

async function scale({ cluster }: LocalSystem): Promise<void> {
  for (let i = 0; ; i++) {
    const replicas = 1 + (i % 3);
    say({ say: 'scaling', replicas });
    await cluster.patch(DeploymentType, namespace, 'plain', 'merge', { spec: { replicas } });
    say({ say: 'scaled', replicas });
    await clock.sleep(150);
  }
}

/** Waits until there are as many ready pods as there are to be, and says which processes they are. */
async function settle({ cluster }: LocalSystem): Promise<void> {
  for (;;) {
    const { items: deployments } = await cluster.list(DeploymentType, { namespace });
    const { items } = await cluster.list(PodType, { namespace });
    const wanted = deployments.reduce((sum, { spec }) => sum + (spec.replicas ?? 1), 0);
    const ready = items.filter(({ status }) =>
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True'),
    );
    if (ready.length === wanted && items.length === wanted) {
      const pods: Record<string, string[]> = { wanted: Array.from({ length: wanted }, () => '') };
      for (const { metadata, status } of items) {
        const owner = metadata.labels?.[labels.revision] ?? metadata.labels?.['app'] ?? '';
        pods[owner] = [...(pods[owner] ?? []), status!.containerStatuses![0]!.containerID!];
      }
      say({ say: 'settled', pods, pids: podProcesses() });
      return;
    }
    await clock.sleep(20);
  }
}

main().catch((error: unknown) => {
  say({ say: 'report', text: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  process.exit(1);
});
