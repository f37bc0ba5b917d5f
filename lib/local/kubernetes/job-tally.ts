import type { Job, Pod, Stored } from '../../api';
import { isPodActive } from './pod-ranking';

type End = 'succeeded' | 'failed' | 'given up';

/** How a pod of a job has ended; undefined while it may still do either. One that is being deleted will not succeed any more. */
function endOf({ metadata, status }: Pod): 'succeeded' | 'failed' | undefined {
  if (status?.phase === 'Succeeded') return 'succeeded';
  return status?.phase === 'Failed' || metadata.deletionTimestamp ? 'failed' : undefined;
}

/** When a pod has failed, in milliseconds since the epoch: when the last of its containers ended. */
export function failedAt({ status }: Pod): number {
  const ends = (status?.containerStatuses ?? []).map(({ state }) => Date.parse(state?.terminated?.finishedAt ?? ''));
  return Math.max(0, ...ends.filter((end) => !Number.isNaN(end)));
}

/** What has become of the pods of one job, those that are deleted among them. */
export class JobTally {
  readonly #ends = new Map<string, End>();
  /** What the status counts of pods that were gone before this process looked. */
  readonly #before: Readonly<Record<'succeeded' | 'failed', number>>;
  /** When a pod failed last, in milliseconds since the epoch. */
  lastFailure = 0;

  constructor({ status }: Job, pods: readonly Stored<Pod>[]) {
    for (const pod of pods) this.see(pod);
    this.#before = {
      succeeded: Math.max(0, (status?.succeeded ?? 0) - this.#count('succeeded')),
      failed: Math.max(0, (status?.failed ?? 0) - this.#count('failed')),
    };
  }

  get succeeded(): number {
    return this.#before.succeeded + this.#count('succeeded');
  }

  get failed(): number {
    return this.#before.failed + this.#count('failed');
  }

  /** Notes what is known of a pod. */
  see(pod: Stored<Pod>): void {
    const { uid } = pod.metadata;
    const end = endOf(pod);
    if (end === undefined || this.#ends.has(uid)) return;
    this.#ends.set(uid, end);
    if (end === 'failed') this.lastFailure = Math.max(this.lastFailure, failedAt(pod));
  }

  /** A pod is gone: one that had not ended by then has failed. */
  gone(pod: Stored<Pod>): void {
    this.see(pod);
    if (!this.#ends.has(pod.metadata.uid) && isPodActive(pod)) this.#ends.set(pod.metadata.uid, 'failed');
  }

  /** A pod is ended by its job, which is no failure. */
  giveUp(uid: string): void {
    if (!this.#ends.has(uid)) this.#ends.set(uid, 'given up');
  }

  #count(end: End): number {
    return [...this.#ends.values()].filter((one) => one === end).length;
  }
}
