import { labels, type Pod, type PodAutoscaler, PodType, type Stored } from '../../api';
import type { Observed } from '../reconciler';

/** The pods of a revision by state; those that have ended are not counted. */
export interface PodCounts {
  readonly ready: number;
  /** Pending, terminating, or running without being ready. */
  readonly notReady: number;
  readonly pending: number;
  readonly terminating: number;
}

export const noPods: PodCounts = { ready: 0, notReady: 0, pending: 0, terminating: 0 };

/** Counts pods as the Knative autoscaler does. */
export function countPods(pods: readonly Pod[]): PodCounts {
  const counts: { -readonly [state in keyof PodCounts]: number } = { ...noPods };
  const add = (...states: (keyof PodCounts)[]): void => {
    for (const state of states) counts[state]++;
  };
  for (const pod of pods) {
    if (pod.status?.phase === 'Pending') add('pending', 'notReady');
    else if (pod.status?.phase !== 'Running') continue;
    else if (pod.metadata.deletionTimestamp) add('terminating', 'notReady');
    else add(pod.status.conditions?.find(({ type }) => type === 'Ready')?.status === 'True' ? 'ready' : 'notReady');
  }
  return counts;
}

/** The pods of the revision that a PodAutoscaler scales. */
export function revisionPods(pa: Stored<PodAutoscaler>, observed: Observed): readonly Stored<Pod>[] {
  const { namespace = '', name } = pa.metadata;
  const revision = pa.metadata.labels?.[labels.revision] ?? name;
  return observed.list(PodType, namespace, { [labels.revision]: revision });
}

/** How many of them there are, by state. */
export function podsOf(pa: Stored<PodAutoscaler>, observed: Observed): PodCounts {
  return countPods(revisionPods(pa, observed));
}
