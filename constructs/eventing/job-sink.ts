import type { Construct } from 'constructs';
import { type JobSink as JobSinkObject, type JobSinkProps, jobSinkRecipe, LOCAL_METADATA, type LocalMetadata } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * An address that makes a Job for every event.
 *
 * @example
 * const report = new JobSink(chart, 'report', { image: 'ghcr.io/acme/report', local: { command: ['node', 'report.js'] } });
 * orders.on('order.paid', { to: report });
 * @see https://knative.dev/docs/eventing/sinks/job-sink/
 */
export class JobSink extends EventingResource<JobSinkProps, JobSinkObject> {
  constructor(scope: Construct, id: string, props: JobSinkProps) {
    super(scope, id, jobSinkRecipe, props);
    const { image, local } = props;
    if (image && local) this.node.addMetadata(LOCAL_METADATA, { image, ...local } satisfies LocalMetadata);
  }
}
