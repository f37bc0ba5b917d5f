import {
  allTypes,
  type Deployment,
  DeploymentType,
  defaultServingConfig,
  type Event,
  EventType,
  type Ingress,
  IngressType,
  type KubeObject,
  keyOf,
  type PodAutoscaler,
  PodAutoscalerType,
  type ResourceType,
  type ServingConfig,
  type Stored,
  typeKey,
} from '../../../../lib/api';
import { CountingExecutor, type Log, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import {
  type Answerer,
  DIGEST_TOPIC,
  type DigestQuestion,
  Engine,
  type GatewayQuestion,
  INGRESS_CLASS,
  servingReconcilers,
} from '../../../../lib/control';
import type { Reconciler } from '../../../../lib/control/reconciler';
import type { Cluster } from '../../../../lib/kube';
import { MemoryCluster } from '../../../../lib/local/cluster';

type AnyReconciler = Reconciler<KubeObject, ServingConfig>;

/** Makes every Deployment come up at once. */
const instantDeployments: Reconciler<Deployment, ServingConfig> = {
  name: 'fake-deployments',
  type: DeploymentType,
  watches: [],
  reads: () => [],
  plan: ({ metadata, spec: { replicas = 1 } }) => ({
    status: {
      observedGeneration: metadata.generation,
      replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
      conditions: [{ type: 'Progressing', status: 'True', reason: 'NewReplicaSetAvailable' }],
    },
  }),
};

/** Finds every scale achieved at once. */
const instantAutoscalers: Reconciler<PodAutoscaler, ServingConfig> = {
  name: 'fake-autoscalers',
  type: PodAutoscalerType,
  watches: [],
  reads: () => [],
  plan: ({ metadata }) => ({
    status: {
      observedGeneration: metadata.generation,
      serviceName: metadata.name,
      metricsServiceName: `${metadata.name}-private`,
      actualScale: 1,
      desiredScale: 1,
      conditions: ['Active', 'Ready', 'ScaleTargetInitialized', 'SKSReady'].map((type) => ({ type, status: 'True' as const })),
    },
  }),
};

/** Answers that every image is what its tag says. */
const unchangedDigests: Answerer = {
  topic: DIGEST_TOPIC,
  ask: ({ key, input }, onAnswer) =>
    onAnswer(key, Object.fromEntries((input as DigestQuestion).images.map((image) => [image, { image }]))),
  forget: () => {},
};

/** A cluster that counts what is written to it, and can refuse. */
export class CountingCluster {
  readonly writes: string[] = [];
  refuse: ((verb: string, type: ResourceType, object: KubeObject) => Error | undefined) | undefined;

  constructor(readonly inner: MemoryCluster) {}

  get cluster(): Cluster {
    const { inner } = this;
    const write = (verb: string, type: ResourceType, object: KubeObject): void => {
      const error = this.refuse?.(verb, type, object);
      if (error) throw error;
      if (typeKey(type) !== typeKey(EventType)) this.writes.push(`${verb} ${type.kind} ${object.metadata.name}`);
    };
    return {
      get: inner.get.bind(inner),
      list: inner.list.bind(inner),
      watch: inner.watch.bind(inner),
      create: async (type, object) => {
        write('create', type, object);
        return inner.create(type, object);
      },
      update: async (type, object) => {
        write('update', type, object);
        return inner.update(type, object);
      },
      updateStatus: async (type, object) => {
        write('status', type, object);
        return inner.updateStatus(type, object);
      },
      patch: async (type, namespace, name, patchType, patch, options) => {
        write('patch', type, { apiVersion: '', kind: type.kind, metadata: { namespace, name } });
        return inner.patch(type, namespace, name, patchType, patch, options);
      },
      delete: async (type, namespace, name, options) => {
        write('delete', type, { apiVersion: '', kind: type.kind, metadata: { namespace, name } });
        return inner.delete(type, namespace, name, options);
      },
    };
  }
}

export interface WorldOptions {
  readonly config?: ServingConfig;
  /** @default those of serving, and fakes for Deployments and PodAutoscalers */
  readonly reconcilers?: readonly AnyReconciler[];
  readonly answerers?: readonly Answerer[];
  readonly log?: Log;
}

/** Settings under which routes are public and served by our gateway. */
export const LOCAL_CONFIG: ServingConfig = {
  ...defaultServingConfig,
  network: { ...defaultServingConfig.network, ingressClass: INGRESS_CLASS },
  domain: { ...defaultServingConfig.domain, domains: { 'example.com': { selector: {}, type: '' } } },
};

/** The engine over a cluster in memory, on a clock that stands still. */
export class ControlWorld {
  readonly errors: unknown[] = [];
  readonly executor = new CountingExecutor((error) => this.errors.push(error));
  readonly clock = new VirtualClock(this.executor);
  readonly memory = new MemoryCluster({ clock: this.clock, random: seededRandom(1), types: allTypes });
  readonly counting = new CountingCluster(this.memory);
  readonly engine: Engine<ServingConfig>;
  readonly #gateway = new Map<string, (key: string, value: unknown) => void>();

  constructor(options: WorldOptions = {}) {
    const { executor, clock } = this;
    this.engine = new Engine<ServingConfig>({
      cluster: this.counting.cluster,
      clock,
      executor,
      log: options.log ?? noLog,
      config: options.config ?? LOCAL_CONFIG,
      reconcilers: options.reconcilers ?? [...servingReconcilers, instantDeployments, instantAutoscalers],
      answerers: options.answerers ?? [unchangedDigests, this.#gatewayAnswerer()],
    });
  }

  get writes(): string[] {
    return this.counting.writes;
  }

  async start(): Promise<this> {
    await this.engine.start();
    await this.settle();
    return this;
  }

  async settle(): Promise<void> {
    await this.clock.settle();
    if (this.errors.length > 0) throw this.errors[0];
  }

  async create<T extends KubeObject>(type: ResourceType<T>, object: KubeObject): Promise<Stored<T>> {
    const { uid: _uid, resourceVersion: _version, generation: _generation, ...metadata } = object.metadata;
    const created = await this.memory.create(type, { ...object, metadata } as T);
    await this.settle();
    return created;
  }

  async get<T extends KubeObject>(type: ResourceType<T>, name: string, namespace = 'default'): Promise<Stored<T>> {
    const object = await this.memory.get(type, namespace, name);
    if (!object) throw new Error(`there is no ${type.kind} ${name}`);
    return object;
  }

  async list<T extends KubeObject>(type: ResourceType<T>): Promise<readonly Stored<T>[]> {
    return (await this.memory.list(type, {})).items;
  }

  async patch<T extends KubeObject>(type: ResourceType<T>, name: string, merge: unknown): Promise<void> {
    await this.memory.patch(type, 'default', name, 'merge', merge);
    await this.settle();
  }

  /** Events as `reason: message`, in the order of their names. */
  async events(): Promise<string[]> {
    const events = await this.list<Event>(EventType);
    return events.map(({ reason, message, count }) => `${reason}: ${message}${count === 1 ? '' : ` (${count})`}`);
  }

  /** A gateway that takes every Ingress in as soon as it sees it. */
  #gatewayAnswerer(): Answerer {
    const answer = (ingress: Stored<Ingress>): void => {
      const key = keyOf(ingress);
      this.#gateway.get(key)?.(key, { generation: ingress.metadata.generation });
    };
    this.memory.watch(IngressType, {}, (event) => {
      if (event.type !== 'BOOKMARK' && event.type !== 'DELETED') answer(event.object);
    });
    return {
      topic: 'gateway',
      ask: ({ key, input }, onAnswer) => {
        this.#gateway.set(key, onAnswer);
        const { namespace, name } = input as GatewayQuestion;
        this.memory.get(IngressType, namespace, name).then((ingress) => ingress && answer(ingress));
      },
      forget: (key) => void this.#gateway.delete(key),
    };
  }
}
