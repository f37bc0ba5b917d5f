import { type Job, JobType, jobLabels } from '../../../api';
import { jsonEqual } from '../../../base';
import { invalid } from '../refusals';
import { changed, filled } from './filled';
import { checkPodPaths } from './pod-paths';
import { podSpecDefaults } from './pod-rules';

/** What Kubernetes has and the local Job controller does not do: refused, rather than ignored. */
const NOT_HERE = ['podFailurePolicy', 'successPolicy', 'backoffLimitPerIndex', 'maxFailedIndexes', 'managedBy'] as const;
const NUMBERS = ['parallelism', 'completions', 'activeDeadlineSeconds', 'backoffLimit', 'ttlSecondsAfterFinished'] as const;
const FIXED = ['completions', 'selector', 'template', 'completionMode'] as const;

/** Fills in a Job as the API server does, its selector among the rest, and refuses one that cannot end or never owns its pods. */
export function jobDefaults(object: Job, old: Job | undefined): Job {
  const { metadata } = object;
  const name = metadata.name ?? '';
  if (!object.spec?.template?.spec) throw invalid(JobType, name, 'spec.template.spec.containers: Required value');
  checkPodPaths(JobType, name, 'spec.template.spec', object.spec.template.spec);
  const { completions, parallelism } = object.spec;
  let spec = filled<Job['spec']>(object.spec, {
    ...(completions === undefined && parallelism === undefined ? { completions: 1 } : {}),
    parallelism: 1,
    backoffLimit: 6,
    completionMode: 'NonIndexed',
    suspend: false,
    manualSelector: false,
    podReplacementPolicy: 'TerminatingOrFailed',
  });
  spec = changed(spec, 'template', (template) => changed(template, 'spec', podSpecDefaults));
  if (!old && !spec.manualSelector) spec = selected(spec, name, metadata.uid ?? '');
  check(name, spec, old);
  return spec === object.spec ? object : { ...object, spec };
}

/** The pods of a job are told apart by its uid. */
function selected(spec: Job['spec'], name: string, uid: string): Job['spec'] {
  const { template, selector } = spec;
  const given = template.metadata?.labels?.[jobLabels.uid] ?? uid;
  if (selector && !jsonEqual(selector, { matchLabels: { [jobLabels.uid]: uid } })) {
    throw invalid(JobType, name, `spec.selector: Invalid value: ${JSON.stringify(selector)}: \`selector\` not auto-generated`);
  }
  if (given !== uid) {
    const path = `spec.template.metadata.labels[${jobLabels.uid}]`;
    throw invalid(JobType, name, `${path}: Invalid value: ${JSON.stringify(given)}: must be ${JSON.stringify(uid)}`);
  }
  const labels = { [jobLabels.uid]: uid, [jobLabels.oldUid]: uid, [jobLabels.name]: name, [jobLabels.oldName]: name };
  return {
    ...spec,
    selector: { matchLabels: { [jobLabels.uid]: uid } },
    template: { ...template, metadata: { ...template.metadata, labels: { ...template.metadata?.labels, ...labels } } },
  };
}

function check(name: string, spec: Job['spec'], old: Job | undefined): void {
  for (const field of NUMBERS) {
    const value = spec[field];
    if (value !== undefined && value < 0) {
      throw invalid(JobType, name, `spec.${field}: Invalid value: ${value}: must be greater than or equal to 0`);
    }
  }
  const policy = spec.template.spec['restartPolicy'];
  if (policy === 'Always') {
    throw invalid(JobType, name, 'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"');
  }
  if (policy !== 'OnFailure' && policy !== 'Never') {
    const shown = JSON.stringify(policy);
    throw invalid(
      JobType,
      name,
      `spec.template.spec.restartPolicy: Unsupported value: ${shown}: supported values: "OnFailure", "Never"`,
    );
  }
  const foreign = NOT_HERE.find((field) => spec[field] !== undefined);
  if (foreign) throw invalid(JobType, name, `spec.${foreign}: Forbidden: jobs of a local cluster do not have it`);
  if (spec.completionMode !== 'NonIndexed') {
    const shown = JSON.stringify(spec.completionMode);
    throw invalid(JobType, name, `spec.completionMode: Unsupported value: ${shown}: supported values here: "NonIndexed"`);
  }
  if (!spec.selector) throw invalid(JobType, name, 'spec.selector: Required value');
  for (const field of FIXED) {
    if (!old || jsonEqual(old.spec[field], spec[field])) continue;
    throw invalid(JobType, name, `spec.${field}: Invalid value: ${JSON.stringify(spec[field])}: field is immutable`);
  }
}
