import type { Pod } from './pod';

/** Of two pods Kubernetes deletes the one first that costs less. */
export const DELETION_COST = 'controller.kubernetes.io/pod-deletion-cost';
/** The least that Kubernetes takes. */
export const LEAST_COST = '-2147483648';

/** Whether the autoscaler has chosen this pod to go next: gateways send it no more requests. */
export function isDeparting(pod: Pod): boolean {
  return pod.metadata.annotations?.[DELETION_COST] === LEAST_COST;
}
