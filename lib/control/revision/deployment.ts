import {
  annotationOf,
  annotations,
  childName,
  controllerRef,
  type Deployment,
  labels,
  type PodSpec,
  parseDuration,
  QUEUE_SIDECAR,
  type Revision,
  type ServingConfig,
  type Stored,
} from '../../api';
import { digestOf } from '../engine/json';
import { without } from '../metadata';
import { makeContainers, servingContainer } from './containers';
import { childLabels, workloadAnnotations } from './metadata';
import { drainedByQueue, queueContainer, queueVolumes } from './queue-container';

const DEFAULT_CONTAINER = 'kubectl.kubernetes.io/default-container';

/** Name of the Deployment of a revision. */
export function deploymentName(revision: Stored<Revision>): string {
  return childName(revision.metadata.name, '-deployment');
}

/**
 * The Deployment of a new revision, at its initial scale.
 *
 * @param preStopSleepSeconds how long containers sleep before they are told to end; changing it changes new Deployments alone
 * @param queued whether a sidecar in each pod takes its requests: then containers end when none is inside
 */
export function makeDeployment(
  revision: Stored<Revision>,
  config: ServingConfig,
  preStopSleepSeconds = 0,
  queued = false,
): Deployment {
  const allLabels = childLabels(revision);
  const podAnnotations = workloadAnnotations(revision);
  const container = servingContainer(revision)?.name;
  if (container) podAnnotations[DEFAULT_CONTAINER] = container;
  const own = workloadAnnotations(revision);
  const spec: Deployment['spec'] = {
    selector: { matchLabels: { [labels.revisionUID]: revision.metadata.uid } },
    progressDeadlineSeconds: Math.trunc(progressDeadline(revision, config) / 1000),
    revisionHistoryLimit: 0,
    strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0 } },
    template: { metadata: { labels: allLabels, annotations: podAnnotations }, spec: makePodSpec(revision, config, queued) },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: deploymentName(revision),
      namespace: revision.metadata.namespace,
      labels: { ...allLabels, [labels.deploymentHash]: digestOf([spec, own, allLabels]) },
      annotations: own,
      ownerReferences: [controllerRef(revision)],
    },
    spec: { replicas: initialScale(revision, config), ...spec, template: ending(spec.template, preStopSleepSeconds, queued) },
  };
}

/** Kubernetes' own, where a revision has none. */
const DEFAULT_GRACE_SECONDS = 30;

/**
 * The pods with a preStop hook in every container: a sidecar is needed as long as the one that it serves. What time containers have
 * to end is theirs beside that, and beside the time for which a queue-proxy waits until nobody sends requests any more.
 */
function ending(template: Deployment['spec']['template'], seconds: number, queued: boolean): Deployment['spec']['template'] {
  const { spec } = template;
  if ((seconds === 0 && !queued) || !spec) return template;
  const lifecycle = { preStop: { sleep: { seconds } } };
  const containers = queued
    ? drainedByQueue(spec.containers, seconds)
    : spec.containers.map((container) => ({ ...container, lifecycle }));
  const grace =
    (spec.terminationGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) + seconds + (queued ? QUEUE_SIDECAR.quietSeconds : 0);
  return { ...template, spec: { ...spec, containers, terminationGracePeriodSeconds: grace } };
}

/**
 * What an existing Deployment should become, or undefined if it was made from the same revision and settings. The scale is the
 * autoscaler's; the selector cannot change; labels and annotations that are not Knative's stay.
 */
export function updateDeployment(existing: Stored<Deployment>, desired: Deployment): Deployment | undefined {
  const hash = labels.deploymentHash;
  if (existing.metadata.labels?.[hash] === desired.metadata.labels?.[hash]) return undefined;
  const { replicas: _replicas, selector: _selector, template, ...spec } = desired.spec;
  const have = existing.spec.template.metadata;
  return {
    ...desired,
    metadata: {
      ...desired.metadata,
      labels: mergeMetadata(desired.metadata.labels, existing.metadata.labels),
      annotations: mergeMetadata(desired.metadata.annotations, existing.metadata.annotations),
    },
    spec: {
      ...spec,
      selector: existing.spec.selector,
      template: {
        ...template,
        metadata: {
          labels: mergeMetadata(template.metadata?.labels, have?.labels),
          annotations: mergeMetadata(template.metadata?.annotations, have?.annotations),
        },
      },
    },
  };
}

type Strings = Readonly<Record<string, string>> | undefined;

function mergeMetadata(desired: Strings, current: Strings): Record<string, string> {
  return { ...without(current, (key) => key === labels.app || key.includes('knative.dev/')), ...desired };
}

/** Pods that a revision begins with. */
function initialScale(revision: Revision, config: ServingConfig): number {
  const value = annotationOf(revision.metadata.annotations, annotations.initialScale);
  return value === undefined ? config.autoscaler.initialScale : Number.parseInt(value, 10) || 0;
}

function progressDeadline(revision: Revision, config: ServingConfig): number {
  const value = annotationOf(revision.metadata.annotations, annotations.progressDeadline);
  return (value === undefined ? undefined : parseDuration(value)) ?? config.deployment.progressDeadline;
}

function makePodSpec(revision: Stored<Revision>, config: ServingConfig, queued: boolean): PodSpec {
  const {
    containerConcurrency: _concurrency,
    timeoutSeconds,
    responseStartTimeoutSeconds: _responseStart,
    idleTimeoutSeconds: _idle,
    ...pod
  } = revision.spec;
  const spreads = config.deployment.defaultAffinityType === 'prefer-spread-revision-over-nodes';
  const runtimeClassName = pod.runtimeClassName ?? runtimeClass(revision, config);
  const enableServiceLinks = pod.enableServiceLinks ?? config.defaults.enableServiceLinks;
  const volumes = queued ? queueVolumes(revision, config) : [];
  const containers = makeContainers(revision, config, queued);
  return {
    ...(pod as Omit<PodSpec, 'containers'>),
    ...(volumes.length > 0 ? { volumes: [...((pod.volumes ?? []) as NonNullable<PodSpec['volumes']>), ...volumes] } : {}),
    containers: queued ? [...containers, queueContainer(revision, config)] : containers,
    ...(timeoutSeconds === undefined ? {} : { terminationGracePeriodSeconds: timeoutSeconds }),
    ...(enableServiceLinks === undefined ? {} : { enableServiceLinks }),
    ...(runtimeClassName ? { runtimeClassName } : {}),
    ...(spreads && !pod.affinity ? { affinity: { podAntiAffinity: spreadOverNodes(revision.metadata.name) } } : {}),
  };
}

function spreadOverNodes(revision: string): object {
  const labelSelector = { matchLabels: { [labels.revision]: revision } };
  return {
    preferredDuringSchedulingIgnoredDuringExecution: [
      { weight: 100, podAffinityTerm: { topologyKey: 'kubernetes.io/hostname', labelSelector } },
    ],
  };
}

/** The runtime class with the most specific selector that the revision's labels match; the first in the alphabet of several. */
function runtimeClass(revision: Revision, config: ServingConfig): string | undefined {
  const matching = Object.entries(config.deployment.runtimeClassNames).filter(([, selector]) =>
    Object.entries(selector).every(([key, value]) => revision.metadata.labels?.[key] === value),
  );
  const size = (selector: object): number => Object.keys(selector).length;
  return matching.sort(([a, s], [b, t]) => size(t) - size(s) || (a < b ? -1 : 1))[0]?.[0];
}
