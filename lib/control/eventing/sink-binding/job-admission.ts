import type { Ask, Observed } from '../../reconciler';

/** Topic of the question who tells Jobs, and their pods, where to send events when they are made. */
export const JOB_ADMISSION_TOPIC = 'job-admission';

export interface JobAdmissionAnswer {
  /**
   * `server`: the API server itself does, always; `policy`: its policies do; `webhook`: a webhook does; `none`: nobody does, so that
   * Jobs cannot be bound.
   */
  readonly by: 'server' | 'policy' | 'webhook' | 'none';
  /** Why nobody does, where somebody was to. */
  readonly why?: string;
}

/** There is one answer for all Jobs of a cluster. */
const ASK: Ask = { topic: JOB_ADMISSION_TOPIC, key: 'jobs', input: {} };

/** Why no Job is bound where nobody tells them. */
const NO_JOBS =
  'Job subjects are not bound on this cluster: the template of a Job never changes, and nothing tells Jobs where to send events when they are made. ' +
  'Install the platform with mutatingPolicies: v1 (Kubernetes 1.36 or later; v1beta1 where 1.34 or 1.35 serves it) or webhook: true, or bind a Deployment';

interface JobAdmission {
  readonly asks: readonly Ask[];
  /** Undefined: not known yet. */
  readonly by: JobAdmissionAnswer['by'] | undefined;
  /** What is wrong where nobody does, and what mends it. */
  readonly why: string;
}

/** Who tells Jobs. */
export function jobAdmission(observed: Pick<Observed, 'answer'>): JobAdmission {
  const answer = observed.answer(ASK.topic, ASK.key) as JobAdmissionAnswer | undefined;
  return { asks: [ASK], by: answer?.by, why: answer?.why ?? NO_JOBS };
}
