import {
  autoscalerClasses,
  type Conditions,
  type Deployment,
  DeploymentType,
  isReady,
  type PodAutoscaler,
  ServerlessServiceType,
  type ServingConfig,
  type Stored,
} from '../../api';
import { isControlledBy } from '../metadata';
import type { Observed, Plan, PlannedEvent } from '../reconciler';
import { beginConditions } from '../status';
import { activeThreshold, podAutoscalerConditions, withinBounds } from './active';
import { serverlessServiceOf } from './children';
import {
  type HorizontalPodAutoscaler,
  HorizontalPodAutoscalerType,
  horizontalPodAutoscalerOf,
} from './horizontal-pod-autoscaler';
import { podsOf } from './pod-counts';
import { replicasOf, scalePatch } from './scale-patch';
import { type ScalingOptions, scalingOptions } from './scaling-options';
import { planNotOwned, statusOf } from './status';

/** Kubernetes looks at HorizontalPodAutoscalers every 15 seconds: one that nobody has touched after twice that has nobody. */
const NOBODY_AFTER_MS = 30_000;
/** Says whether Kubernetes acts on the HorizontalPodAutoscaler; for information. */
const OBSERVED = 'HorizontalPodAutoscalerObserved';

/**
 * The plan for a PodAutoscaler of the class hpa.autoscaling.knative.dev: Kubernetes scales, by its own metrics.
 *
 * Where nobody acts on HorizontalPodAutoscalers the revision still becomes ready and serves: its scale is kept within its
 * bounds, never at zero (this class does not scale to zero), and does not follow the load. A condition and an event say so.
 * @param kubernetesScales false where it is known that nobody does, as on a laptop: none is made then
 */
export function planHpa(
  pa: Stored<PodAutoscaler>,
  observed: Observed,
  config: ServingConfig,
  now: number,
  kubernetesScales: boolean,
): Plan {
  const { namespace, name } = pa.metadata;
  const options = scalingOptions(pa, config);
  const begun = beginConditions(pa, podAutoscalerConditions, now);
  const hpa = kubernetesScales ? observed.get(HorizontalPodAutoscalerType, namespace, name) : undefined;
  if (hpa && !isControlledBy(hpa, pa)) return planNotOwned(pa, begun, HorizontalPodAutoscalerType);
  const sks = observed.get(ServerlessServiceType, namespace, name);
  if (sks && !isControlledBy(sks, pa)) return planNotOwned(pa, begun, ServerlessServiceType);

  const target = observed.get(DeploymentType, namespace, pa.spec.scaleTargetRef.name ?? '');
  const seen = isSeen(hpa);
  const ready = podsOf(pa, observed).ready;
  const scale = seen
    ? { desiredScale: hpa?.status?.desiredReplicas ?? 0, actualScale: hpa?.status?.currentReplicas ?? 0 }
    : { desiredScale: target ? fixedScale(target, begun, options) : 0, actualScale: ready };
  const reached = scale.actualScale >= activeThreshold(begun, options);
  const servicesReady = sks !== undefined && isReady(sks);
  const initialized = servicesReady && reached ? begun.markTrue('ScaleTargetInitialized') : begun;
  const withServices = servicesReady
    ? initialized.markTrue('SKSReady')
    : initialized.markUnknown('SKSReady', 'NotReady', 'SKS Services are not ready yet');
  const refused = observed.failure(HorizontalPodAutoscalerType, namespace, name) !== undefined;
  const active = refused
    ? withServices.markFalse('Active', 'FailedCreate', `Failed to create ${HorizontalPodAutoscalerType.kind} "${name}".`)
    : withServices.markTrue('Active');
  const wait = kubernetesScales ? patience(hpa, now) : 0;
  const watched = seen ? { conditions: active.clear(OBSERVED) } : unseen(pa, active, scale.desiredScale, wait);
  const own = { type: HorizontalPodAutoscalerType, object: horizontalPodAutoscalerOf(pa, options) };
  return {
    apply: [...(kubernetesScales ? [own] : []), serverlessServiceOf(pa, 'Serve', 0)],
    patch: target && !seen ? scalePatch(target, scale.desiredScale) : [],
    events: watched.events ?? [],
    status: statusOf(pa, watched.conditions, {
      serviceName: sks?.status?.serviceName ?? '',
      metricsServiceName: sks?.status?.privateServiceName ?? '',
      ...scale,
    }),
    ...(watched.requeueAfter === undefined ? {} : { requeueAfter: watched.requeueAfter }),
  };
}

/** Kubernetes' controller writes a status before anything else. */
const isSeen = (hpa: HorizontalPodAutoscaler | undefined): boolean => Object.keys(hpa?.status ?? {}).length > 0;

/** The scale that stays while nobody scales. */
function fixedScale(target: Deployment, conditions: Conditions, options: ScalingOptions): number {
  return Math.max(1, withinBounds(replicasOf(target), conditions, options));
}

interface Unseen {
  readonly conditions: Conditions;
  readonly events?: readonly PlannedEvent[];
  readonly requeueAfter?: number;
}

/** How much longer somebody may take to act on it, in milliseconds. */
function patience(hpa: Stored<HorizontalPodAutoscaler> | undefined, now: number): number {
  return (hpa ? Date.parse(hpa.metadata.creationTimestamp) : now) + NOBODY_AFTER_MS - now;
}

function unseen(pa: Stored<PodAutoscaler>, conditions: Conditions, scale: number, wait: number): Unseen {
  if (wait > 0) return { conditions, requeueAfter: wait };
  const message =
    `Nobody acts on HorizontalPodAutoscalers here: the revision stays at ${scale} ${scale === 1 ? 'pod' : 'pods'} whatever its load. ` +
    `The class ${autoscalerClasses.kpa} scales by requests.`;
  const known = pa.status?.conditions?.some(({ type, status }) => type === OBSERVED && status === 'False');
  return {
    conditions: conditions.markFalse(OBSERVED, 'NoController', message),
    events: known ? [] : [{ type: 'Warning', reason: 'NoHorizontalPodAutoscaling', message }],
  };
}
