import { controllerRef, type Job, JobType, jobEnd, keyOf, type Pod, PodType, type Stored } from '../../api';
import { errorMessage, jsonEqual } from '../../base';
import { ClusterError, type EventNote } from '../../kube';
import { BY_OWNER, type Environment, ownerKey, splitKey } from './environment';
import { jobStatus, untilDeadline, verdictOf, wantedPods } from './job-status';
import { JobTally } from './job-tally';
import { KeyQueue } from './key-queue';
import { isPodActive } from './pod-ranking';

type StoredJob = Stored<Job>;
type StoredPod = Stored<Pod>;

/** Name in logs and events. */
const COMPONENT = 'job-controller';
/** How long the next pod waits after one that failed, in milliseconds: doubled with each failure, up to the longest. */
const BACK_OFF_MS = 10_000;
const LONGEST_BACK_OFF_MS = 600_000;

/** Runs the pods of Jobs to their end: as many at once and as many in all as a Job says, again after failures, up to its limits. */
export class JobController {
  readonly queue: KeyQueue;
  /** Of each job by uid. */
  readonly #tallies = new Map<string, JobTally>();
  /** Of each job by uid: names of pods that it has made or ended of which the copy does not know yet. */
  readonly #unseen = new Map<string, Set<string>>();

  constructor(private readonly env: Environment) {
    this.queue = new KeyQueue({ ...env, name: COMPONENT, reconcile: (key) => this.#reconcile(key) });
    env.jobs.onChange(({ previous, next }) => {
      if (!next || (previous && previous.metadata.uid !== next.metadata.uid)) this.#forget(previous!.metadata.uid);
      if (next) this.queue.add(keyOf(next));
    });
    env.pods.onChange(({ previous, next }) => {
      const pod = (next ?? previous)!;
      const key = ownerKey(pod, JobType);
      if (key === undefined) return;
      const owner = pod.metadata.ownerReferences?.find(({ controller }) => controller)?.uid ?? '';
      this.#unseen.get(owner)?.delete(pod.metadata.name);
      const tally = this.#tallies.get(owner);
      if (next) tally?.see(next);
      else tally?.gone(pod);
      this.queue.add(key);
    });
  }

  async #reconcile(key: string): Promise<number | undefined> {
    const job = this.env.jobs.get(...splitKey(key));
    if (!job || job.metadata.deletionTimestamp) return undefined;
    if (jobEnd(job)) return this.#expire(job);
    const pods = this.env.pods.byIndex(BY_OWNER, job.metadata.uid);
    const tally = this.#tally(job, pods);
    if (await this.#isBlind(job)) return undefined;
    const facts = { job, pods, succeeded: tally.succeeded, failed: tally.failed, now: this.env.clock.now() };
    const verdict = verdictOf(facts);
    const active = pods.filter(isPodActive);
    const wanted = verdict || job.spec.suspend ? 0 : wantedPods(job, active.length, tally.succeeded);
    await this.#report(job, jobStatus(facts, verdict));
    const wait = wanted > active.length ? this.#backOff(tally) : 0;
    if (wait <= 0) await this.#resize(job, active, wanted, tally);
    const waits = [wait, untilDeadline(job, facts.now) ?? 0].filter((ms) => ms > 0);
    return waits.length > 0 && !verdict ? Math.min(...waits) : undefined;
  }

  #tally(job: StoredJob, pods: readonly StoredPod[]): JobTally {
    const known = this.#tallies.get(job.metadata.uid);
    if (known) return known;
    const made = new JobTally(job, pods);
    this.#tallies.set(job.metadata.uid, made);
    return made;
  }

  #forget(uid: string): void {
    this.#tallies.delete(uid);
    this.#unseen.delete(uid);
  }

  /** True while news of own deeds is still to come; it will bring the job back here. */
  async #isBlind({ metadata }: StoredJob): Promise<boolean> {
    const unseen = this.#unseen.get(metadata.uid) ?? new Set();
    for (const name of unseen) if (!(await this.env.cluster.get(PodType, metadata.namespace, name))) unseen.delete(name);
    return unseen.size > 0;
  }

  #note({ metadata: { uid } }: StoredJob, pod: string): void {
    const unseen = this.#unseen.get(uid) ?? new Set();
    this.#unseen.set(uid, unseen.add(pod));
  }

  /** How long no pod is made because others have failed, in milliseconds. */
  #backOff({ failed, lastFailure }: JobTally): number {
    if (failed === 0 || lastFailure === 0) return 0;
    const delay = Math.min(BACK_OFF_MS * 2 ** (failed - 1), LONGEST_BACK_OFF_MS);
    return lastFailure + delay - this.env.clock.now();
  }

  async #resize(job: StoredJob, active: readonly StoredPod[], wanted: number, tally: JobTally): Promise<void> {
    for (let i = active.length; i < wanted; i++) {
      try {
        const pod = await this.env.cluster.create(PodType, podOf(job));
        // It may be in the copy already.
        if (!this.env.pods.get(pod.metadata.namespace ?? '', pod.metadata.name)) this.#note(job, pod.metadata.name);
        this.#tell(job, 'Normal', 'SuccessfulCreate', `Created pod: ${pod.metadata.name}`);
      } catch (error) {
        this.#tell(job, 'Warning', 'FailedCreate', `Error creating: ${errorMessage(error)}`);
        throw error;
      }
    }
    for (const { metadata } of active.slice(wanted)) {
      const { namespace, name, uid } = metadata;
      tally.giveUp(uid);
      await this.env.cluster.delete(PodType, namespace, name, { uid }).catch((error: unknown) => {
        if (!ClusterError.is(error, 'NotFound')) throw error;
      });
      this.#tell(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    }
  }

  async #report(job: StoredJob, status: NonNullable<Job['status']>): Promise<void> {
    if (jsonEqual(job.status, status)) return;
    await this.env.cluster.updateStatus(JobType, { ...job, metadata: { ...job.metadata, resourceVersion: undefined }, status });
    const end = jobEnd({ status });
    const condition = status.conditions?.find(({ type }) => type === end);
    if (end === 'Complete') this.#tell(job, 'Normal', 'Completed', 'Job completed');
    if (end === 'Failed') this.#tell(job, 'Warning', condition?.reason ?? end, condition?.message ?? '');
  }

  /** Deletes a job that has been over for as long as it says. */
  async #expire({ metadata, spec, status }: StoredJob): Promise<number | undefined> {
    if (spec.ttlSecondsAfterFinished === undefined) return undefined;
    const end = status?.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed')?.lastTransitionTime ?? '';
    const left = Date.parse(end) + spec.ttlSecondsAfterFinished * 1000 - this.env.clock.now();
    if (left > 0) return left;
    const { namespace, name, uid } = metadata;
    await this.env.cluster.delete(JobType, namespace, name, { uid, propagation: 'Background' }).catch((error: unknown) => {
      if (!ClusterError.is(error, 'NotFound')) throw error;
    });
    return undefined;
  }

  #tell(job: StoredJob, type: EventNote['type'], reason: string, message: string): void {
    this.env.events.record(job, { type, reason, message }, COMPONENT);
  }
}

function podOf(job: StoredJob): Pod {
  const { metadata = {}, spec } = job.spec.template;
  const { labels, annotations, finalizers } = metadata;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      namespace: job.metadata.namespace,
      generateName: `${job.metadata.name}-`,
      labels,
      annotations,
      finalizers,
      ownerReferences: [controllerRef(job)],
    },
    spec,
  };
}
