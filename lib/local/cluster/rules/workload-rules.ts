import {
  type Deployment,
  DeploymentType,
  type PodTemplateSpec,
  type ReplicaSet,
  ReplicaSetType,
  type ResourceType,
} from '../../../api';
import { jsonEqual } from '../../../base';
import { labelMatcher } from '../label-selector';
import { invalid } from '../refusals';
import { changed, filled } from './filled';
import { checkPodPaths } from './pod-paths';
import { podSpecDefaults } from './pod-rules';

const ROLLING = { maxUnavailable: '25%', maxSurge: '25%' } as const;

const templateDefaults = (template: PodTemplateSpec): PodTemplateSpec => changed(template, 'spec', podSpecDefaults);

/** Fills in a Deployment as the API server does and refuses one that would never own its pods. */
export function deploymentDefaults(object: Deployment, old: Deployment | undefined): Deployment {
  checkSelector(DeploymentType, object, old);
  let spec = filled(object.spec, {
    replicas: 1,
    strategy: { type: 'RollingUpdate', rollingUpdate: ROLLING },
    revisionHistoryLimit: 10,
    progressDeadlineSeconds: 600,
  });
  spec = changed(spec, 'strategy', (strategy) => {
    const typed = filled(strategy, { type: 'RollingUpdate' });
    if (typed.type !== 'RollingUpdate') return typed;
    return changed(filled(typed, { rollingUpdate: ROLLING }), 'rollingUpdate', (rolling) => filled(rolling, ROLLING));
  });
  spec = changed(spec, 'template', templateDefaults);
  return spec === object.spec ? object : { ...object, spec };
}

/** Fills in a ReplicaSet as the API server does and refuses one that would never own its pods. */
export function replicaSetDefaults(object: ReplicaSet, old: ReplicaSet | undefined): ReplicaSet {
  checkSelector(ReplicaSetType, object, old);
  const spec = changed(filled(object.spec, { replicas: 1 }), 'template', templateDefaults);
  return spec === object.spec ? object : { ...object, spec };
}

function checkSelector(
  type: ResourceType,
  { metadata, spec }: Deployment | ReplicaSet,
  old: Deployment | ReplicaSet | undefined,
): void {
  const name = metadata.name ?? '';
  if (!spec?.selector) throw invalid(type, name, 'spec.selector: Required value');
  if (!spec.template?.spec) throw invalid(type, name, 'spec.template.spec.containers: Required value');
  checkPodPaths(type, name, 'spec.template.spec', spec.template.spec);
  if ((spec.replicas ?? 1) < 0) {
    throw invalid(type, name, `spec.replicas: Invalid value: ${spec.replicas}: must be greater than or equal to 0`);
  }
  if (old && !jsonEqual(old.spec.selector, spec.selector)) {
    throw invalid(type, name, `spec.selector: Invalid value: ${JSON.stringify(spec.selector)}: field is immutable`);
  }
  const labels = spec.template.metadata?.labels;
  if (labelMatcher(spec.selector)(labels)) return;
  const shown = JSON.stringify(labels ?? {});
  throw invalid(
    type,
    name,
    `spec.template.metadata.labels: Invalid value: ${shown}: \`selector\` does not match template \`labels\``,
  );
}
