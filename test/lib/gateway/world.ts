import {
  allTypes,
  type Deployment,
  DeploymentType,
  type Ingress,
  type IngressRule,
  IngressType,
  LOCAL_PORTS_ANNOTATION,
  labels,
  type Pod,
  PodType,
  type Revision,
  RevisionType,
  type ServerlessService,
  ServerlessServiceType,
} from '../../../lib/api';
import { type Clock, CountingExecutor, noLog, noMetrics, RealClock, seededRandom, VirtualClock } from '../../../lib/base';
import {
  CompositeTransport,
  FunctionTransport,
  Gateway,
  type GatewayOptions,
  type InnerHosts,
  networkTransport,
} from '../../../lib/gateway';
import { MemoryCluster } from '../../../lib/local/cluster';

export type Handler = (request: Request) => Promise<Response> | Response;

/** Where function pods live in these tests. */
export const FUNCTION_HOST = '10.0.0.1';

/** A cluster in memory with a gateway on it. With `real: true` the clock runs by itself and pods may be sockets. */
export class World {
  readonly errors: unknown[] = [];
  readonly executor = new CountingExecutor((error) => this.errors.push(error));
  readonly virtual = new VirtualClock(this.executor);
  readonly clock: Clock;
  readonly random = seededRandom(7);
  readonly cluster: MemoryCluster;
  readonly gateway: Gateway;
  readonly functions = new Map<number, Handler>();
  #ports = 1;

  constructor({
    real = false,
    inner,
    innerOutside = true,
    ...options
  }: GatewayOptions & { real?: boolean; inner?: InnerHosts; innerOutside?: boolean } = {}) {
    this.clock = real ? new RealClock() : this.virtual;
    this.cluster = new MemoryCluster({ clock: this.clock, random: this.random, types: allTypes });
    const functions = new FunctionTransport(async (_host, port, request) => {
      const handler = this.functions.get(port);
      if (!handler) throw Object.assign(new Error(`connect ECONNREFUSED ${port}`), { code: 'ECONNREFUSED' });
      return handler(request);
    }, this.executor);
    const serves = ({ host }: { host: string }) => host === FUNCTION_HOST;
    const { clock, cluster, executor, random } = this;
    const transport = new CompositeTransport([{ serves, transport: functions }], networkTransport(clock));
    const deps = { cluster, clock, executor, random, log: noLog, metrics: noMetrics, transport, options };
    this.gateway = new Gateway({ ...deps, ...(inner ? { inner, innerOutside } : {}) });
  }

  /** A revision with its ServerlessService and a Deployment at `replicas`. */
  async revision(
    name: string,
    {
      replicas = 0,
      annotations = {},
      ...spec
    }: Partial<Revision['spec']> & { replicas?: number; annotations?: Record<string, string> } = {},
  ): Promise<void> {
    await this.cluster.create<Revision>(RevisionType, {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Revision',
      metadata: { name, namespace: 'default', annotations },
      spec: { containers: [{ image: 'x' }], ...spec } as Revision['spec'],
    });
    await this.cluster.create<Deployment>(DeploymentType, {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: `${name}-deployment`, namespace: 'default' },
      spec: { replicas, selector: { matchLabels: {} }, template: { spec: { containers: [] } } },
    });
    await this.cluster.create<ServerlessService>(ServerlessServiceType, {
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'ServerlessService',
      metadata: { name, namespace: 'default' },
      spec: {
        objectRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: `${name}-deployment` },
        protocolType: 'http1',
      },
    });
  }

  /** An Ingress whose only public host is `host`; splits as revision names to percentages. */
  ingress(name: string, host: string, splits: Record<string, number>): Promise<unknown> {
    return this.rules(name, [{ hosts: [host], visibility: 'ExternalIP', http: { paths: [{ splits: toSplits(splits) }] } }]);
  }

  rules(name: string, rules: readonly IngressRule[], metadata: object = {}, spec: object = {}): Promise<unknown> {
    return this.cluster.create<Ingress>(IngressType, {
      apiVersion: 'networking.internal.knative.dev/v1alpha1',
      kind: 'Ingress',
      metadata: { name, namespace: 'default', ...metadata },
      spec: { rules, ...spec },
    });
  }

  /** A pod of a revision: a function, or something that listens on a loopback port. Returns its name. */
  async pod(revision: string, where: Handler | number, { ready = true }: { ready?: boolean } = {}): Promise<string> {
    const number = this.#ports++;
    const name = `${revision}-pod-${String(number).padStart(3, '0')}`;
    if (typeof where === 'function') this.functions.set(number, where);
    const port = typeof where === 'function' ? number : where;
    const pod = await this.cluster.create<Pod>(PodType, {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name,
        namespace: 'default',
        labels: { [labels.revision]: revision, [labels.revisionUID]: revision },
        annotations: { [LOCAL_PORTS_ANNOTATION]: JSON.stringify({ 8080: port }) },
      },
      spec: { containers: [{ name: 'user-container', image: 'x' }] },
    });
    await this.cluster.updateStatus<Pod>(PodType, {
      ...pod,
      status: {
        phase: 'Running',
        podIP: typeof where === 'function' ? FUNCTION_HOST : '127.0.0.1',
        conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
      },
    });
    return name;
  }

  async deletePod(name: string, gracePeriodSeconds = 30): Promise<void> {
    await this.cluster.delete(PodType, 'default', name, { gracePeriodSeconds });
  }

  async replicas(revision: string): Promise<number | undefined> {
    return (await this.cluster.get(DeploymentType, 'default', `${revision}-deployment`))?.spec.replicas;
  }

  fetch(host: string, path = '/', init: RequestInit = {}): Promise<Response> {
    return this.gateway.fetch(new Request(`http://${host}${path}`, init));
  }
}

export function toSplits(splits: Record<string, number>) {
  return Object.entries(splits).map(([serviceName, percent]) => ({
    serviceNamespace: 'default',
    serviceName,
    servicePort: 80,
    percent,
  }));
}

/** A promise and its resolve function: a door that a handler waits at. */
export function gate(): { readonly opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}
