import http from 'node:http';
import {
  type ConfigMap,
  ConfigMapType,
  crd,
  isReady,
  type KubeObject,
  knativeTypes,
  NamespaceType,
  PodType,
  resourceType,
  type Service,
  ServiceType,
  type Stored,
} from '../../lib/api';
import { noLog, noMetrics, RealClock, RealExecutor, systemRandom } from '../../lib/base';
import { type Cluster, ClusterError } from '../../lib/kube';
import { RuntimeSystem } from '../../lib/roles/runtime';
import { adminAccounts, adminCluster, describeCluster } from './support';

const CrdType = resourceType<KubeObject>('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', {
  namespaced: false,
});
const clock = new RealClock();
const ports = { external: 18080, internal: 18081 };

async function until<T>(what: string, look: () => Promise<T | undefined | false>, seconds = 60): Promise<T> {
  const end = clock.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (clock.now() > end) throw new Error(`in ${seconds} s there was no ${what}`);
    await clock.sleep(50);
  }
}

const established = (object: Stored<KubeObject> | undefined): boolean =>
  (object as Conditioned | undefined)?.status?.conditions?.some(
    ({ type, status }) => type === 'Established' && status === 'True',
  ) ?? false;

interface Conditioned {
  readonly status?: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
}

async function install(cluster: Cluster): Promise<void> {
  for (const type of knativeTypes) {
    const object = crd(type) as unknown as KubeObject;
    await cluster.patch(CrdType, undefined, object.metadata.name ?? '', 'apply', object, { fieldManager: 'test', force: true });
  }
  for (const type of knativeTypes) {
    await until(`CRD ${type.plural}`, async () =>
      established(await cluster.get(CrdType, undefined, `${type.plural}.${type.group}`)),
    );
  }
  for (const name of ['knative-serving', 'knative-eventing']) {
    await cluster.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }).catch((error: unknown) => {
      if (!ClusterError.is(error, 'AlreadyExists')) throw error;
    });
  }
}

const domain: ConfigMap = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'config-domain', namespace: 'knative-serving' },
  data: { 'example.com': '' },
};

function get(host: string): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port: ports.external, headers: { host } }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk) => (body += chunk));
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
      })
      .on('error', reject);
  });
}

describeCluster('the runtime on a real Kubernetes', () => {
  const cluster = adminCluster();
  let system: RuntimeSystem;

  beforeAll(async () => {
    await install(cluster);
    await cluster.patch(ConfigMapType, 'knative-serving', 'config-domain', 'apply', domain, {
      fieldManager: 'test',
      force: true,
    });
    system = await RuntimeSystem.start({
      ...{ cluster, clock, executor: new RealExecutor((error) => console.error(error)), random: systemRandom },
      accounts: adminAccounts(cluster),
      log: { ...noLog, warn: (m, f) => console.warn(m, f), error: (m, f) => console.error(m, f) },
      ...{ metrics: noMetrics, ports, podIp: '10.99.0.1', identity: 'test-1', namespace: 'knative-serving' },
    });
  }, 120_000);
  afterAll(async () => {
    await system?.stop();
    await cluster.close();
  });

  test('a service becomes ready, answers, goes to zero and comes back', async () => {
    const service: Service = {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'hello', namespace: 'default' },
      spec: {
        template: {
          metadata: { annotations: { 'autoscaling.knative.dev/window': '6s' } },
          spec: { containers: [{ image: 'registry.local/hello:1', env: [{ name: 'TARGET', value: 'cluster' }] }] },
        },
      },
    };
    const begin = clock.now();
    await cluster.create(ServiceType, service);
    const ready = await until('ready service', async () => {
      const found = await cluster.get(ServiceType, 'default', 'hello');
      return found && isReady(found) && found;
    });
    console.log(`ready after ${clock.now() - begin} ms: ${ready.status?.['url']}`);
    const host = new URL(String(ready.status?.['url'])).host;
    expect(await get(host)).toEqual({ status: 200, body: 'Hello cluster!\n' });
    await until(
      'end of the last pod',
      async () => (await cluster.list(PodType, { namespace: 'default' })).items.length === 0,
      120,
    );
    const cold = clock.now();
    expect(await get(host)).toEqual({ status: 200, body: 'Hello cluster!\n' });
    console.log(`cold start: ${clock.now() - cold} ms`);
  }, 300_000);
});
