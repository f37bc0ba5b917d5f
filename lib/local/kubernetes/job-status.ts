import { isPodReady, type Job, type JobStatus, jobEnd, type Pod } from '../../api';
import { timestamp } from '../../base';
import { isPodActive } from './pod-ranking';

type JobCondition = NonNullable<JobStatus['conditions']>[number];

/** Why a job is over, or about to be. */
export interface Verdict {
  readonly end: 'Complete' | 'Failed';
  readonly reason: string;
  readonly message: string;
}

/** What is true of a job's pods at one moment. */
export interface JobFacts {
  readonly job: Job;
  readonly pods: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  readonly now: number;
}

const restarts = ({ status }: Pod): number =>
  [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])].reduce(
    (sum, one) => sum + one.restartCount,
    0,
  );

/** Containers that are started again count against the limit as pods that fail do. */
function restartedTooOften({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec['restartPolicy'] !== 'OnFailure') return false;
  const limit = spec.backoffLimit ?? 6;
  const count = pods.filter(isPodActive).reduce((sum, pod) => sum + restarts(pod), 0);
  return limit === 0 ? count > 0 : count >= limit;
}

/** Milliseconds until the job has to be over; undefined without a limit. */
export function untilDeadline({ spec, status }: Job, now: number): number | undefined {
  if (spec.activeDeadlineSeconds === undefined || !status?.startTime || spec.suspend) return undefined;
  return Date.parse(status.startTime) + spec.activeDeadlineSeconds * 1000 - now;
}

/** What has been said of a job before its last pods were gone: that stays. */
function decided({ status }: Job): Verdict | undefined {
  const target = status?.conditions?.find(
    ({ type, status: is }) => is === 'True' && (type === 'FailureTarget' || type === 'SuccessCriteriaMet'),
  );
  if (!target) return undefined;
  const { type, reason = '', message = '' } = target;
  return { end: type === 'FailureTarget' ? 'Failed' : 'Complete', reason, message };
}

/** Whether the job is to end, and how, as Kubernetes decides it. */
export function verdictOf({ job, pods, succeeded, failed, now }: JobFacts): Verdict | undefined {
  const { completions, backoffLimit = 6 } = job.spec;
  const said = decided(job);
  if (said) return said;
  if (failed > backoffLimit || restartedTooOften(job, pods)) {
    return { end: 'Failed', reason: 'BackoffLimitExceeded', message: 'Job has reached the specified backoff limit' };
  }
  const left = untilDeadline(job, now);
  if (left !== undefined && left <= 0) {
    return { end: 'Failed', reason: 'DeadlineExceeded', message: 'Job was active longer than specified deadline' };
  }
  const enough = completions === undefined ? succeeded > 0 && !pods.some(isPodActive) : succeeded >= completions;
  if (!enough) return undefined;
  return { end: 'Complete', reason: 'CompletionsReached', message: 'Reached expected number of succeeded pods' };
}

/** How many pods should run now. */
export function wantedPods({ spec }: Job, active: number, succeeded: number): number {
  const { completions, parallelism = 1 } = spec;
  if (completions !== undefined) return Math.min(parallelism, Math.max(0, completions - succeeded));
  return succeeded > 0 ? Math.min(active, parallelism) : parallelism;
}

function withCondition(
  conditions: readonly JobCondition[],
  type: string,
  status: 'True' | 'False',
  { reason, message }: { readonly reason: string; readonly message: string },
  now: number,
): readonly JobCondition[] {
  const before = conditions.find((one) => one.type === type);
  if (before?.status === status && before.reason === reason) return conditions;
  const at = timestamp(now);
  const next = { type, status, lastProbeTime: at, lastTransitionTime: at, reason, message };
  return before ? conditions.map((one) => (one === before ? next : one)) : [...conditions, next];
}

function suspension({ spec: { suspend } }: Job, conditions: readonly JobCondition[], now: number): readonly JobCondition[] {
  if (suspend) return withCondition(conditions, 'Suspended', 'True', { reason: 'JobSuspended', message: 'Job suspended' }, now);
  if (!conditions.some(({ type }) => type === 'Suspended')) return conditions;
  return withCondition(conditions, 'Suspended', 'False', { reason: 'JobResumed', message: 'Job resumed' }, now);
}

/** The status of a job. It is over once none of its pods runs any more; until then a condition says that it will be. */
export function jobStatus(facts: JobFacts, verdict: Verdict | undefined): JobStatus {
  const { job, pods, succeeded, failed, now } = facts;
  if (jobEnd(job)) return job.status ?? {};
  const active = pods.filter(isPodActive);
  const ending = pods.filter(
    ({ metadata, status }) => metadata.deletionTimestamp && status?.phase !== 'Succeeded' && status?.phase !== 'Failed',
  );
  let conditions = suspension(job, job.status?.conditions ?? [], now);
  const over = verdict !== undefined && active.length === 0 && ending.length === 0;
  if (verdict) {
    conditions = withCondition(
      conditions,
      verdict.end === 'Complete' ? 'SuccessCriteriaMet' : 'FailureTarget',
      'True',
      verdict,
      now,
    );
    if (over) conditions = withCondition(conditions, verdict.end, 'True', verdict, now);
  }
  const startTime = job.spec.suspend ? undefined : (job.status?.startTime ?? timestamp(now));
  return {
    ...(conditions.length > 0 ? { conditions } : {}),
    ...(startTime ? { startTime } : {}),
    ...(over && verdict?.end === 'Complete' ? { completionTime: timestamp(now) } : {}),
    ...(active.length > 0 ? { active: active.length } : {}),
    ready: active.filter(isPodReady).length,
    terminating: ending.length,
    ...(succeeded > 0 ? { succeeded } : {}),
    ...(failed > 0 ? { failed } : {}),
  };
}
