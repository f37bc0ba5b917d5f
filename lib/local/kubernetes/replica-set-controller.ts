import { controllerRef, keyOf, type Pod, PodType, type ReplicaSet, ReplicaSetType, type Stored } from '../../api';
import { errorMessage, jsonEqual, timestamp } from '../../base';
import { ClusterError, type EventNote } from '../../kube';
import { labelMatcher } from '../cluster';
import { BY_OWNER, type Environment, ownerKey, splitKey } from './environment';
import { KeyQueue } from './key-queue';
import { deletionOrder, isPodActive, readySince } from './pod-ranking';
import { replicasOf } from './rollout';

type StoredSet = Stored<ReplicaSet>;
type SetStatus = NonNullable<ReplicaSet['status']>;

/** Name in logs and events. */
const COMPONENT = 'replicaset-controller';

/** Keeps as many pods of a template as a ReplicaSet says. */
export class ReplicaSetController {
  readonly queue: KeyQueue;
  /** Of each set by uid: pods made or deleted of which the copy does not know yet; counting without them would repeat the deed. */
  readonly #unseen = new Map<string, Map<string, 'made' | 'deleted'>>();

  constructor(private readonly env: Environment) {
    this.queue = new KeyQueue({ ...env, name: COMPONENT, reconcile: (key) => this.#reconcile(key) });
    env.replicaSets.onChange(({ previous, next }) => {
      if (!next || (previous && previous.metadata.uid !== next.metadata.uid)) this.#unseen.delete(previous!.metadata.uid);
      if (next) this.queue.add(keyOf(next));
    });
    env.pods.onChange(({ previous, next }) => {
      const key = ownerKey((next ?? previous)!, ReplicaSetType);
      if (key) this.queue.add(key);
    });
  }

  async #reconcile(key: string): Promise<number | undefined> {
    const set = this.env.replicaSets.get(...splitKey(key));
    if (!set || set.metadata.deletionTimestamp) return undefined;
    const pods = this.env.pods.byIndex(BY_OWNER, set.metadata.uid);
    const active = pods.filter(isPodActive);
    if (await this.#isBlind(set, pods)) return undefined;
    let failure: unknown;
    try {
      await this.#resize(set, active);
    } catch (error) {
      failure = error;
    }
    const again = await this.#report(set, active, failure);
    if (failure) throw failure;
    return again;
  }

  /** True while news of own deeds is still to come; it will bring the set back here. */
  async #isBlind(set: StoredSet, pods: readonly Stored<Pod>[]): Promise<boolean> {
    const unseen = this.#unseen.get(set.metadata.uid);
    if (!unseen) return false;
    for (const [name, deed] of unseen) {
      const seen = pods.find((pod) => pod.metadata.name === name);
      const known = deed === 'made' ? seen !== undefined : !seen || !isPodActive(seen);
      if (known || !(await this.env.cluster.get(PodType, set.metadata.namespace, name))) unseen.delete(name);
    }
    if (unseen.size === 0) this.#unseen.delete(set.metadata.uid);
    return unseen.size > 0;
  }

  #note(set: StoredSet, name: string, deed: 'made' | 'deleted'): void {
    const unseen = this.#unseen.get(set.metadata.uid);
    if (unseen) unseen.set(name, deed);
    else this.#unseen.set(set.metadata.uid, new Map([[name, deed]]));
  }

  async #resize(set: StoredSet, active: readonly Stored<Pod>[]): Promise<void> {
    const missing = replicasOf(set) - active.length;
    for (let i = 0; i < missing; i++) {
      const pod = await this.#told(set, 'FailedCreate', 'creating', () => this.env.cluster.create(PodType, podOf(set)));
      this.#note(set, pod.metadata.name, 'made');
      this.#tell(set, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
    }
    for (const { metadata } of missing < 0 ? deletionOrder(active).slice(0, -missing) : []) {
      const { namespace, name, uid } = metadata;
      this.#note(set, name, 'deleted');
      try {
        await this.#told(set, 'FailedDelete', 'deleting', () => this.env.cluster.delete(PodType, namespace, name, { uid }));
        this.#tell(set, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
      } catch (error) {
        if (!ClusterError.is(error, 'NotFound')) throw error;
      }
    }
  }

  #tell(set: StoredSet, type: EventNote['type'], reason: string, message: string): void {
    this.env.events.record(set, { type, reason, message }, COMPONENT);
  }

  /** Does something and tells of its failure. */
  async #told<T>(set: StoredSet, reason: string, doing: string, work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (!ClusterError.is(error, 'NotFound')) this.#tell(set, 'Warning', reason, `Error ${doing}: ${errorMessage(error)}`);
      throw error;
    }
  }

  /** Writes the status if it differs; returns when the next pod will have been ready for long enough. */
  async #report(set: StoredSet, active: readonly Pod[], failure: unknown): Promise<number | undefined> {
    const now = this.env.clock.now();
    const ready = active.map(readySince).filter((since) => since !== undefined);
    const waits = ready.map((since) => since + (set.spec.minReadySeconds ?? 0) * 1000 - now).filter((wait) => wait > 0);
    const matches = labelMatcher({ matchLabels: set.spec.template.metadata?.labels });
    const status: SetStatus = {
      observedGeneration: set.metadata.generation,
      replicas: active.length,
      fullyLabeledReplicas: active.filter((pod) => matches(pod.metadata.labels)).length || undefined,
      readyReplicas: ready.length || undefined,
      availableReplicas: ready.length - waits.length || undefined,
      conditions: this.#conditions(set, active.length, failure, now),
    };
    if (!jsonEqual(set.status, status)) {
      await this.env.cluster.updateStatus(ReplicaSetType, {
        ...set,
        metadata: { ...set.metadata, resourceVersion: undefined },
        status,
      });
    }
    return waits.length > 0 ? Math.min(...waits) : undefined;
  }

  #conditions(set: StoredSet, active: number, failure: unknown, now: number): SetStatus['conditions'] {
    if (failure === undefined) return undefined;
    const reason = active < replicasOf(set) ? 'FailedCreate' : 'FailedDelete';
    const current = set.status?.conditions?.find(({ type }) => type === 'ReplicaFailure');
    if (current?.reason === reason) return set.status?.conditions;
    return [
      { type: 'ReplicaFailure', status: 'True', lastTransitionTime: timestamp(now), reason, message: errorMessage(failure) },
    ];
  }
}

function podOf(set: StoredSet): Pod {
  const { metadata = {}, spec } = set.spec.template;
  const { labels, annotations, finalizers } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: set.metadata.namespace,
      generateName: `${set.metadata.name}-`,
      labels,
      annotations,
      finalizers,
      ownerReferences: [controllerRef(set)],
    },
    spec,
  };
}
