import {
  ConditionSet,
  type Conditions,
  type ContainerStatus,
  conditionOf,
  type Deployment,
  LOST_CONTAINER_REASON,
  type Pod,
  type PodAutoscaler,
  type ServingConfig,
} from '../../api';

/** Conditions of a Revision (serving.knative.dev/v1); Active is only information: one that is scaled to zero is ready. */
export const revisionConditions = new ConditionSet('Ready', ['ResourcesAvailable', 'ContainerHealthy']);

const PROGRESS_DEADLINE_EXCEEDED = 'ProgressDeadlineExceeded';
/** Reasons of a waiting container whose image cannot be had, however long one waits. */
const NO_IMAGE = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);

/** ResourcesAvailable as the Deployment says it: it failed to make pods, made no progress in time, or does well. */
export function propagateDeployment(conditions: Conditions, deployment: Deployment): Conditions {
  const type = 'ResourcesAvailable';
  const all = deployment.status?.conditions;
  const failure = conditionOf(all, 'ReplicaFailure');
  if (failure?.status === 'True') return conditions.markFalse(type, failure.reason, failure.message);
  const progressing = conditionOf(all, 'Progressing');
  if (progressing?.status === 'False') return conditions.markFalse(type, progressing.reason, progressing.message);
  if (failure?.status === 'Unknown') return conditions.markUnknown(type, failure.reason, failure.message);
  if (!progressing) return conditions.markUnknown(type, 'Deploying');
  if (progressing.status === 'True') return conditions.markTrue(type);
  return conditions.markUnknown(type, progressing.reason, progressing.message);
}

/** What a pod says of why a Deployment that wants pods has none available. */
export function propagatePod(conditions: Conditions, pod: Pod, deployment: Deployment, config: ServingConfig): Conditions {
  let result = conditions;
  const scheduled = conditionOf(pod.status?.conditions, 'PodScheduled');
  if (!config.deployment.podIsAlwaysSchedulable && scheduled?.status === 'False') {
    result = result.markFalse('ResourcesAvailable', scheduled.reason, scheduled.message);
  }
  const gaveUp = hasTimedOut(deployment);
  for (const status of pod.status?.containerStatuses ?? []) {
    const marked = propagateContainer(result, status, gaveUp);
    if (marked) return marked;
  }
  return result;
}

function propagateContainer(conditions: Conditions, status: ContainerStatus, gaveUp: boolean): Conditions | undefined {
  const ended = status.lastState?.terminated ?? status.state?.terminated;
  if (ended && ended.reason !== LOST_CONTAINER_REASON) {
    const message = `Container failed with: ${endedMessage(ended)}`;
    return conditions.markFalse('ContainerHealthy', `ExitCode${ended.exitCode}`, message);
  }
  const { reason = '', message = '' } = status.state?.waiting ?? {};
  if (NO_IMAGE.has(reason)) {
    const what = `Unable to fetch image ${JSON.stringify(status.image ?? '')}: ${message || reason}`;
    // Attempts and waiting take turns: what the first attempt said stays, or every turn would be news.
    const said = reason === 'ImagePullBackOff' && conditions.get('ContainerHealthy')?.reason === 'ContainerMissing';
    const marked = said ? conditions : conditions.markFalse('ContainerHealthy', 'ContainerMissing', what);
    return gaveUp ? marked.markFalse('ResourcesAvailable', reason, message) : marked;
  }
  return gaveUp && reason ? conditions.markFalse('ResourcesAvailable', reason, message) : undefined;
}

/** The termination message; where the container left none, what is known of its end. */
function endedMessage(ended: NonNullable<NonNullable<ContainerStatus['state']>['terminated']>): string {
  if (ended.message) return ended.message;
  if (ended.exitCode === 0) return 'container exited with no error';
  const why = ended.reason && ended.reason !== 'Error' ? `${ended.reason}, ` : '';
  return `${why}exit code ${ended.exitCode}, and it left no message`;
}

function hasTimedOut(deployment: Deployment): boolean {
  const progressing = conditionOf(deployment.status?.conditions, 'Progressing');
  return progressing?.status === 'False' && progressing.reason === PROGRESS_DEADLINE_EXCEEDED;
}

/** Active, and what the autoscaler knows of the resources (upstream's PropagateAutoscalerStatus). */
export function propagateAutoscaler(conditions: Conditions, autoscaler: PodAutoscaler | undefined): Conditions {
  const unavailable = conditions.is('ResourcesAvailable', 'False') || conditions.is('ContainerHealthy', 'False');
  const status = autoscaler?.status;
  const ready = conditionOf(status?.conditions, 'Ready');
  if (!ready) {
    const inactive = conditions.markUnknown('Active', 'Deploying');
    return unavailable ? inactive : inactive.markUnknown('ResourcesAvailable', 'Deploying');
  }
  const initialized = conditionOf(status?.conditions, 'ScaleTargetInitialized')?.status === 'True';
  let result = conditions;
  if (initialized && !unavailable) result = result.markTrue('ResourcesAvailable').markTrue('ContainerHealthy');
  if (result.is('ResourcesAvailable', 'True') && !(status?.serviceName && initialized)) {
    result = result.markUnknown('ResourcesAvailable', 'Deploying');
  }
  if (ready.status === 'True') return result.markTrue('Active');
  if (ready.status === 'False' && !initialized && !unavailable && status?.serviceName) {
    result = result.markFalse('ResourcesAvailable', PROGRESS_DEADLINE_EXCEEDED, 'Initial scale was never achieved');
  }
  return result.mark('Active', ready.status, ready.reason, ready.message);
}
