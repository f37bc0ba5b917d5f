import {
  EventPolicyType,
  type JobSink,
  type JobSinkStatus,
  JobSinkType,
  jobSinkConditions,
  type ServingConfig,
  type Stored,
} from '../../../api';
import type { Observed, Plan, Reconciler } from '../../reconciler';
import { beginConditions, finishStatus } from '../../status';
import { servingOf } from '../data-plane';
import { audienceField, planPolicies, policyReads } from '../policies';

/** Where the sinks of all namespaces are reached inside the cluster, as upstream has it. */
const RECEIVER = 'job-sink.knative-eventing.svc';
/** The label of the Jobs that a sink has made. */
const NAME_LABEL = 'sinks.knative.dev/job-sink-name';

function plan(parent: Stored<JobSink>, observed: Observed, config: ServingConfig, now: number): Plan {
  const { name, namespace } = parent.metadata;
  const { ask, served } = servingOf('job-sink', parent, observed);
  const policies = planPolicies(beginConditions(parent, jobSinkConditions, now), JobSinkType, parent, observed, config);
  // An address that was told stays: senders may have it.
  const known = served || parent.status?.address !== undefined;
  const url = `http://${RECEIVER}.${config.domain.clusterDomain}/${namespace}/${name}`;
  const address = { name: 'http', url, ...audienceField(JobSinkType, parent, config) };
  const conditions = known
    ? policies.conditions.markTrue('Addressable')
    : policies.conditions.markUnknown('Addressable', 'EmptyHostname', 'hostname is the empty string');
  const status: JobSinkStatus = finishStatus(parent, conditions, {
    ...(known ? { address } : {}),
    ...policies.fields,
    ...(parent.spec.job ? { job: { selector: `${NAME_LABEL}=${name}` } } : {}),
  });
  return { asks: [ask], status };
}

/** Says of a JobSink where it is reached, once the engine makes Jobs for it. */
export const jobSinkReconciler: Reconciler<JobSink, ServingConfig> = {
  name: 'jobsink-controller',
  type: JobSinkType,
  watches: [EventPolicyType],
  reads: policyReads,
  plan: (parent, observed, config, now) => (parent.metadata.deletionTimestamp ? {} : plan(parent, observed, config, now)),
};
