import { controllerOf, type KubeObject, type ResourceType, type ServingConfig, setDefaults } from '../../api';
import { type Clock, type Executor, type Log, type Metrics, noLog, noMetrics } from '../../base';
import { type Change, type Cluster, EventRecorder } from '../../kube';
import type { Reconciler } from '../reconciler';
import { type Answerer, Answers } from './answers';
import { ControlLoop, type Item, type Shared } from './control-loop';
import { Dependents } from './dependents';
import { Expectations, objectId } from './expectations';
import { Gate } from './gate';
import { ObjectStore } from './object-store';
import { WorkQueue } from './work-queue';

/** How many parents of one reconciler are carried out at once. */
const CONCURRENCY = 16;
/** How many of all reconcilers: more would not be done sooner, and each keeps a connection to the API server. */
const TOTAL_CONCURRENCY = 32;

/** With more parents than this waiting for one reconciler, what can wait does. */
const BUSY_DEPTH = 4;

export interface EngineOptions<C> {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  /** @default a log that nobody reads */
  readonly log?: Log;
  /** @default metrics that nobody reads */
  readonly metrics?: Metrics;
  /** Handed to every `reads` and `plan`. */
  readonly config: C;
  readonly reconcilers: readonly Reconciler<KubeObject, C>[];
  /** Who answers the questions of plans. @default nobody */
  readonly answerers?: readonly Answerer[];
  /**
   * Fills in the defaults of a kind before a child is compared with what it should be.
   * @default `setDefaults` of lib/api, with the configuration if it is one of Knative Serving
   */
  readonly setDefaults?: (object: KubeObject, config: C) => KubeObject;
  /**
   * How long a status whose Ready is Unknown may be held back, in milliseconds, in case its end is known by then: fewer writes for
   * what becomes ready quickly.
   * @default 0, every status is written at once
   */
  readonly settleMs?: number;
}

/**
 * Makes plans true. It keeps a copy of every kind that a reconciler has or watches; a change makes it plan again whoever the
 * object is, owns it or reads it, and write the difference between plan and cluster. At rest it does nothing at all.
 */
export class Engine<C = unknown> {
  readonly #store: ObjectStore;
  readonly #dependents = new Dependents<Item>();
  readonly #expectations = new Expectations<Item>();
  readonly #answers: Answers<Item>;
  readonly #gate = new Gate(TOTAL_CONCURRENCY);
  readonly #loops: ControlLoop[] = [];
  readonly #byParent = new Map<string, ControlLoop[]>();
  /** Defaulted copies of objects, which are values: one is made once. */
  #defaulted = new WeakMap<KubeObject, KubeObject>();
  #config: C;
  #running = false;

  constructor(private readonly options: EngineOptions<C>) {
    const { cluster, clock, reconcilers, log = noLog } = options;
    this.#config = options.config;
    this.#answers = new Answers(options.answerers ?? [], (item) => item.loop.enqueueItem(item));
    const types = reconcilers.flatMap((reconciler) => [reconciler.type, ...reconciler.watches]);
    this.#store = new ObjectStore(types, { cluster, clock, log }, (type, change) => this.#changed(type, change));
    const shared = this.#shared();
    for (const reconciler of reconcilers) this.#addLoop(reconciler as Reconciler<KubeObject>, shared);
  }

  /** The configuration that plans are made with. */
  get config(): C {
    return this.#config;
  }

  /** Replaces the configuration and plans everything again. */
  setConfig(config: C): void {
    this.#config = config;
    this.#defaulted = new WeakMap();
    if (this.#running) this.#enqueueAll();
  }

  /** Resolves once every kind has been listed and every parent is queued. */
  async start(): Promise<void> {
    await this.#store.start();
    this.#running = true;
    this.#enqueueAll();
  }

  /** Plans no more; resolves when what is under way has been carried out. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#store.stop();
    await Promise.all(this.#loops.map((loop) => loop.stop()));
    this.#answers.clear();
  }

  #shared(): Shared {
    const { cluster, clock, executor, log = noLog, metrics = noMetrics, settleMs = 0 } = this.options;
    return {
      store: this.#store,
      dependents: this.#dependents,
      expectations: this.#expectations,
      answers: this.#answers,
      recorder: new EventRecorder({ cluster, clock, executor, log }),
      config: () => this.#config,
      clock,
      cluster,
      setDefaults: (object) => this.#setDefaults(object),
      log,
      settleMs,
      isBusy: () => this.#loops.some((loop) => loop.depth > BUSY_DEPTH),
      reconciled: metrics.counter('knc_reconcile_total', 'Plans made and carried out.', ['reconciler', 'result']),
      duration: metrics.histogram('knc_reconcile_duration_seconds', 'Time to make and carry out a plan.', ['reconciler']),
    };
  }

  #addLoop(reconciler: Reconciler<KubeObject>, shared: Shared): void {
    const { clock, executor } = this.options;
    const handle = (item: Item): Promise<void> => this.#gate.run(() => item.loop.handle(item));
    const queue = new WorkQueue<Item>({ name: reconciler.name, clock, executor, concurrency: CONCURRENCY, handle });
    const loop = new ControlLoop(reconciler, shared, queue);
    this.#loops.push(loop);
    const parents = parentKey(reconciler.type.group, reconciler.type.kind);
    this.#byParent.set(parents, [...(this.#byParent.get(parents) ?? []), loop]);
  }

  #enqueueAll(): void {
    for (const loop of this.#loops) {
      for (const { metadata } of this.#store.all(loop.reconciler.type)) loop.enqueue(metadata.namespace, metadata.name);
    }
  }

  #changed(type: ResourceType, change: Change<KubeObject>): void {
    const object = change.next ?? change.previous;
    if (!object) return;
    for (const item of this.#expectations.observe(objectId(type, object), change.next)) item.loop.release(item);
    if (!this.#running) return;
    const { namespace, name } = object.metadata;
    for (const loop of this.#byParent.get(parentKey(type.group, type.kind)) ?? []) loop.enqueue(namespace, name);
    this.#enqueueOwner(change.previous);
    this.#enqueueOwner(change.next);
    for (const item of this.#dependents.of(type, change)) item.loop.enqueueItem(item);
  }

  #enqueueOwner(object: KubeObject | undefined): void {
    const owner = object && controllerOf(object);
    if (!owner) return;
    const group = owner.apiVersion.includes('/') ? owner.apiVersion.slice(0, owner.apiVersion.indexOf('/')) : '';
    for (const loop of this.#byParent.get(parentKey(group, owner.kind)) ?? []) {
      const namespace = loop.reconciler.type.namespaced ? object.metadata.namespace : undefined;
      // An owner that is gone has nothing left to plan.
      if (this.#store.get(loop.reconciler.type, namespace, owner.name)) loop.enqueue(namespace, owner.name);
    }
  }

  #setDefaults(object: KubeObject): KubeObject {
    const known = this.#defaulted.get(object);
    if (known) return known;
    const fill = this.options.setDefaults ?? defaultsOfApi;
    const result = fill(object, this.#config);
    this.#defaulted.set(object, result);
    return result;
  }
}

function defaultsOfApi(object: KubeObject, config: unknown): KubeObject {
  return isServingConfig(config) ? setDefaults(object, config) : setDefaults(object);
}

function isServingConfig(config: unknown): config is ServingConfig {
  return typeof config === 'object' && config !== null && 'defaults' in config && 'network' in config;
}

function parentKey(group: string, kind: string): string {
  return `${kind}.${group}`;
}
