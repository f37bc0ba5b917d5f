import { readFileSync } from 'node:fs';
import http from 'node:http';
import { footprintOf } from './footprint';
import { addressOf, fromOutside, install, NODE } from './platform';
import { nodeProcesses } from './pod-process';
import { describeCluster } from './support';
import { ask, clock, kubectl, until } from './tools';

const POD = 'knc-runtime-0';
const BROKERS = 'broker-ingress.knative-eventing.svc.cluster.local';
const SINK_PORT = 18_090;

const field = (path: string) => kubectl(`get pod -n knative-serving ${POD} --ignore-not-found -o jsonpath={${path}}`);
const restarts = async () => Number(await field('.status.containerStatuses[0].restartCount'));
const isReady = async () => (await field('.status.containerStatuses[0].ready')) === 'true';
const ready = () => until('ready pod of the runtime', isReady);
const lease = (path: string) =>
  kubectl(`get lease -n knative-serving knative-constructs-controller --ignore-not-found -o jsonpath={${path}}`);

/** The runtime's process: the one that the image starts. */
async function processOf(): Promise<number> {
  const uid = await field('.metadata.uid');
  const isOurs = (pid: number) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('node\0/app/knc.js');
  return until('process of the runtime', async () => nodeProcesses(uid).find(isOurs));
}

const manifest = (kind: string, apiVersion: string, name: string, spec?: object): string =>
  JSON.stringify({ apiVersion, kind, metadata: { name, namespace: 'default' }, ...(spec ? { spec } : {}) });

describeCluster('the image in the one pod of profile small', () => {
  beforeAll(async () => {
    await install('small');
    await ready();
  }, 240_000);

  test('with nothing to do it takes little memory and CPU, and writes its lease and nothing else', async () => {
    await until('leader', async () => (await lease('.spec.holderIdentity')) === POD);
    const pid = await processOf();
    await clock.sleep(10_000);
    const before = footprintOf(pid);
    const first = Number(await lease('.metadata.resourceVersion'));
    const versions = new Set<string>();
    const end = clock.monotonic() + 60_000;
    while (clock.monotonic() < end) {
      versions.add(await lease('.spec.renewTime'));
      await clock.sleep(1000);
    }
    const { workingSet, rss, cpuMs } = footprintOf(pid);
    const cpu = (cpuMs - before.cpuMs) / 60;
    const mib = Math.round(workingSet / 2 ** 20);
    console.log(
      `working set ${mib} MiB, RSS ${Math.round(rss / 1e6)} MB, idle CPU ${cpu.toFixed(1)} m, ${versions.size} Lease writes a minute`,
    );
    expect(Number(await lease('.metadata.resourceVersion'))).toBeGreaterThan(first);
    expect(mib).toBeLessThanOrEqual(131);
    expect(rss / 1e6).toBeLessThanOrEqual(177);
    expect(versions.size).toBeLessThanOrEqual(30);
    expect(cpu).toBeLessThanOrEqual(20);
  }, 180_000);

  test('events that were acknowledged before a kill are delivered after it', async () => {
    const got = new Set<string>();
    const sink = http.createServer((request, response) => {
      got.add(String(request.headers['ce-id']));
      request.resume();
      response.writeHead(202).end();
    });
    const trigger = { broker: 'kept', subscriber: { uri: `http://${NODE}:${SINK_PORT}/` } };
    await kubectl('apply -f -', { input: manifest('Broker', 'eventing.knative.dev/v1', 'kept') });
    await kubectl('apply -f -', { input: manifest('Trigger', 'eventing.knative.dev/v1', 'kept', trigger) });
    try {
      await kubectl('wait trigger/kept --for=condition=Ready --timeout=60s');
      const gateway = await addressOf('knative-serving', 'knc-gateway');
      const send = (id: string) =>
        ask(
          gateway,
          80,
          BROKERS,
          {
            method: 'POST',
            path: '/default/kept',
            headers: {
              ...{ 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'kept' },
              'content-type': 'application/json',
            },
          },
          '{}',
        );
      // Nobody listens at the sink yet: they are kept.
      for (const id of ['1', '2', '3']) expect(await send(id)).toMatchObject({ status: 202 });
      const before = await restarts();
      process.kill(await processOf(), 'SIGKILL');
      await new Promise<void>((resolve) => sink.listen(SINK_PORT, '0.0.0.0', resolve));
      await until('restart', async () => (await restarts()) > before);
      await until('delivery of what was kept', async () => ['1', '2', '3'].every((id) => got.has(id)), 90);
    } finally {
      sink.closeAllConnections();
      sink.close();
      await kubectl('delete trigger/kept broker/kept --ignore-not-found');
    }
  }, 180_000);

  test('told to end, it is not ready, answers even who waits for a pod, and gives its lease back', async () => {
    const program = "setTimeout(() => require('http').createServer((q, r) => r.end('late\\n')).listen(process.env.PORT), 4000)";
    const template = {
      metadata: { annotations: { 'autoscaling.knative.dev/initial-scale': '0' } },
      spec: { containers: [{ image: 'registry.local/hello:1', command: ['/usr/bin/node', '-e', program] }] },
    };
    const setting = (value: string) =>
      kubectl(
        `patch configmap -n knative-serving config-autoscaler --type=merge -p {"data":{"allow-zero-initial-scale":${value}}}`,
      );
    await setting('"true"');
    try {
      await ready();
      await kubectl('apply -f -', { input: manifest('Service', 'serving.knative.dev/v1', 'late', { template }) });
      await kubectl('wait ksvc/late --for=condition=Ready --timeout=60s');
      const [ip, uid] = [await field('.status.podIP'), await field('.metadata.uid')];
      const waiting = fromOutside('late');
      await clock.sleep(100);
      await kubectl(`delete pod -n knative-serving ${POD} --wait=false`);
      const told = await until('answer that it drains', async () => {
        const answer = await ask(ip, 8086, ip, { path: '/readyz' });
        return answer.status === 503 && answer;
      });
      expect(told.body).toBe('draining: the process is to end\n');
      expect(await waiting).toMatchObject({ status: 200, body: 'late\n' });
      await until('end of the pod', async () => (await field('.metadata.uid')) !== uid);
      await ready();
      await until('leader', async () => (await lease('.spec.holderIdentity')) === POD);
    } finally {
      await kubectl('delete ksvc/late --ignore-not-found');
      await setting('null');
    }
  }, 180_000);
});
