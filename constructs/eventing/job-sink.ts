import type { Construct } from 'constructs';
import { type JobSink as JobSinkObject, type JobSinkProps, jobSinkRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * An address that makes a Job for every event.
 * @see https://knative.dev/docs/eventing/sinks/job-sink/
 */
export class JobSink extends EventingResource<JobSinkProps, JobSinkObject> {
  constructor(scope: Construct, id: string, props: JobSinkProps) {
    super(scope, id, jobSinkRecipe, props);
  }
}
