import { readFileSync } from 'node:fs';
import http from 'node:http';
import path from 'node:path';
import { parseAllDocuments } from 'yaml';
import {
  type Broker,
  BrokerType,
  crd,
  isReady,
  type KubeObject,
  knativeTypes,
  LeaseType,
  type Pod,
  PodType,
  type ResourceType,
  resourceType,
  type Service,
  ServiceType,
  type Trigger,
  TriggerType,
} from '../../lib/api';
import { RealClock } from '../../lib/base';
import { footprintOf } from './footprint';
import { adminCluster, describeCluster } from './support';

const clock = new RealClock();
const NAMESPACE = 'knative-serving';
const POD = 'knc-image-test';
const APPLY = { fieldManager: 'test', force: true } as const;
const external = { namespaced: false } as const;
const kinds: readonly ResourceType<KubeObject>[] = [
  resourceType('v1', 'Namespace', 'namespaces', external),
  resourceType('v1', 'ConfigMap', 'configmaps'),
  resourceType('v1', 'ServiceAccount', 'serviceaccounts'),
  resourceType('v1', 'Service', 'services'),
  resourceType('v1', 'Pod', 'pods'),
  resourceType('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', external),
];
const CrdType = resourceType<KubeObject>(
  'apiextensions.k8s.io/v1',
  'CustomResourceDefinition',
  'customresourcedefinitions',
  external,
);
const manifest = parseAllDocuments(readFileSync(path.join(__dirname, 'image.yaml'), 'utf8')).map(
  (document) => document.toJS() as KubeObject,
);

interface Running {
  readonly restartCount: number;
  readonly ready: boolean;
}

const containerOf = (pod: Pod | undefined): Running | undefined =>
  (pod?.status as { readonly containerStatuses?: readonly Running[] } | undefined)?.containerStatuses?.[0];

async function until<T>(what: string, look: () => Promise<T | undefined | false>, seconds = 60): Promise<T> {
  const end = clock.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (clock.now() > end) throw new Error(`in ${seconds} s there was no ${what}`);
    await clock.sleep(50);
  }
}

interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers: http.IncomingHttpHeaders;
}

/** Resolves with status 0 where nobody listens. */
function ask(port: number, options: http.RequestOptions & { readonly host: string }, body?: string): Promise<Answer> {
  return new Promise((resolve) => {
    const request = http.request({ port, agent: false, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk) => (text += chunk));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text, headers: response.headers }));
      response.on('error', () => resolve({ status: 0, body: text, headers: {} }));
    });
    request.on('error', () => resolve({ status: 0, body: '', headers: {} }));
    request.end(body);
  });
}

describeCluster('the image on a real Kubernetes', () => {
  const cluster = adminCluster();
  const pod = () => cluster.get(PodType, NAMESPACE, POD);
  const address = async () => (await pod())?.status?.podIP ?? '';
  const apply = (object: KubeObject) => {
    const type = kinds.find(({ kind }) => kind === object.kind)!;
    const { namespace, name = '' } = object.metadata;
    return cluster.patch(type, type.namespaced ? namespace : undefined, name, 'apply', object, APPLY);
  };
  const runtime = manifest.find(({ kind }) => kind === 'Pod')!;

  afterAll(async () => {
    for (const name of ['image', 'late']) await cluster.delete(ServiceType, 'default', name).catch(() => {});
    for (const object of [...manifest].reverse()) {
      const type = kinds.find(({ kind }) => kind === object.kind)!;
      if (type.kind === 'Namespace') continue;
      await cluster
        .delete(type, type.namespaced ? object.metadata.namespace : undefined, object.metadata.name ?? '')
        .catch(() => {});
      // It gives its lease back with the rights that are taken from it next.
      if (type.kind === 'Pod') await until('end of the pod', async () => (await pod()) === undefined);
    }
    await cluster.close();
  });

  test('started before the CRDs are there, it waits for them and says so; then it is ready without a restart', async () => {
    for (const object of manifest) await apply(object);
    const isThere = async () =>
      (await cluster.list(CrdType)).items.some(({ metadata }) => metadata.name.endsWith('.knative.dev'));
    if (!(await isThere())) {
      const told = await until('answer that it is not ready', async () => {
        const ip = await address();
        const answer = ip ? await ask(8086, { host: ip, path: '/readyz' }) : undefined;
        return answer && answer.status === 503 && answer.body.includes('it is tried again') && answer;
      });
      expect(told.body).toContain('start:');
      expect((await ask(8086, { host: await address(), path: '/healthz' })).body).toBe('ok\n');
    }
    for (const type of knativeTypes) {
      const object = crd(type) as unknown as KubeObject;
      await cluster.patch(CrdType, undefined, object.metadata.name ?? '', 'apply', object, APPLY);
    }
    await until('ready pod', async () => containerOf(await pod())?.ready);
    expect(containerOf(await pod())?.restartCount).toBe(0);
  }, 120_000);

  test('with nothing to do it takes little memory and CPU, and writes its lease and nothing else', async () => {
    const { workingSet, rss } = footprintOf(await processOf());
    const lease = async () => (await cluster.get(LeaseType, NAMESPACE, 'knative-constructs-controller'))?.metadata;
    await until('leader', lease);
    await clock.sleep(5000);
    const before = footprintOf(await processOf()).cpuMs;
    let writes = 0;
    const { resourceVersion = '' } = (await lease())!;
    const watch = cluster.watch(LeaseType, { namespace: NAMESPACE, resourceVersion }, ({ type }) => {
      if (type === 'MODIFIED') writes++;
    });
    await clock.sleep(60_000);
    watch.stop();
    const cpu = (footprintOf(await processOf()).cpuMs - before) / 60;
    const mib = (bytes: number) => Math.round(bytes / 2 ** 20);
    console.log(
      `working set ${mib(workingSet)} MiB, RSS ${mib(rss)} MiB, idle CPU ${cpu.toFixed(1)} m, ${writes} Lease writes a minute`,
    );
    expect(mib(workingSet)).toBeLessThanOrEqual(131);
    expect(rss / 1e6).toBeLessThanOrEqual(177);
    expect(writes).toBeGreaterThan(0);
    expect(writes).toBeLessThanOrEqual(30);
    expect(cpu).toBeLessThanOrEqual(20);
  }, 120_000);

  test('a service becomes ready, answers, goes to zero and comes back', async () => {
    const service: Service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'image', namespace: 'default' },
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/window': '6s' } },
          spec: { containers: [{ image: 'registry.local/hello:1', env: [{ name: 'TARGET', value: 'image' }] }] },
        },
      },
    };
    await cluster.create(ServiceType, service);
    const ready = await until('ready service', async () => {
      const found = await cluster.get(ServiceType, 'default', 'image');
      return found && isReady(found) && found;
    });
    const host = new URL(String(ready.status?.['url'])).host;
    const call = async () => ask(8080, { host: await address(), headers: { host } });
    expect(await call()).toMatchObject({ status: 200, body: 'Hello image!\n' });
    const selection = { namespace: 'default', labelSelector: 'serving.knative.dev/service=image' };
    await until('end of the last pod', async () => (await cluster.list(PodType, selection)).items.length === 0, 120);
    expect(await call()).toMatchObject({ status: 200, body: 'Hello image!\n' });
  }, 240_000);

  test('events that were acknowledged before a kill are delivered after it', async () => {
    const broker: Broker = {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Broker',
      metadata: { name: 'kept', namespace: 'default' },
    };
    const trigger: Trigger = {
      apiVersion: 'eventing.knative.dev/v1',
      kind: 'Trigger',
      metadata: { name: 'kept', namespace: 'default' },
      spec: { broker: 'kept', subscriber: { uri: `http://${process.env['KNC_NODE_IP'] ?? '10.99.0.1'}:18090/` } },
    };
    const got: string[] = [];
    const sink = http.createServer((request, response) => {
      got.push(String(request.headers['ce-id']));
      request.resume();
      response.writeHead(202).end();
    });
    await cluster.create(BrokerType, broker);
    await cluster.create(TriggerType, trigger);
    try {
      await until('ready trigger', async () => {
        const found = await cluster.get(TriggerType, 'default', 'kept');
        return found && isReady(found);
      });
      const send = async (id: string) =>
        ask(
          8081,
          {
            host: await address(),
            method: 'POST',
            path: '/default/kept',
            headers: {
              ...{ host: 'broker-ingress.knative-eventing.svc.cluster.local', 'content-type': 'application/json' },
              ...{ 'ce-specversion': '1.0', 'ce-id': id, 'ce-source': '/test', 'ce-type': 'kept' },
            },
          },
          '{}',
        );
      // Nobody listens at the sink yet: they are kept.
      expect(await Promise.all(['1', '2', '3'].map(async (id) => (await send(id)).status))).toEqual([202, 202, 202]);
      const before = containerOf(await pod())?.restartCount ?? 0;
      process.kill(await processOf(), 'SIGKILL');
      await new Promise<void>((resolve) => sink.listen(18_090, '0.0.0.0', resolve));
      await until('restart', async () => (containerOf(await pod())?.restartCount ?? 0) > before);
      await until('delivery of what was kept', async () => ['1', '2', '3'].every((id) => got.includes(id)), 90);
    } finally {
      sink.closeAllConnections();
      sink.close();
      await cluster.delete(TriggerType, 'default', 'kept').catch(() => {});
      await cluster.delete(BrokerType, 'default', 'kept').catch(() => {});
    }
  }, 180_000);

  test('told to end, it is not ready, answers even who waits for a pod, and ends in order', async () => {
    const late = "require('http').createServer((q, r) => r.end('late\\n')).listen(process.env.PORT)";
    await cluster.create(ServiceType, {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'late', namespace: 'default' },
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/initial-scale': '0' } },
          spec: {
            containers: [
              { image: 'registry.local/hello:1', command: ['/usr/bin/node', '-e', `setTimeout(() => ${late}, 4000)`] },
            ],
          },
        },
      },
    });
    const ready = await until('ready service', async () => {
      const found = await cluster.get(ServiceType, 'default', 'late');
      return found && isReady(found) && found;
    });
    await until('ready pod', async () => containerOf(await pod())?.ready);
    const ip = await address();
    const begin = clock.monotonic();
    const waiting = ask(8080, { host: ip, headers: { host: new URL(String(ready.status?.['url'])).host } });
    await clock.sleep(100);
    await cluster.delete(PodType, NAMESPACE, POD);
    const told = await until('answer that it drains', async () => {
      const answer = await ask(8086, { host: ip, path: '/readyz' });
      return answer.status === 503 && answer;
    });
    expect(told.body).toBe('draining: the process is to end\n');
    expect((await ask(8080, { host: ip, headers: { host: 'nobody.example.com' } })).status).toBe(404);
    expect(await waiting).toMatchObject({ status: 200, body: 'late\n' });
    // It came when new requests were not taken any more.
    expect(clock.monotonic() - begin).toBeGreaterThan(4000);
    await until('end of the pod', async () => (await pod()) === undefined);
    const { holderIdentity } = (await cluster.get(LeaseType, NAMESPACE, 'knative-constructs-controller'))?.spec ?? {};
    expect(holderIdentity).toBe('');
    await apply(runtime);
    await until('ready pod', async () => containerOf(await pod())?.ready);
  }, 120_000);

  /** The runtime's process, as this machine numbers it. */
  async function processOf(): Promise<number> {
    const { execFileSync } = await import('node:child_process');
    const found = execFileSync('pgrep', ['-f', '^node /app/knc.js run --role all'], { encoding: 'utf8' }).trim().split('\n');
    const uid = (await pod())?.metadata.uid ?? '';
    const ours = found.find((id) => readFileSync(`/proc/${id}/cgroup`, 'utf8').includes(uid));
    if (ours === undefined) throw new Error('the runtime has no process');
    return Number(ours);
  }
});
