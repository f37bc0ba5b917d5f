import { DELETION_COST, isDeparting, isPodReady, LEAST_COST, type Pod, PodType, type Stored } from '../../api';
import type { Patch } from '../reconciler';

/** Those that have most to lose last: first those that are not ready, then the youngest. */
function byWorth(a: Stored<Pod>, b: Stored<Pod>): number {
  const ready = Number(isPodReady(a)) - Number(isPodReady(b));
  if (ready !== 0) return ready;
  const age = (pod: Stored<Pod>): string => `${pod.metadata.creationTimestamp} ${pod.metadata.name}`;
  return age(a) > age(b) ? -1 : 1;
}

/**
 * Marks the pods that are to go when a scale is lowered, so that Kubernetes takes those and gateways have stopped sending to them;
 * takes marks back when more pods are wanted again than have none.
 *
 * @param replicas the scale as it is
 * @param want the scale that is about to be written
 */
export function markDeparting(pods: readonly Stored<Pod>[], replicas: number, want: number): Patch[] {
  if (want <= 0) return [];
  const live = pods.filter(({ metadata, status }) => !metadata.deletionTimestamp && status?.phase !== 'Failed').sort(byWorth);
  const marked = live.filter(isDeparting);
  const unmarked = live.filter((pod) => !isDeparting(pod));
  const surplus = want < replicas ? live.length - want - marked.length : 0;
  const lacking = want - unmarked.length;
  return [
    ...unmarked.slice(0, Math.max(0, surplus)).map((pod) => mark(pod, LEAST_COST)),
    ...marked
      .reverse()
      .slice(0, Math.max(0, lacking))
      .map((pod) => mark(pod, null)),
  ];
}

function mark({ metadata: { namespace, name } }: Stored<Pod>, cost: string | null): Patch {
  const patch = { merge: { metadata: { annotations: { [DELETION_COST]: cost } } } };
  return { type: PodType, namespace, name, patch };
}
