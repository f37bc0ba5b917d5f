import type { Deployment, IntOrString, ReplicaSet, Stored } from '../../api';

export const DESIRED_REPLICAS_ANNOTATION = 'deployment.kubernetes.io/desired-replicas';
export const MAX_REPLICAS_ANNOTATION = 'deployment.kubernetes.io/max-replicas';

type Sets = readonly Stored<ReplicaSet>[];

/** How many pods a ReplicaSet is to have. */
export interface Scale {
  readonly set: Stored<ReplicaSet>;
  readonly replicas: number;
}

export const replicasOf = (object: Pick<ReplicaSet | Deployment, 'spec'>): number => object.spec.replicas ?? 1;
const availableOf = (set: ReplicaSet): number => set.status?.availableReplicas ?? 0;
const sum = (sets: Sets, count: (set: ReplicaSet) => number): number => sets.reduce((total, set) => total + count(set), 0);
const isActive = (set: ReplicaSet): boolean => replicasOf(set) > 0;
const age = (a: Stored<ReplicaSet>, b: Stored<ReplicaSet>): number =>
  Date.parse(a.metadata.creationTimestamp) - Date.parse(b.metadata.creationTimestamp);

/** Oldest first. */
export const byAge = (sets: Sets): Stored<ReplicaSet>[] => [...sets].sort(age);

function resolve(value: IntOrString | undefined, of: number, round: (n: number) => number): number {
  if (typeof value === 'number') return value;
  const percent = /^(\d+)%$/.exec(value ?? '25%');
  return percent ? round((Number(percent[1]) * of) / 100) : 0;
}

/** By how many pods a rollout may go above and below the desired number; never zero both ways. */
export function rolloutBounds(deployment: Deployment): { readonly surge: number; readonly unavailable: number } {
  const { type, rollingUpdate } = deployment.spec.strategy ?? {};
  if (type === 'Recreate') return { surge: 0, unavailable: 0 };
  const desired = replicasOf(deployment);
  const surge = resolve(rollingUpdate?.maxSurge, desired, Math.ceil);
  const unavailable = resolve(rollingUpdate?.maxUnavailable, desired, Math.floor);
  return { surge, unavailable: Math.min(surge === 0 && unavailable === 0 ? 1 : unavailable, desired) };
}

/** The size at which the set of the present template is made, or to which it may grow now. */
export function newSetReplicas(deployment: Deployment, all: Sets, current: number): number {
  const desired = replicasOf(deployment);
  if (deployment.spec.strategy?.type === 'Recreate') return desired;
  const room = desired + rolloutBounds(deployment).surge - sum(all, replicasOf);
  return room <= 0 ? current : current + Math.min(room, desired - current);
}

/** True if the desired number itself has changed since a set was last sized. */
export function isScaling(deployment: Deployment, all: Sets): boolean {
  return all.filter(isActive).some((set) => {
    const sizedFor = set.metadata.annotations?.[DESIRED_REPLICAS_ANNOTATION];
    return sizedFor !== undefined && Number(sizedFor) !== replicasOf(deployment);
  });
}

/** The next step of a rollout from `old` sets to `fresh`: grow first, shrink when there is nothing to grow. */
export function nextStep(deployment: Deployment, fresh: Stored<ReplicaSet> | undefined, old: Sets): Scale[] {
  if (deployment.spec.strategy?.type === 'Recreate') {
    const shrink = old.filter(isActive).map((set) => ({ set, replicas: 0 }));
    if (shrink.length > 0 || !fresh) return shrink;
    return resized(fresh, replicasOf(deployment));
  }
  if (!fresh) return [];
  const desired = replicasOf(deployment);
  const current = replicasOf(fresh);
  const grown = current > desired ? desired : newSetReplicas(deployment, [...old, fresh], current);
  return current !== grown ? resized(fresh, grown) : shrinkOld(deployment, fresh, old);
}

const resized = (set: Stored<ReplicaSet>, replicas: number): Scale[] => (replicasOf(set) === replicas ? [] : [{ set, replicas }]);

/** Takes pods from the old sets, those that serve nobody first, as far as enough stay available. */
function shrinkOld(deployment: Deployment, fresh: Stored<ReplicaSet>, old: Sets): Scale[] {
  const all = [...old, fresh];
  const minAvailable = replicasOf(deployment) - rolloutBounds(deployment).unavailable;
  let removable = sum(all, replicasOf) - minAvailable - (replicasOf(fresh) - availableOf(fresh));
  if (removable <= 0) return [];
  let spare = sum(all, availableOf) - minAvailable;
  const sizes = byAge(old.filter(isActive)).map((set) => {
    const unhealthy = Math.min(removable, Math.max(0, replicasOf(set) - availableOf(set)));
    removable -= unhealthy;
    return { set, replicas: replicasOf(set) - unhealthy };
  });
  return sizes
    .map(({ set, replicas }) => {
      const taken = Math.min(replicas, Math.max(0, spare));
      spare -= taken;
      return { set, replicas: replicas - taken };
    })
    .filter(({ set, replicas }) => replicas !== replicasOf(set));
}

/** What a change of the desired number means for the sets: the only one takes it all; in a rollout each takes its share. */
export function scaleSteps(deployment: Deployment, fresh: Stored<ReplicaSet> | undefined, old: Sets): Scale[] {
  const all = fresh ? [...old, fresh] : old;
  const active = all.filter(isActive);
  const desired = replicasOf(deployment);
  if (active.length <= 1) {
    const only = active[0] ?? fresh ?? byAge(old).at(-1);
    return only && !isSizedFor(only, desired) ? [{ set: only, replicas: desired }] : [];
  }
  if (fresh && isSizedFor(fresh, desired) && availableOf(fresh) === desired) {
    return old.filter(isActive).map((set) => ({ set, replicas: 0 }));
  }
  return deployment.spec.strategy?.type === 'Recreate' ? [] : proportionalSteps(deployment, active);
}

const isSizedFor = (set: ReplicaSet, desired: number): boolean =>
  replicasOf(set) === desired && set.metadata.annotations?.[DESIRED_REPLICAS_ANNOTATION] === String(desired);

function proportionalSteps(deployment: Deployment, active: Sets): Scale[] {
  const desired = replicasOf(deployment);
  const allowed = desired > 0 ? desired + rolloutBounds(deployment).surge : 0;
  const toAdd = allowed - sum(active, replicasOf);
  // The largest first; of equals the newest when growing, the oldest when shrinking.
  const sorted = [...active].sort((a, b) => replicasOf(b) - replicasOf(a) || (toAdd > 0 ? age(b, a) : age(a, b)));
  let added = 0;
  const sizes = sorted.map((set) => {
    const fair = fairShare(deployment, set, allowed);
    const share = toAdd > 0 ? Math.min(fair, toAdd - added) : Math.max(fair, toAdd - added);
    const change = toAdd === added ? 0 : share;
    added += change;
    return { set, replicas: replicasOf(set) + change };
  });
  return sizes.map(({ set, replicas }, i) => ({ set, replicas: Math.max(0, i === 0 ? replicas + toAdd - added : replicas) }));
}

/** By how much a set changes if it keeps its part of the whole. */
function fairShare(deployment: Deployment, set: ReplicaSet, allowed: number): number {
  if (replicasOf(deployment) === 0) return -replicasOf(set);
  const before = Number(set.metadata.annotations?.[MAX_REPLICAS_ANNOTATION]) || (deployment.status?.replicas ?? 0);
  return before === 0 ? 0 : Math.round((replicasOf(set) * allowed) / before) - replicasOf(set);
}
