import type { Condition, KubeObject } from '../meta';
import { resourceType } from '../resource-type';
import type { LabelSelector } from './apps';
import type { PodTemplateSpec } from './pod';

/** Pods that run to their end (batch/v1). */
export interface Job extends KubeObject {
  readonly spec: {
    /** How many pods have to succeed. Absent beside `parallelism`: all stop once one has. @default 1 */
    readonly completions?: number;
    /** How many run at once at most. @default 1 */
    readonly parallelism?: number;
    /** How many may fail before the job has. @default 6 */
    readonly backoffLimit?: number;
    /** Seconds after its start at which it is ended. @default never */
    readonly activeDeadlineSeconds?: number;
    /** Seconds after its end at which it is deleted. @default never */
    readonly ttlSecondsAfterFinished?: number;
    /** Runs no pods for now. @default false */
    readonly suspend?: boolean;
    readonly completionMode?: 'NonIndexed' | 'Indexed';
    readonly podReplacementPolicy?: 'TerminatingOrFailed' | 'Failed';
    readonly manualSelector?: boolean;
    readonly selector?: LabelSelector;
    readonly template: PodTemplateSpec;
    readonly [field: string]: unknown;
  };
  readonly status?: JobStatus;
}

export interface JobStatus {
  readonly conditions?: readonly (Condition & { readonly lastProbeTime?: string })[];
  readonly startTime?: string;
  readonly completionTime?: string;
  readonly active?: number;
  readonly ready?: number;
  readonly terminating?: number;
  readonly succeeded?: number;
  readonly failed?: number;
}

export const JobType = resourceType<Job>('batch/v1', 'Job', 'jobs', { categories: ['all'] });

/** Labels that a Job's pods carry, and by which it counts them: its uid and its name, each in its old form, too. */
export const jobLabels = {
  uid: 'batch.kubernetes.io/controller-uid',
  name: 'batch.kubernetes.io/job-name',
  oldUid: 'controller-uid',
  oldName: 'job-name',
} as const;

/** How a job has ended: it is over, and stays as it is. Undefined while it is not. */
export function jobEnd({ status }: Pick<Job, 'status'>): 'Complete' | 'Failed' | undefined {
  const end = status?.conditions?.find((one) => one.status === 'True' && (one.type === 'Complete' || one.type === 'Failed'));
  return end?.type as 'Complete' | 'Failed' | undefined;
}
