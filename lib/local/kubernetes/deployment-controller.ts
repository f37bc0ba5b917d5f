import {
  controllerOf,
  controllerRef,
  type Deployment,
  DeploymentType,
  keyOf,
  type ReplicaSet,
  ReplicaSetType,
  type Stored,
} from '../../api';
import { errorMessage, jsonEqual } from '../../base';
import { ClusterError } from '../../kube';
import {
  countedStatus,
  type DeploymentCondition,
  foundSet,
  isComplete,
  madeSet,
  pauseConditions,
  rolloutStatus,
  untilDeadline,
} from './deployment-status';
import { BY_OWNER, type Environment, ownerKey, splitKey } from './environment';
import { KeyQueue } from './key-queue';
import { POD_TEMPLATE_HASH_LABEL, podTemplateHash } from './pod-template-hash';
import {
  byAge,
  DESIRED_REPLICAS_ANNOTATION,
  isScaling,
  MAX_REPLICAS_ANNOTATION,
  newSetReplicas,
  nextStep,
  replicasOf,
  rolloutBounds,
  type Scale,
  scaleSteps,
} from './rollout';

const REVISION_ANNOTATION = 'deployment.kubernetes.io/revision';
/** Annotations of a Deployment that its sets do not inherit. */
const OWN_ANNOTATIONS = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  REVISION_ANNOTATION,
  DESIRED_REPLICAS_ANNOTATION,
  MAX_REPLICAS_ANNOTATION,
]);

/** Name in logs and events. */
const COMPONENT = 'deployment-controller';

type StoredSet = Stored<ReplicaSet>;
type StoredDeployment = Stored<Deployment>;

interface Sets {
  readonly fresh: StoredSet | undefined;
  readonly old: readonly StoredSet[];
}

const revisionOf = (set: ReplicaSet | undefined): number => Number(set?.metadata.annotations?.[REVISION_ANNOTATION] ?? 0);

/** Keeps one ReplicaSet for each template that a Deployment has had, and moves pods from the old ones to the present one. */
export class DeploymentController {
  readonly queue: KeyQueue;

  constructor(private readonly env: Environment) {
    this.queue = new KeyQueue({ ...env, name: COMPONENT, reconcile: (key) => this.#reconcile(key) });
    env.deployments.onChange(({ next }) => next && this.queue.add(keyOf(next)));
    env.replicaSets.onChange(({ previous, next }) => this.#addOwner((next ?? previous)!));
    env.pods.onChange(({ previous, next }) => {
      // Recreate waits for the last old pod to be gone.
      const key = next || !previous ? undefined : ownerKey(previous, ReplicaSetType);
      const set = key && env.replicaSets.get(...splitKey(key));
      if (set) this.#addOwner(set);
    });
  }

  #addOwner(set: StoredSet): void {
    const key = ownerKey(set, DeploymentType);
    if (key) this.queue.add(key);
  }

  async #reconcile(key: string): Promise<number | undefined> {
    const deployment = this.env.deployments.get(...splitKey(key));
    if (!deployment || deployment.metadata.deletionTimestamp) return undefined;
    const sets = this.#sets(deployment);
    const now = this.env.clock.now();
    const conditions = pauseConditions(deployment, now);
    const all = sets.fresh ? [...sets.old, sets.fresh] : sets.old;
    if (deployment.spec.paused || isScaling(deployment, all)) {
      const scaled = await this.#scale(deployment, sets, scaleSteps(deployment, sets.fresh, sets.old));
      const whole = scaled.fresh ? [...scaled.old, scaled.fresh] : scaled.old;
      return this.#report(deployment, countedStatus(deployment, conditions, scaled.fresh, whole, now));
    }
    return this.#rollOut({ ...deployment, status: { ...deployment.status, conditions } }, sets, now);
  }

  async #rollOut(deployment: StoredDeployment, sets: Sets, now: number): Promise<number | undefined> {
    let { fresh } = sets;
    let conditions: readonly DeploymentCondition[] = deployment.status?.conditions ?? [];
    let failure: unknown;
    if (fresh) {
      conditions = foundSet(deployment, fresh.metadata.name, now);
      fresh = await this.#refresh(deployment, fresh, sets.old);
    } else if (!this.#mustWait(deployment, sets.old)) {
      const wanted = this.#newSet(deployment, sets.old);
      try {
        fresh = await this.env.cluster.create(ReplicaSetType, wanted);
        conditions = madeSet(deployment, fresh.metadata.name, undefined, now);
        this.#tellScaled(deployment, fresh, 0, replicasOf(fresh));
      } catch (error) {
        // Made a moment ago: this copy has not heard of it yet, and soon will.
        if (ClusterError.is(error, 'AlreadyExists') && (await this.#isOwn(deployment, wanted))) return undefined;
        failure = error;
        conditions = madeSet(deployment, wanted.metadata.name ?? '', errorMessage(error), now);
        const message = `Failed to create new replica set "${wanted.metadata.name}": ${errorMessage(error)}`;
        this.env.events.record(deployment, { type: 'Warning', reason: 'ReplicaSetCreateError', message }, COMPONENT);
      }
    }
    const scaled = await this.#scale(deployment, { fresh, old: sets.old }, nextStep(deployment, fresh, sets.old));
    if (fresh) await this.#noteRevision(deployment, fresh);
    const all = scaled.fresh ? [...scaled.old, scaled.fresh] : scaled.old;
    const status = rolloutStatus(
      { ...deployment, status: { ...deployment.status, conditions } },
      conditions,
      scaled.fresh,
      all,
      now,
    );
    if (isComplete(deployment, status)) await this.#forget(deployment, scaled.old);
    const again = await this.#report(deployment, status);
    if (failure) throw failure;
    return again;
  }

  /** The sets of this Deployment: that of its present template, and the others, oldest first. */
  #sets(deployment: StoredDeployment): Sets {
    const all = byAge(this.env.replicaSets.byIndex(BY_OWNER, deployment.metadata.uid));
    const hash = this.#hash(deployment, all);
    const fresh = all.find((set) => set.metadata.labels?.[POD_TEMPLATE_HASH_LABEL] === hash);
    return { fresh, old: all.filter((set) => set !== fresh) };
  }

  /** The hash of the present template, with salt as long as a set of another template has it. */
  #hash(deployment: Deployment, all: readonly ReplicaSet[]): string {
    const { template } = deployment.spec;
    for (let salt = 0; ; salt++) {
      const hash = podTemplateHash(template, salt);
      const holder = all.find((set) => set.metadata.labels?.[POD_TEMPLATE_HASH_LABEL] === hash);
      if (!holder || jsonEqual(holder.spec.template, labelled(template, hash))) return hash;
    }
  }

  #newSet(deployment: StoredDeployment, old: readonly StoredSet[]): ReplicaSet {
    const { namespace, name } = deployment.metadata;
    const hash = this.#hash(deployment, old);
    const template = labelled(deployment.spec.template, hash);
    const { selector, minReadySeconds } = deployment.spec;
    return {
      apiVersion: 'apps/v1',
      kind: 'ReplicaSet',
      metadata: {
        namespace,
        name: `${name}-${hash}`,
        labels: template.metadata.labels,
        annotations: {
          ...inheritedAnnotations(deployment),
          ...this.#sizing(deployment),
          [REVISION_ANNOTATION]: nextRevision(old),
        },
        ownerReferences: [controllerRef(deployment)],
      },
      spec: {
        replicas: newSetReplicas(deployment, old, 0),
        selector: { ...selector, matchLabels: { ...selector.matchLabels, [POD_TEMPLATE_HASH_LABEL]: hash } },
        template,
        minReadySeconds,
      },
    };
  }

  async #isOwn(deployment: StoredDeployment, { metadata }: ReplicaSet): Promise<boolean> {
    const set = await this.env.cluster.get(ReplicaSetType, metadata.namespace, metadata.name ?? '');
    return set !== undefined && controllerOf(set)?.uid === deployment.metadata.uid;
  }

  /** Recreate: as long as a pod of another template has not ended. */
  #mustWait(deployment: Deployment, old: readonly StoredSet[]): boolean {
    if (deployment.spec.strategy?.type !== 'Recreate') return false;
    return old.some(
      (set) =>
        replicasOf(set) > 0 ||
        this.env.pods
          .byIndex(BY_OWNER, set.metadata.uid)
          .some(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed'),
    );
  }

  #sizing(deployment: Deployment): Record<string, string> {
    const desired = replicasOf(deployment);
    return {
      [DESIRED_REPLICAS_ANNOTATION]: String(desired),
      [MAX_REPLICAS_ANNOTATION]: String(desired + rolloutBounds(deployment).surge),
    };
  }

  /** Brings along what may change of the present set without a rollout; a set that is present again is the newest. */
  async #refresh(deployment: StoredDeployment, fresh: StoredSet, old: readonly StoredSet[]): Promise<StoredSet> {
    const isNewest = old.every((set) => revisionOf(set) < revisionOf(fresh));
    const annotations = {
      ...fresh.metadata.annotations,
      ...inheritedAnnotations(deployment),
      ...(isNewest ? {} : { [REVISION_ANNOTATION]: nextRevision(old) }),
    };
    const { minReadySeconds } = deployment.spec;
    if (jsonEqual(annotations, fresh.metadata.annotations) && minReadySeconds === fresh.spec.minReadySeconds) return fresh;
    const patch = { metadata: { annotations }, spec: { minReadySeconds: minReadySeconds ?? null } };
    return this.env.cluster.patch(ReplicaSetType, fresh.metadata.namespace, fresh.metadata.name, 'merge', patch);
  }

  async #scale(deployment: StoredDeployment, sets: Sets, steps: readonly Scale[]): Promise<Sets> {
    const scaled = new Map<string, StoredSet>();
    for (const { set, replicas } of steps) {
      const patch = { metadata: { annotations: this.#sizing(deployment) }, spec: { replicas } };
      const { namespace, name, uid } = set.metadata;
      scaled.set(uid, await this.env.cluster.patch(ReplicaSetType, namespace, name, 'merge', patch));
      this.#tellScaled(deployment, set, replicasOf(set), replicas);
    }
    const latest = (set: StoredSet): StoredSet => scaled.get(set.metadata.uid) ?? set;
    return { fresh: sets.fresh && latest(sets.fresh), old: sets.old.map(latest) };
  }

  #tellScaled(deployment: StoredDeployment, set: StoredSet, from: number, to: number): void {
    if (from === to) return;
    const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${set.metadata.name} from ${from} to ${to}`;
    this.env.events.record(deployment, { type: 'Normal', reason: 'ScalingReplicaSet', message }, COMPONENT);
  }

  async #noteRevision(deployment: StoredDeployment, fresh: StoredSet): Promise<void> {
    const revision = fresh.metadata.annotations?.[REVISION_ANNOTATION];
    if (deployment.metadata.annotations?.[REVISION_ANNOTATION] === revision) return;
    const patch = { metadata: { annotations: { [REVISION_ANNOTATION]: revision } } };
    await this.env.cluster.patch(DeploymentType, deployment.metadata.namespace, deployment.metadata.name, 'merge', patch);
  }

  /** Deletes sets of the past beyond those that the Deployment keeps for going back. */
  async #forget(deployment: Deployment, old: readonly StoredSet[]): Promise<void> {
    const idle = old
      .filter(
        (set) => replicasOf(set) === 0 && !set.status?.replicas && set.status?.observedGeneration === set.metadata.generation,
      )
      .sort((a, b) => revisionOf(a) - revisionOf(b));
    const surplus = idle.slice(0, Math.max(0, idle.length - (deployment.spec.revisionHistoryLimit ?? 10)));
    for (const { metadata } of surplus) {
      await this.env.cluster.delete(ReplicaSetType, metadata.namespace, metadata.name, { uid: metadata.uid });
    }
  }

  async #report(deployment: StoredDeployment, status: NonNullable<Deployment['status']>): Promise<number | undefined> {
    const { namespace, name } = deployment.metadata;
    const current = this.env.deployments.get(namespace, name);
    if (current && !jsonEqual(current.status, status)) {
      await this.env.cluster.updateStatus(DeploymentType, {
        ...current,
        metadata: { ...current.metadata, resourceVersion: undefined },
        status,
      });
    }
    return untilDeadline(deployment, status, this.env.clock.now());
  }
}

function labelled(template: Deployment['spec']['template'], hash: string) {
  return {
    ...template,
    metadata: { ...template.metadata, labels: { ...template.metadata?.labels, [POD_TEMPLATE_HASH_LABEL]: hash } },
  };
}

function inheritedAnnotations(deployment: Deployment): Record<string, string> {
  return Object.fromEntries(Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !OWN_ANNOTATIONS.has(key)));
}

const nextRevision = (old: readonly ReplicaSet[]): string => String(Math.max(0, ...old.map(revisionOf)) + 1);
