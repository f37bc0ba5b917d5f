import http from 'node:http';
import { get, sleep, until } from '../support/process.mjs';
import { quantile, sum } from '../support/stats.mjs';
import { admin, install, lib, PORTS, removeServices, service, startRuntime } from './support/cluster.mjs';
import { setAudit } from './support/rig.mjs';

export const title = 'Cold start: 0 → 1 → first byte, in turns with a bare Deployment of the same image';

const BARE = 'bare';
const KNATIVE = 'cold-00001-deployment';
const gateway = `http://127.0.0.1:${PORTS.external}`;

const bareDeployment = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: BARE, namespace: 'bench' },
  spec: {
    replicas: 0,
    selector: { matchLabels: { app: BARE } },
    template: { metadata: { labels: { app: BARE } }, spec: { containers: [{ name: 'c', image: 'registry.local/hello:1' }] } },
  },
};

/** Notes when what is waited for is first seen in the cluster. */
class Observer {
  #marks = {};
  #watches;

  constructor() {
    this.#watches = [
      admin.watch(lib.DeploymentType, { namespace: 'bench' }, ({ object }) => {
        if (object && object.metadata.name === this.target && object.spec.replicas > 0) this.mark('replicas');
      }),
      admin.watch(lib.PodType, { namespace: 'bench' }, ({ type, object }) => {
        if (type === 'DELETED' || !object?.metadata.name.startsWith(`${this.target}-`)) return;
        this.mark('pod');
        if (object.status?.podIP) this.mark('address', object.status.podIP);
      }),
    ];
  }

  begin(target) {
    this.target = target;
    this.address = undefined;
    this.#marks = { begin: performance.now() };
  }

  mark(name, address) {
    this.#marks[name] ??= performance.now();
    this.address ??= address;
  }

  /** Milliseconds since the beginning, by name. */
  get segments() {
    const { begin, ...marks } = this.#marks;
    return Object.fromEntries(Object.entries(marks).map(([name, at]) => [name, at - begin]));
  }

  stop() {
    for (const watch of this.#watches) watch.stop();
  }
}

const podsOf = async (prefix) =>
  (await admin.list(lib.PodType, { namespace: 'bench' })).items.filter(({ metadata }) => metadata.name.startsWith(`${prefix}-`));
const scaleTo = (replicas) =>
  admin.patch(lib.DeploymentType, 'bench', BARE, 'merge', { spec: { replicas } }, { subresource: 'scale' });
const gone = (prefix) => until(async () => (await podsOf(prefix)).length === 0);

/** One GET of an address, as soon as something answers there. */
async function firstByteOf(host) {
  for (;;) {
    const answered = await new Promise((resolve) => {
      const request = http.get({ host, port: 8080, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode === 200);
      });
      request.on('error', () => resolve(false));
    });
    if (answered) return;
    await sleep(3);
  }
}

async function bareStart(observer) {
  observer.begin(BARE);
  await scaleTo(1);
  while (observer.address === undefined) await sleep(1);
  await firstByteOf(observer.address);
  observer.mark('firstByte');
  await scaleTo(0);
  await gone(BARE);
  return observer.segments;
}

async function knativeStart(observer, host) {
  observer.begin(KNATIVE);
  const { status } = await get(gateway, host);
  observer.mark('firstByte');
  if (status !== 200) throw new Error(`a cold start was answered ${status}`);
  await sleep(200);
  const { segments } = observer;
  await gone(KNATIVE);
  return segments;
}

const mean = (values) => sum(values) / values.length;
const deviation = (values) => Math.sqrt(sum(values.map((value) => (value - mean(values)) ** 2)) / (values.length - 1));

export async function run({ short }) {
  const pairs = Number(process.env.KNC_BENCH_PAIRS) || (short ? 5 : 40);
  await setAudit(false);
  await install({ 'config-autoscaler': { 'scale-to-zero-grace-period': '6s' } });
  const runtime = await startRuntime();
  const observer = new Observer();
  try {
    await removeServices();
    await admin.create(lib.DeploymentType, bareDeployment).catch(() => {});
    await admin.create(lib.ServiceType, service('cold', { 'autoscaling.knative.dev/window': '6s' }));
    let url;
    await until(async () => {
      const found = await admin.get(lib.ServiceType, 'bench', 'cold');
      url = found?.status?.url;
      return found && lib.isReady(found);
    });
    await gone(KNATIVE);
    const bare = [];
    const knative = [];
    const phase = () => sleep(Math.random() * 2000);
    for (let i = 0; i < pairs; i++) {
      const starts = [
        async () => bare.push(await bareStart(observer)),
        async () => knative.push(await knativeStart(observer, new URL(url).host)),
      ];
      for (const start of Math.random() < 0.5 ? starts : starts.reverse()) {
        await phase();
        await start();
      }
    }
    const of = (runs, name) => runs.map((run) => run[name]);
    const segment = (figure, name, wanted) => [
      { figure: `${figure}, median`, value: quantile(of(knative, name), 0.5), unit: 'ms', wanted },
      { figure: `${figure}, 95 of 100`, value: quantile(of(knative, name), 0.95), unit: 'ms' },
      { figure: `the same of the bare Deployment, median`, value: quantile(of(bare, name), 0.5), unit: 'ms' },
    ];
    const differences = knative.map(({ firstByte }, i) => firstByte - bare[i].firstByte);
    const after = (runs) => runs.map(({ firstByte, address }) => firstByte - address);
    return [
      { figure: 'pairs', value: pairs },
      { figure: 'first byte, mean', value: mean(of(knative, 'firstByte')), unit: 'ms' },
      { figure: 'first byte of the bare Deployment, mean', value: mean(of(bare, 'firstByte')), unit: 'ms' },
      { figure: 'difference, mean', value: mean(differences), unit: 'ms', wanted: '≤ 50' },
      { figure: 'standard error of that', value: deviation(differences) / Math.sqrt(pairs), unit: 'ms' },
      ...segment('request → Deployment has replicas=1', 'replicas', '≤ 5 (upstream: 9 to 10)'),
      ...segment('request → Pod object', 'pod', '≤ 25 (upstream: 40 to 49; bare: 20)'),
      {
        figure: "difference to the bare Deployment until the Pod object, mean: ours before the kubelet's part",
        value: mean(of(knative, 'pod')) - mean(of(bare, 'pod')),
        unit: 'ms',
      },
      { figure: 'Pod has an address → first byte, mean', value: mean(after(knative)), unit: 'ms' },
      { figure: 'the same of the bare Deployment, mean', value: mean(after(bare)), unit: 'ms' },
    ];
  } finally {
    observer.stop();
    await admin.delete(lib.DeploymentType, 'bench', BARE).catch(() => {});
    await removeServices();
    await runtime.stop();
  }
}
