import { type JobSink, JobSinkType } from '../../../lib/api';
import type { LocalProps } from '../local';
import { defined } from '../shape';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { type EventContainerProps, eventContainerPropNames, podProblems, podSpec } from './pod';

/**
 * An address that makes a Job for every event, once for each source and id. The container finds the event in the file
 * `event` of the folder that `K_EVENT_PATH` names.
 * @see https://knative.dev/docs/eventing/sinks/job-sink/
 */
export interface JobSinkProps extends EventingProps, EventContainerProps {
  /** Whether a container that fails is started anew in its pod, or the pod is replaced. @default 'Never' */
  readonly restartPolicy?: 'Never' | 'OnFailure';
  /** How often a failed Job is tried again. @default - Kubernetes': 6 */
  readonly backoffLimit?: number;
  /** Seconds after which a finished Job is deleted. @default - it is kept */
  readonly ttlSecondsAfterFinished?: number;
  /** What `knc dev` runs in place of the image; not on a cluster. @default - an entry in knc.images.yaml, or a sample */
  readonly local?: LocalProps;
  /** The whole Job, as Kubernetes has it. @default - one container of the image */
  readonly job?: Readonly<Record<string, unknown>>;
}

export const jobSinkRecipe = eventingRecipe<JobSinkProps, JobSink>(
  JobSinkType,
  {
    ...eventingPropNames,
    ...eventContainerPropNames,
    ...{ restartPolicy: 'any', backoffLimit: 'any', ttlSecondsAfterFinished: 'any', local: 'any', job: 'any' },
  },
  ({ job, restartPolicy = 'Never', backoffLimit, ttlSecondsAfterFinished, local: _local, ...pod }) => ({
    job: job ?? {
      spec: {
        ...defined({ backoffLimit, ttlSecondsAfterFinished }),
        template: { spec: { ...podSpec({ containerName: 'job', ...pod }), restartPolicy } },
      },
    },
  }),
  { problems: ({ image, job }) => podProblems(image, job, 'job') },
);
