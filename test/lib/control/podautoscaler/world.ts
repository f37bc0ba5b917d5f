import {
  type Deployment,
  DeploymentType,
  type Endpoints,
  EndpointsType,
  type KubeObject,
  labels,
  type Pod,
  type PodAutoscaler,
  PodAutoscalerType,
  PodType,
  type ResourceType,
  type ServerlessService,
  ServerlessServiceType,
  type ServingConfig,
  type Stored,
  typeKey,
} from '../../../../lib/api';
import { CountingExecutor, noLog, noMetrics, type Timer, VirtualClock } from '../../../../lib/base';
import { Autoscaler, type ScaleChange } from '../../../../lib/control/autoscaler';
import { autoscalingReconcilers } from '../../../../lib/control/podautoscaler';
import type { Ask, Observed, Patch, Plan, Reconciler } from '../../../../lib/control/reconciler';
import { GatewayAddresses } from '../../../../lib/control/serverlessservice';
import { CONFIG, deploymentOf, NAMESPACE, podAutoscalerOf, REVISION } from './fixtures';

type Any = Stored<KubeObject>;
const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

export interface WorldOptions {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly reachability?: '' | 'Reachable' | 'Unreachable';
  readonly config?: ServingConfig;
  /** How long a pod takes to become ready, in milliseconds; undefined: it never does. @default 500 */
  readonly podStart?: number | undefined;
}

/**
 * One revision in virtual time: the three reconcilers, the autoscaler, a Deployment whose pods come and go, and a gateway
 * that reports. Plans are carried out at once and made again until nothing changes.
 */
export class World {
  readonly executor = new CountingExecutor((error) => {
    throw error;
  });
  readonly clock = new VirtualClock(this.executor);
  readonly autoscaler = new Autoscaler({ clock: this.clock, executor: this.executor, log: noLog, metrics: noMetrics });
  readonly changes: ScaleChange[] = [];
  /** Every scale that was written to the Deployment, and when, in seconds from the start. */
  readonly scales: { readonly at: number; readonly to: number }[] = [];
  /** Reasons that the Active condition has had. */
  readonly reasons = new Set<string>();
  readonly #start = this.clock.now();
  readonly #objects = new Map<string, Any>();
  readonly #answers = new Map<string, unknown>();
  readonly #asks = new Map<string, string>();
  readonly #timers = new Map<string, Timer>();
  readonly #config: ServingConfig;
  readonly #podStart: number | undefined;
  #version = 0;
  #load = 0;
  #reported = false;
  #firstRequest = 0;

  constructor(options: WorldOptions = {}) {
    this.#config = options.config ?? CONFIG;
    this.#podStart = 'podStart' in options ? options.podStart : 500;
    this.autoscaler.onDecision((change) => this.changes.push(change));
    const replicas = Number(options.annotations?.['autoscaling.knative.dev/initial-scale'] ?? 1);
    this.put(DeploymentType, deploymentOf(replicas));
    const pa = podAutoscalerOf(options.annotations ?? {});
    this.put(PodAutoscalerType, { ...pa, spec: { ...pa.spec, reachability: options.reachability ?? 'Reachable' } });
    this.clock.every(1000, () => this.#report());
    this.#reconcile();
  }

  get pa(): Stored<PodAutoscaler> {
    return this.get(PodAutoscalerType, REVISION)!;
  }

  get deployment(): Stored<Deployment> {
    return this.get(DeploymentType, `${REVISION}-deployment`)!;
  }

  get sks(): Stored<ServerlessService> {
    return this.get(ServerlessServiceType, REVISION)!;
  }

  get pods(): Stored<Pod>[] {
    return [...this.#objects].filter(([key]) => key.startsWith(typeKey(PodType))).map(([, pod]) => pod as Stored<Pod>);
  }

  get replicas(): number {
    return this.deployment.spec.replicas ?? 1;
  }

  /** Seconds since the start. */
  get seconds(): number {
    return (this.clock.now() - this.#start) / 1000;
  }

  condition(type: string) {
    const found = this.pa.status?.conditions?.find((condition) => condition.type === type);
    return found && [found.status, found.reason ?? ''];
  }

  async advance(seconds: number): Promise<void> {
    await this.clock.advance(seconds * 1000);
  }

  /** From now on so many requests are in flight or buffered; the first one of an idle revision is told at once. */
  load(concurrency: number): void {
    if (this.#load === 0 && !this.#reported && concurrency > 0) {
      this.#firstRequest = 1;
      this.#record(1, 1);
    }
    this.#load = concurrency;
    if (concurrency > 0) this.#reported = true;
  }

  /** What a gateway does with the first buffered request, before any decision: raise the scale from zero. */
  gatewayRaises(to = 1): void {
    this.#scale(this.deployment, to);
    this.#reconcile();
  }

  get<T extends KubeObject>(type: ResourceType<T>, name: string): Stored<T> | undefined {
    return this.#objects.get(`${typeKey(type)}/${name}`) as Stored<T> | undefined;
  }

  put(type: ResourceType, object: KubeObject): void {
    const key = `${typeKey(type)}/${object.metadata.name}`;
    const old = this.#objects.get(key);
    const generation = (old?.metadata.generation ?? 0) + (same(old?.spec, object.spec) ? 0 : 1);
    const metadata = {
      uid: `uid-${key}`,
      creationTimestamp: new Date(this.clock.now()).toISOString(),
      ...old?.metadata,
      ...object.metadata,
      generation,
      resourceVersion: String(++this.#version),
    };
    this.#objects.set(key, { ...old, ...object, metadata } as Any);
  }

  #report(): void {
    if (this.#load === 0 && !this.#reported) return;
    this.#record(Math.max(0, this.#load - this.#firstRequest), this.#load);
    this.#firstRequest = 0;
    this.#reported = this.#load > 0;
  }

  #record(averageConcurrency: number, requestCount: number): void {
    const stat = { namespace: NAMESPACE, revision: REVISION, time: this.clock.now(), averageConcurrency, requestCount };
    this.autoscaler.record([stat]);
  }

  #reconcile(): void {
    for (let round = 0; round < 50; round++) {
      const before = this.#version;
      for (const reconciler of autoscalingReconcilers) this.#plan(reconciler);
      if (this.#version === before) return;
    }
    throw new Error('plans do not come to rest');
  }

  #plan(reconciler: Reconciler<KubeObject, ServingConfig>): void {
    const parent = this.get(reconciler.type, REVISION);
    if (!parent) return;
    const plan = reconciler.plan(parent, this.#observed(), this.#config, this.clock.now());
    for (const { type, object } of plan.apply ?? []) this.#apply(type, object);
    for (const patch of plan.patch ?? []) this.#patch(patch);
    for (const ask of plan.asks ?? []) this.#ask(ask);
    if (plan.status !== undefined && !same(plan.status, parent.status)) {
      const current = this.get(reconciler.type, REVISION)!;
      this.put(reconciler.type, { ...current, status: plan.status });
      this.reasons.add(this.condition('Active')?.[1] ?? '');
    }
    this.#requeue(reconciler.name, plan);
  }

  #requeue(name: string, { requeueAfter }: Plan): void {
    this.#timers.get(name)?.cancel();
    this.#timers.delete(name);
    if (requeueAfter !== undefined)
      this.#timers.set(
        name,
        this.clock.after(requeueAfter, () => this.#reconcile()),
      );
  }

  #apply(type: ResourceType, object: KubeObject): void {
    const old = this.get(type, object.metadata.name!);
    const { spec, subsets } = object as Endpoints;
    if (old && same(old.spec, spec) && same((old as Endpoints).subsets, subsets)) return;
    this.put(type, object);
    if (object.metadata.name?.endsWith('-private')) this.#endpoints();
  }

  #patch({ name, patch, resourceVersion }: Patch): void {
    const target = this.get(DeploymentType, name)!;
    if (resourceVersion && target.metadata.resourceVersion !== resourceVersion) throw new Error('conflict');
    if ('json' in patch) this.#scale(target, patch.json[0]!.value as number);
  }

  #scale(target: Stored<Deployment>, replicas: number): void {
    this.scales.push({ at: this.seconds, to: replicas });
    this.put(DeploymentType, { ...target, spec: { ...target.spec, replicas } });
    this.clock.after(0, () => this.#runPods());
  }

  /** The Deployment's pods: made at once, ready after a while, gone at once. */
  #runPods(): void {
    const { pods, replicas } = this;
    for (const pod of pods.slice(replicas)) this.#objects.delete(`${typeKey(PodType)}/${pod.metadata.name}`);
    for (let i = pods.length; i < replicas; i++) this.#startPod(`pod-${++this.#version}`);
    this.#endpoints();
    this.#reconcile();
  }

  #startPod(name: string): void {
    const metadata = { name, namespace: NAMESPACE, labels: { [labels.revision]: REVISION } };
    const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [] }, status: { phase: 'Pending' } };
    this.put(PodType, pod);
    if (this.#podStart === undefined) return;
    this.clock.after(this.#podStart, () => {
      if (!this.get(PodType, name)) return;
      this.put(PodType, { ...pod, status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] } });
      this.#endpoints();
      this.#reconcile();
    });
  }

  #endpoints(): void {
    const name = `${REVISION}-private`;
    const ready = this.pods.filter((pod) => pod.status?.phase === 'Running');
    const addresses = ready.map((_, i) => ({ ip: `10.0.0.${i + 1}` }));
    const subsets = addresses.length > 0 ? [{ addresses, ports: [{ name: 'http', port: 8080 }] }] : [];
    const before = this.get<Endpoints>(EndpointsType, name);
    if (before && same(before.subsets, subsets)) return;
    this.put(EndpointsType, {
      apiVersion: 'v1',
      kind: 'Endpoints',
      metadata: { name, namespace: NAMESPACE },
      subsets,
    } as Endpoints);
  }

  /** As the engine has it: the same question again is no question; another input replaces it. */
  #ask(ask: Ask): void {
    const id = `${ask.topic}/${ask.key}`;
    const input = JSON.stringify(ask.input);
    if (this.#asks.get(id) === input) return;
    const answerer = ask.topic === 'scale' ? this.autoscaler : this.#gateways;
    this.#asks.set(id, input);
    this.#answers.delete(id);
    answerer.ask(ask, (_, value) => {
      if (same(this.#answers.get(id), value)) return;
      this.#answers.set(id, value);
      this.#version++;
      this.clock.after(0, () => this.#reconcile());
    });
  }

  readonly #gateways = new GatewayAddresses([{ addresses: [{ ip: '127.0.0.1' }], ports: [{ name: 'http', port: 8080 }] }]);

  #observed(): Observed {
    return {
      get: (type, _namespace, name) => this.get(type, name),
      list: (type) => [...this.#objects].filter(([key]) => key.startsWith(`${typeKey(type)}/`)).map(([, o]) => o) as never,
      find: () => [],
      answer: (topic, key) => this.#answers.get(`${topic}/${key}`),
      failure: () => undefined,
    };
  }
}
