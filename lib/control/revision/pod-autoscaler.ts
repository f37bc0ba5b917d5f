import {
  AUTOSCALING_GROUP,
  annotations,
  type Conditions,
  controllerRef,
  type Deployment,
  labels,
  type PodAutoscaler,
  type Revision,
  type ServingConfig,
  type Stored,
} from '../../api';
import { without } from '../metadata';
import { protocolOf } from './containers';
import { deploymentName } from './deployment';
import { autoscalerAnnotations, childLabels } from './metadata';

const CLASS = annotations.class[0];
/** Annotations that a server may set by default: they stay though the revision does not have them. */
const DEFAULTED = new Set<string>([CLASS, annotations.metric[0]]);

/** The PodAutoscaler of a revision; `existing` keeps what others have added to it. */
export function makePodAutoscaler(
  revision: Stored<Revision>,
  existing: Stored<PodAutoscaler> | undefined,
  deployment: Deployment | undefined,
  conditions: Conditions,
  config: ServingConfig,
): PodAutoscaler {
  const wanted = autoscalerAnnotations(revision);
  const kept = existing
    ? without(existing.metadata.annotations, (key) => key.startsWith(AUTOSCALING_GROUP) && !DEFAULTED.has(key))
    : { [CLASS]: config.autoscaler.podAutoscalerClass };
  const reach = reachability(revision, deployment, conditions);
  return {
    apiVersion: 'autoscaling.internal.knative.dev/v1alpha1',
    kind: 'PodAutoscaler',
    metadata: {
      name: revision.metadata.name,
      namespace: revision.metadata.namespace,
      labels: existing ? existing.metadata.labels : childLabels(revision),
      annotations: { ...kept, ...wanted },
      ownerReferences: [controllerRef(revision)],
    },
    spec: {
      ...(revision.spec.containerConcurrency ? { containerConcurrency: revision.spec.containerConcurrency } : {}),
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: deploymentName(revision) },
      protocolType: protocolOf(revision),
      ...(reach ? { reachability: reach } : {}),
    },
  };
}

/** Whether requests can reach the revision: not if nothing routes to it, nor if it cannot get a pod to run. */
function reachability(
  revision: Revision,
  deployment: Deployment | undefined,
  conditions: Conditions,
): PodAutoscaler['spec']['reachability'] {
  const failed = conditions.is('ResourcesAvailable', 'False') || conditions.is('ContainerHealthy', 'False');
  const wanted = deployment ? (deployment.spec.replicas ?? 1) : 0;
  if (failed && wanted > 0 && !deployment?.status?.readyReplicas) return 'Unreachable';
  const state = revision.metadata.labels?.[labels.routingState];
  if (state === 'active') return 'Reachable';
  return state === 'reserve' ? 'Unreachable' : '';
}
