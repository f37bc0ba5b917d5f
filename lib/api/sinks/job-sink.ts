import { type FieldError, generic, isJsonObject, missingField, missingOneOf, via, withRemedy } from '../../base';
import { ConditionSet } from '../conditions';
import { addressColumns } from '../eventing/columns';
import type { JobSink } from '../generated/types';
import type { KindRules } from '../kind-rules';
import { resourceType } from '../resource-type';
import { containerErrors, containersOf, withContainers } from '../sources/pod-template';

export type { JobSink, JobSinkSpec, JobSinkStatus } from '../generated/types';

/** An address that makes a Job for every event. */
export const JobSinkType = resourceType<JobSink>('sinks.knative.dev/v1alpha1', 'JobSink', 'jobsinks', {
  categories: ['all', 'knative', 'eventing', 'sink'],
  columns: addressColumns,
});

export const jobSinkConditions = new ConditionSet('Ready', ['Addressable', 'EventPoliciesReady']);

/** Tells a container that it runs for one event and ends. */
const MODE = { name: 'K_EXECUTION_MODE', value: 'batch' };

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields => (isJsonObject(value) ? value : {});

function withMode(container: Fields): Fields {
  const env = Array.isArray(container['env']) ? (container['env'] as unknown[]) : [];
  return env.some((entry) => fieldsOf(entry)['name'] === MODE.name) ? container : { ...container, env: [...env, MODE] };
}

function setDefaults(sink: JobSink): JobSink {
  const { job } = sink.spec;
  const template = fieldsOf(fieldsOf(job?.['spec'])['template']);
  if (!job || containersOf(template).length === 0) return sink;
  const changed = withContainers(withContainers(template, 'containers', withMode), 'initContainers', withMode);
  return { ...sink, spec: { ...sink.spec, job: { ...job, spec: { ...fieldsOf(job['spec']), template: changed } } } };
}

/** Upstream asks the API server by a dry run; these are the faults of a Job that can be told without one. */
function jobErrors(job: Fields): FieldError[] {
  const { template } = fieldsOf(job['spec']);
  if (!isJsonObject(template)) return [missingField('spec.template')];
  const policy = fieldsOf(template['spec'])['restartPolicy'];
  const fine = policy === 'OnFailure' || policy === 'Never';
  const required = 'Required value: valid values: "OnFailure", "Never"';
  return [
    ...via('spec.template', containerErrors(template)),
    ...(fine
      ? []
      : [withRemedy(generic(required, 'spec.template.spec.restartPolicy'), 'A Job ends: say how it is tried again.')]),
  ];
}

const validate = ({ spec: { job } }: JobSink): FieldError[] =>
  via('spec', job ? via('job', jobErrors(job)) : [missingOneOf('job')]);

export const jobSinkRules: KindRules<JobSink> = { setDefaults, validate };
