import { type Condition, conditionOf, type KubeObject, keyOf, type ResourceType, type Stored } from '../../api';
import { type Clock, type Counter, errorMessage, type Histogram, type Log, type Timer } from '../../base';
import { type Cluster, ClusterError, type EventRecorder } from '../../kube';
import type { Observed, Plan, Reconciler } from '../reconciler';
import type { Answers } from './answers';
import type { Dependents } from './dependents';
import { type Expectations, objectId } from './expectations';
import { semanticEqual } from './json';
import type { ObjectStore } from './object-store';
import { type Operation, operations } from './operation';
import { isStale, OperationError, perform } from './perform';
import type { WorkQueue } from './work-queue';

/** How long to wait for the cache to show an own write before planning regardless, in milliseconds. */
const EXPECTATION_TIMEOUT_MS = 30_000;

/** A status that others go on by is held back for this part of the time. */
const AWAITED_FRACTION = 10;
/** With a backlog a status is held back for up to so many times as long. */
const BUSY_FACTOR = 30;

/** One parent of one reconciler. */
export interface Item {
  readonly loop: ControlLoop;
  readonly namespace: string | undefined;
  readonly name: string;
  /** Wants to be planned as soon as its own writes have been seen. */
  waiting: boolean;
  /** Writes in a row that met an object newer than the cache. */
  stale: number;
  /** What was logged last, so that a failure that goes on is logged once. */
  logged: string | undefined;
  /** Ends the wait for own writes that the cache never shows. */
  patience: Timer | undefined;
  /** The status that its plans have led to and that is not written yet. */
  pending: PendingStatus | undefined;
}

/** A status that says only that something is under way, and is held back for a moment: what comes of it may be known by then. */
interface PendingStatus {
  /** The object that it is the status of. */
  readonly uid: string;
  readonly status: unknown;
  /** On the monotonic clock. */
  readonly since: number;
  /** Writes it if nothing better has come. */
  timer: Timer;
  due: boolean;
}

/** What the loops of one engine share. */
export interface Shared {
  readonly store: ObjectStore;
  readonly dependents: Dependents<Item>;
  readonly expectations: Expectations<Item>;
  readonly answers: Answers<Item>;
  readonly recorder: EventRecorder;
  readonly config: () => unknown;
  readonly clock: Clock;
  readonly cluster: Cluster;
  readonly setDefaults: (object: KubeObject) => KubeObject;
  readonly log: Log;
  /** How long a status that is not final may be held back, in milliseconds. */
  readonly settleMs: number;
  /** Whether there is a backlog. */
  readonly isBusy: () => boolean;
  readonly reconciled: Counter;
  readonly duration: Histogram;
}

/** Plans the parents of one reconciler, one after the other, and carries the plans out. */
export class ControlLoop {
  readonly #items = new Map<string, Item>();
  readonly #labels: { reconciler: string };

  constructor(
    readonly reconciler: Reconciler<KubeObject>,
    private readonly shared: Shared,
    private readonly queue: WorkQueue<Item>,
  ) {
    this.#labels = { reconciler: reconciler.name };
  }

  /** Parents that wait for a worker. */
  get depth(): number {
    return this.queue.depth;
  }

  /** Plans this parent soon: with the next microtask unless it waits for its own writes to be seen. */
  enqueue(namespace: string | undefined, name: string): void {
    const key = keyOf({ metadata: { namespace, name } });
    let item = this.#items.get(key);
    if (!item) {
      item = {
        loop: this,
        namespace,
        name,
        waiting: false,
        stale: 0,
        logged: undefined,
        patience: undefined,
        pending: undefined,
      };
      this.#items.set(key, item);
    }
    this.enqueueItem(item);
  }

  enqueueItem(item: Item): void {
    if (this.shared.expectations.waits(item)) item.waiting = true;
    else this.queue.add(item);
  }

  /** The item's own writes have been seen. */
  release(item: Item): void {
    item.patience?.cancel();
    item.patience = undefined;
    if (item.waiting) this.queue.add(item);
  }

  /** Plans no more; resolves when what is under way has been carried out. */
  async stop(): Promise<void> {
    await this.queue.stop();
    for (const item of this.#items.values()) {
      item.patience?.cancel();
      item.pending?.timer.cancel();
    }
  }

  /** Handles one item of the queue; never rejects. */
  async handle(item: Item): Promise<void> {
    const { store, expectations, reconciled, duration, clock } = this.shared;
    item.waiting = expectations.waits(item);
    if (item.waiting) return;
    const parent = store.get(this.reconciler.type, item.namespace, item.name);
    if (!parent) return this.#forget(item);
    if (parent.metadata.deletionTimestamp && !this.#finalizes(parent)) return;
    const began = clock.monotonic();
    let result = 'success';
    try {
      await this.#reconcile(item, parent);
      this.queue.forgive(item);
      item.stale = 0;
      item.logged = undefined;
    } catch (error) {
      result = isStale(error) ? 'stale' : 'error';
      await this.#failed(item, parent, error);
    }
    if (expectations.waits(item)) this.#waitForCache(item);
    reconciled.add({ ...this.#labels, result });
    duration.observe(this.#labels, (clock.monotonic() - began) / 1000);
  }

  #waitForCache(item: Item): void {
    item.patience?.cancel();
    item.patience = this.shared.clock.after(EXPECTATION_TIMEOUT_MS, () => {
      this.shared.expectations.clear(item);
      this.release(item);
    });
  }

  #finalizes(parent: Stored<KubeObject>): boolean {
    const { finalizer } = this.reconciler;
    return finalizer !== undefined && !!parent.metadata.finalizers?.includes(finalizer);
  }

  async #reconcile(item: Item, stored: Stored<KubeObject>): Promise<void> {
    const { store, dependents, answers, setDefaults } = this.shared;
    const config = this.shared.config();
    if (item.pending?.uid !== stored.metadata.uid) this.#drop(item);
    const parent = asPlanned(item, stored);
    dependents.set(item, this.reconciler.reads(parent, config));
    const plan = this.reconciler.plan(parent, this.#observed(), config, this.shared.clock.now());
    answers.set(item, plan.asks ?? []);
    let version = parent.metadata.resourceVersion;
    for (const operation of operations(plan, (...at) => store.get(...at), setDefaults)) {
      version = (await this.#write(item, parent, operation)) ?? version;
    }
    await this.#finish(item, stored, plan, version);
    if (plan.requeueAfter === undefined) this.queue.cancelDelayed(item);
    else this.queue.addAfter(item, plan.requeueAfter);
  }

  /** Writes the status, or holds it back, and tells the events. */
  async #finish(item: Item, parent: Stored<KubeObject>, plan: Plan, resourceVersion: string): Promise<void> {
    const { store, expectations, cluster, recorder } = this.shared;
    const { type } = this.reconciler;
    if (plan.status !== undefined && !this.#holdsBack(item, parent, plan.status)) {
      if (!semanticEqual(plan.status, parent.status)) {
        const object = { ...parent, metadata: { ...parent.metadata, resourceVersion }, status: plan.status };
        const written = await cluster.updateStatus(type, object);
        const current = store.get(type, item.namespace, item.name);
        expectations.expect(item, objectId(type, written), { version: written.metadata.resourceVersion }, current);
      }
      this.#drop(item);
    }
    for (const event of plan.events ?? []) recorder.record(parent, event, this.reconciler.name);
  }

  /** Whether the status can wait; then it is planned on from there. */
  #holdsBack(item: Item, parent: Stored<KubeObject>, status: unknown): boolean {
    const { settleMs, clock } = this.shared;
    const { pending } = item;
    if (settleMs === 0 || pending?.due || !isUnderWay(status)) return false;
    if (semanticEqual(status, pending ? pending.status : parent.status)) return pending !== undefined;
    const since = pending?.since ?? clock.monotonic();
    const timer = pending?.timer ?? this.#settleTimer(item);
    item.pending = { uid: parent.metadata.uid, status, since, timer, due: false };
    this.queue.add(item);
    return true;
  }

  /** While there is a backlog, more is likely to come of it: then the wait is longer, up to a limit. */
  #settleTimer(item: Item): Timer {
    const { settleMs, clock, isBusy } = this.shared;
    return clock.after(this.reconciler.awaited ? settleMs / AWAITED_FRACTION : settleMs, () => {
      const { pending } = item;
      if (!pending) return;
      const waited = clock.monotonic() - pending.since;
      if (!this.reconciler.awaited && isBusy() && waited < settleMs * BUSY_FACTOR) pending.timer = this.#settleTimer(item);
      else {
        pending.due = true;
        this.enqueueItem(item);
      }
    });
  }

  #drop(item: Item): void {
    item.pending?.timer.cancel();
    item.pending = undefined;
  }

  /** Carries out one write; returns the parent's new version if it was the parent that was written. */
  async #write(item: Item, parent: Stored<KubeObject>, operation: Operation): Promise<string | undefined> {
    const { store, expectations, cluster } = this.shared;
    const done = await perform(cluster, operation);
    if (!done) return undefined;
    const current = store.get(done.type, done.namespace, done.name);
    const id = objectId(done.type, { metadata: { namespace: done.namespace, name: done.name } });
    expectations.expect(item, id, done.expectation, current);
    return 'version' in done.expectation && id === objectId(this.reconciler.type, parent) ? done.expectation.version : undefined;
  }

  async #failed(item: Item, parent: Stored<KubeObject>, error: unknown): Promise<void> {
    if (isStale(error)) {
      // The cache lags behind: the change that it lacks is on its way.
      if (item.stale++ === 0) this.queue.add(item);
      else this.queue.addRateLimited(item);
      return;
    }
    const message = errorMessage(error);
    const { log, recorder } = this.shared;
    if (item.logged !== message) {
      const unexpected = !(error instanceof OperationError) && !ClusterError.is(error) && error instanceof Error;
      log.warn('reconciliation failed', {
        reconciler: this.reconciler.name,
        object: keyOf(parent),
        error: message,
        ...(unexpected ? { stack: error.stack } : {}),
      });
      item.logged = message;
    }
    if (error instanceof OperationError) await this.#explain(item, parent, error);
    recorder.record(parent, { type: 'Warning', reason: 'InternalError', message }, this.reconciler.name);
    this.queue.addRateLimited(item);
  }

  /** Plans again, knowing which write was refused, for the sake of status and events. */
  async #explain(item: Item, parent: Stored<KubeObject>, error: OperationError): Promise<void> {
    try {
      const planned = asPlanned(item, parent);
      const plan = this.reconciler.plan(planned, this.#observed(error), this.shared.config(), this.shared.clock.now());
      await this.#finish(item, parent, plan, parent.metadata.resourceVersion);
    } catch (second) {
      this.shared.log.debug('status not written after a failure', { object: keyOf(parent), error: errorMessage(second) });
    }
  }

  #observed(refused?: OperationError): Observed {
    const { store, answers } = this.shared;
    return {
      get: <T extends KubeObject>(type: ResourceType<T>, namespace: string | undefined, name: string) =>
        store.get(type, namespace, name) as Stored<T> | undefined,
      list: <T extends KubeObject>(type: ResourceType<T>, namespace: string, labels: Readonly<Record<string, string>>) =>
        store.list(type, namespace, labels) as Stored<T>[],
      find: (type, index, value) => store.find(type, index, value) as never,
      answer: (topic, key) => answers.get(topic, key),
      failure: (type, namespace, name) => (refused?.concerns(type, namespace, name) ? refused.reason : undefined),
    };
  }

  #forget(item: Item): void {
    this.shared.dependents.delete(item);
    this.shared.answers.delete(item);
    this.shared.expectations.clear(item);
    item.patience?.cancel();
    this.#drop(item);
    this.queue.remove(item);
    this.#items.delete(keyOf({ metadata: { namespace: item.namespace, name: item.name } }));
  }
}

/** The parent with the status that is held back: for the plans that follow it counts as written. */
function asPlanned(item: Item, stored: Stored<KubeObject>): Stored<KubeObject> {
  return item.pending ? { ...stored, status: item.pending.status } : stored;
}

/** Whether a status says that it is not known yet how things will turn out. */
function isUnderWay(status: unknown): boolean {
  const { conditions } = status as { readonly conditions?: readonly Condition[] };
  return conditionOf(conditions, 'Ready')?.status === 'Unknown';
}
