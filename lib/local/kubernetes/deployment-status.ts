import type { Condition, Deployment, ReplicaSet } from '../../api';
import { timestamp } from '../../base';
import { replicasOf, rolloutBounds } from './rollout';

type DeploymentStatus = NonNullable<Deployment['status']>;
export type DeploymentCondition = NonNullable<DeploymentStatus['conditions']>[number];
type Conditions = readonly DeploymentCondition[];

const AVAILABLE_REASON = 'NewReplicaSetAvailable';
const TIMED_OUT_REASON = 'ProgressDeadlineExceeded';
const PAUSED_REASON = 'DeploymentPaused';

/** A deadline at or above this means none. */
const NO_DEADLINE_SECONDS = 2 ** 31 - 1;

const find = (conditions: Conditions | undefined, type: string): DeploymentCondition | undefined =>
  conditions?.find((condition) => condition.type === type);

const without = (conditions: Conditions, type: string): Conditions =>
  find(conditions, type) ? conditions.filter((condition) => condition.type !== type) : conditions;

function condition(type: string, status: Condition['status'], reason: string, message: string, now: number): DeploymentCondition {
  return { type, status, lastUpdateTime: timestamp(now), lastTransitionTime: timestamp(now), reason, message };
}

/** Puts a condition in place of that of its type; one of the same status and reason stays as it is. */
export function withCondition(conditions: Conditions, next: DeploymentCondition): Conditions {
  const current = find(conditions, next.type);
  if (current?.status === next.status && current.reason === next.reason) return conditions;
  const kept = current?.status === next.status ? { ...next, lastTransitionTime: current.lastTransitionTime } : next;
  return [...without(conditions, next.type), kept];
}

const hasDeadline = ({ spec }: Deployment): boolean =>
  (spec.progressDeadlineSeconds ?? NO_DEADLINE_SECONDS) < NO_DEADLINE_SECONDS;

/** Progressing, for a set that has just been made or could not be. */
export function madeSet(deployment: Deployment, name: string, error: string | undefined, now: number): Conditions {
  const conditions = deployment.status?.conditions ?? [];
  if (!hasDeadline(deployment)) return conditions;
  return withCondition(
    conditions,
    error === undefined
      ? condition('Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`, now)
      : condition('Progressing', 'False', 'ReplicaSetCreateError', `Failed to create new replica set "${name}": ${error}`, now),
  );
}

/** Progressing, for a template whose set is there already: the first time, and after a rollout to another one. */
export function foundSet(deployment: Deployment, name: string, now: number): Conditions {
  const conditions = deployment.status?.conditions ?? [];
  if (!hasDeadline(deployment) || find(conditions, 'Progressing')) return conditions;
  return withCondition(
    conditions,
    condition('Progressing', 'True', 'FoundNewReplicaSet', `Found new replica set "${name}"`, now),
  );
}

/** Progressing says that a Deployment is paused, or that it has just been resumed. */
export function pauseConditions(deployment: Deployment, now: number): Conditions {
  const conditions = deployment.status?.conditions ?? [];
  const reason = find(conditions, 'Progressing')?.reason;
  if (!hasDeadline(deployment) || reason === TIMED_OUT_REASON || !!deployment.spec.paused === (reason === PAUSED_REASON)) {
    return conditions;
  }
  const [next, message] = deployment.spec.paused
    ? [PAUSED_REASON, 'Deployment is paused']
    : ['DeploymentResumed', 'Deployment is resumed'];
  return withCondition(conditions, condition('Progressing', 'Unknown', next, message, now));
}

/** Counts, and whether enough pods are available. `conditions` are those so far. */
export function countedStatus(
  deployment: Deployment,
  conditions: Conditions,
  fresh: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: number,
): DeploymentStatus {
  const total = (count: (set: ReplicaSet) => number | undefined): number => all.reduce((n, set) => n + (count(set) ?? 0), 0);
  const available = total((set) => set.status?.availableReplicas);
  const enough = available >= replicasOf(deployment) - rolloutBounds(deployment).unavailable;
  const condition_ = enough
    ? condition('Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.', now)
    : condition('Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.', now);
  // Zero counts are left out, as Kubernetes writes them.
  return {
    observedGeneration: deployment.metadata.generation,
    replicas: total((set) => set.status?.replicas) || undefined,
    updatedReplicas: fresh?.status?.replicas || undefined,
    readyReplicas: total((set) => set.status?.readyReplicas) || undefined,
    availableReplicas: available || undefined,
    unavailableReplicas: Math.max(0, total(replicasOf) - available) || undefined,
    conditions: withCondition(conditions, condition_),
  };
}

/** The whole status during or after a rollout: counts, progress against the deadline, failures of the sets. */
export function rolloutStatus(
  deployment: Deployment,
  conditions: Conditions,
  fresh: ReplicaSet | undefined,
  all: readonly ReplicaSet[],
  now: number,
): DeploymentStatus {
  const status = countedStatus(deployment, conditions, fresh, all, now);
  const progressed = hasDeadline(deployment)
    ? progressing(deployment, find(conditions, 'Progressing'), status, fresh, now)
    : without(status.conditions ?? [], 'Progressing');
  const failure = [fresh, ...all].flatMap((set) => find(set?.status?.conditions, 'ReplicaFailure') ?? [])[0];
  const next = failure && condition('ReplicaFailure', failure.status, failure.reason ?? '', failure.message ?? '', now);
  return { ...status, conditions: next ? withCondition(progressed, next) : without(progressed, 'ReplicaFailure') };
}

function progressing(
  deployment: Deployment,
  current: DeploymentCondition | undefined,
  status: DeploymentStatus,
  fresh: ReplicaSet | undefined,
  now: number,
): Conditions {
  const conditions = status.conditions ?? [];
  if ((status.replicas ?? 0) === (status.updatedReplicas ?? 0) && current?.reason === AVAILABLE_REASON) return conditions;
  const subject = fresh ? `ReplicaSet "${fresh.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  if (isComplete(deployment, status)) {
    const next = condition('Progressing', 'True', AVAILABLE_REASON, `${subject} has successfully progressed.`, now);
    return withCondition(conditions, next);
  }
  if (hasProgressed(deployment.status ?? {}, status)) {
    const next = condition('Progressing', 'True', 'ReplicaSetUpdated', `${subject} is progressing.`, now);
    const lastTransitionTime = current?.status === 'True' ? current.lastTransitionTime : next.lastTransitionTime;
    return [...without(conditions, 'Progressing'), { ...next, lastTransitionTime }];
  }
  if (!isTimedOut(deployment, current, now)) return conditions;
  return withCondition(
    conditions,
    condition('Progressing', 'False', TIMED_OUT_REASON, `${subject} has timed out progressing.`, now),
  );
}

/** True once every desired pod is of the present template and available, and no other is left. */
export function isComplete(deployment: Deployment, status: DeploymentStatus): boolean {
  const desired = replicasOf(deployment);
  const { updatedReplicas = 0, replicas = 0, availableReplicas = 0 } = status;
  return updatedReplicas === desired && replicas === desired && availableReplicas === desired;
}

function hasProgressed(before: DeploymentStatus, after: DeploymentStatus): boolean {
  const old = (status: DeploymentStatus): number => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    (after.updatedReplicas ?? 0) > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    (after.readyReplicas ?? 0) > (before.readyReplicas ?? 0) ||
    (after.availableReplicas ?? 0) > (before.availableReplicas ?? 0)
  );
}

function deadline(deployment: Deployment, current: DeploymentCondition): number {
  return Date.parse(current.lastUpdateTime ?? '') + (deployment.spec.progressDeadlineSeconds ?? 0) * 1000;
}

function isTimedOut(deployment: Deployment, current: DeploymentCondition | undefined, now: number): boolean {
  if (!current || current.reason === AVAILABLE_REASON) return false;
  return current.reason === TIMED_OUT_REASON || deadline(deployment, current) < now;
}

/** In how many milliseconds the rollout will have missed its deadline, unless it is done, has failed or has none. */
export function untilDeadline(deployment: Deployment, status: DeploymentStatus, now: number): number | undefined {
  const current = find(status.conditions, 'Progressing');
  if (!current || !hasDeadline(deployment) || isComplete(deployment, status) || deployment.spec.paused) return undefined;
  if (current.reason === AVAILABLE_REASON || current.reason === TIMED_OUT_REASON) return undefined;
  // Stamps have whole seconds: one more makes sure that the deadline has passed.
  return Math.max(0, deadline(deployment, current) - now) + 1000;
}
