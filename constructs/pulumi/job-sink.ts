import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type JobSink as JobSinkObject, type JobSinkProps, jobSinkRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * An address that makes a Job for every event, made from the same model as the cdk8s construct.
 *
 * @example
 * const reports = new JobSink('reports', { image: 'ghcr.io/acme/report', backoffLimit: 3 });
 * @see https://knative.dev/docs/eventing/sinks/job-sink/
 */
export class JobSink extends EventingComponent<JobSinkProps, JobSinkObject> {
  constructor(name: string, args: EventingArgs<Omit<JobSinkProps, 'local'>>, opts?: ComponentResourceOptions) {
    super(name, jobSinkRecipe, args, opts);
  }
}
