import { isPodReady, type Pod, type Stored } from '../../api';

const DELETION_COST_ANNOTATION = 'controller.kubernetes.io/pod-deletion-cost';
const PHASES = ['Pending', 'Unknown', 'Running'];

/** False once a pod has ended or is being deleted: it no longer counts. */
export function isPodActive({ metadata, status }: Pod): boolean {
  return !metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';
}

/** When the pod became ready, in milliseconds since the epoch; undefined while it is not. */
export function readySince(pod: Pod): number | undefined {
  if (!isPodReady(pod)) return undefined;
  return Date.parse(pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime ?? '') || 0;
}

const deletionCost = (pod: Pod): number => {
  const cost = Number(pod.metadata.annotations?.[DELETION_COST_ANNOTATION] ?? 0);
  return Number.isInteger(cost) ? cost : 0;
};

const restarts = (pod: Pod): number =>
  (pod.status?.containerStatuses ?? []).reduce((most, c) => Math.max(most, c.restartCount), 0);

/** What speaks for keeping a pod, the weightiest first: the smaller number goes first. */
function merits(pod: Stored<Pod>): number[] {
  return [
    PHASES.indexOf(pod.status?.phase ?? 'Pending'),
    readySince(pod) === undefined ? 0 : 1,
    deletionCost(pod),
    -(readySince(pod) ?? 0),
    -restarts(pod),
    -Date.parse(pod.metadata.creationTimestamp),
  ];
}

/**
 * Pods in the order in which a ReplicaSet gives them up, as Kubernetes ranks them: those that do not run, are not ready, cost
 * little (`controller.kubernetes.io/pod-deletion-cost`), became ready lately, restarted often, are young.
 * @param pods the oldest first; this decides between pods of the same second
 */
export function deletionOrder(pods: readonly Stored<Pod>[]): Stored<Pod>[] {
  return pods
    .map((pod) => ({ pod, merits: merits(pod) }))
    .reverse()
    .sort((a, b) => a.merits.map((merit, i) => merit - b.merits[i]!).find((difference) => difference !== 0) ?? 0)
    .map(({ pod }) => pod);
}
