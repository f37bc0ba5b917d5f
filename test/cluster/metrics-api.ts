import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import https from 'node:https';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { NODE } from './platform';
import { kubectl, sh } from './tools';

const GROUP = 'metrics.k8s.io';
const VERSION = 'v1beta1';
const SERVICE = 'metrics-of-the-test';

/** Stands where clusters have their metrics-server: the API `metrics.k8s.io`, which the cluster's HorizontalPodAutoscalers read. */
export class MetricsApi {
  /** What every pod uses of CPU, in thousandths of a core. */
  milliCores = 0;
  readonly #server: https.Server;

  private constructor(tls: https.ServerOptions) {
    this.#server = https.createServer(tls, (request, response) => {
      void this.#answer(new URL(request.url ?? '/', 'https://x')).then((body) => {
        response.setHeader('content-type', 'application/json');
        response.statusCode = body ? 200 : 404;
        response.end(JSON.stringify(body ?? {}));
      });
    });
  }

  static async start(): Promise<MetricsApi> {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-metrics-'));
    await sh(
      `cd ${folder} && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=metrics -keyout k -out c 2>/dev/null`,
    );
    const api = new MetricsApi({ key: readFileSync(path.join(folder, 'k')), cert: readFileSync(path.join(folder, 'c')) });
    rmSync(folder, { recursive: true });
    await new Promise<void>((resolve) => api.#server.listen(0, '0.0.0.0', resolve));
    const { port } = api.#server.address() as AddressInfo;
    try {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects(port) });
      await kubectl('apply -f -', { input });
      await kubectl(`wait apiservice/${VERSION}.${GROUP} --for=condition=Available --timeout=60s`);
    } catch (error) {
      await api.stop();
      throw error;
    }
    return api;
  }

  async stop(): Promise<void> {
    await kubectl(`delete apiservice ${VERSION}.${GROUP} --ignore-not-found`);
    await kubectl(`delete service,endpoints -n kube-system ${SERVICE} --ignore-not-found`);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer({ pathname, searchParams }: URL): Promise<object | undefined> {
    const apiVersion = `${GROUP}/${VERSION}`;
    const base = `/apis/${apiVersion}`;
    const resource = { name: 'pods', singularName: '', namespaced: true, kind: 'PodMetrics', verbs: ['get', 'list'] };
    if (pathname === base) return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: [resource] };
    const namespace = /\/namespaces\/([^/]+)\/pods$/.exec(pathname)?.[1];
    if (!namespace) return undefined;
    const selector = searchParams.get('labelSelector') ?? '';
    const pods = JSON.parse(await kubectl(`get pods -n ${namespace} -l ${selector} -o json`)) as { items: readonly SeenPod[] };
    const items = pods.items.map(({ metadata: { name }, spec: { containers } }) => ({
      ...{ metadata: { name, namespace }, timestamp: new Date(Date.now()).toISOString(), window: '1s' },
      containers: containers.map((container) => ({
        name: container.name,
        usage: { cpu: `${Math.round(this.milliCores / containers.length)}m`, memory: '32Mi' },
      })),
    }));
    return { kind: 'PodMetricsList', apiVersion, metadata: {}, items };
  }
}

interface SeenPod {
  readonly metadata: { readonly name: string };
  readonly spec: { readonly containers: readonly { readonly name: string }[] };
}

function objects(port: number): readonly object[] {
  const metadata = { name: SERVICE, namespace: 'kube-system' };
  return [
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { ports: [{ name: 'https', port: 443, targetPort: port }] } },
    {
      ...{ apiVersion: 'v1', kind: 'Endpoints', metadata },
      subsets: [{ addresses: [{ ip: NODE }], ports: [{ name: 'https', port }] }],
    },
    {
      ...{ apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService', metadata: { name: `${VERSION}.${GROUP}` } },
      spec: {
        ...{ group: GROUP, version: VERSION, groupPriorityMinimum: 100, versionPriority: 100, insecureSkipTLSVerify: true },
        service: { name: SERVICE, namespace: 'kube-system', port: 443 },
      },
    },
  ];
}
