import {
  type Conditions,
  DeploymentType,
  isReady,
  MetricType,
  type PodAutoscaler,
  type PodAutoscalerStatus,
  type ServerlessService,
  ServerlessServiceType,
  type ServingConfig,
  type Stored,
} from '../../api';
import { activatorsFor, initialBurstCapacity, SCALE_TOPIC, type ScaleAnswer } from '../autoscaler';
import { isControlledBy } from '../metadata';
import type { Observed, Plan } from '../reconciler';
import { beginConditions } from '../status';
import { markActivating, markActive, podAutoscalerConditions, SCALE_UNKNOWN } from './active';
import { metricOf, serverlessServiceOf } from './children';
import { deciderSpec } from './decider-spec';
import { markDeparting } from './departing-pods';
import { noPods, type PodCounts, podsOf, revisionPods } from './pod-counts';
import { raisedFromZero, rememberZero, replicasOf, scalePatch } from './scale-patch';
import { scaleVerdict } from './scale-verdict';
import { type ScalingOptions, scalingOptions } from './scaling-options';
import { planNotOwned, statusOf } from './status';

/** The plan for a PodAutoscaler of the class kpa.autoscaling.knative.dev. */
export function planKpa(
  pa: Stored<PodAutoscaler>,
  observed: Observed,
  config: ServingConfig,
  now: number,
  marksPods = false,
): Plan {
  const { namespace, name } = pa.metadata;
  const options = scalingOptions(pa, config);
  const conditions = beginConditions(pa, podAutoscalerConditions, now);
  const sks = observed.get(ServerlessServiceType, namespace, name);
  if (sks && !isControlledBy(sks, pa)) return planNotOwned(pa, conditions, ServerlessServiceType);
  const metric = observed.get(MetricType, namespace, name);
  if (metric && !isControlledBy(metric, pa)) return planNotOwned(pa, conditions, MetricType);
  const context = { observed, config, now, marksPods };
  if (!sks?.status?.privateServiceName) return withoutServices(pa, conditions, options, context);
  return withServices(pa, sks, conditions, options, context);
}

/** Until the revision has its Services there is nothing to scale for. */
function withoutServices(
  pa: Stored<PodAutoscaler>,
  before: Conditions,
  options: ScalingOptions,
  { observed, config }: Context,
): Plan {
  const waiting = before.markUnknown('SKSReady', 'NotReady', 'No Private Service Name');
  const conditions = markActive(waiting, SCALE_UNKNOWN, noPods, options, pa.status?.serviceName ?? '');
  const spec = deciderSpec(options, config.autoscaler, podsOf(pa, observed).ready);
  return {
    apply: [serverlessServiceOf(pa, 'Proxy', activatorsFor(spec))],
    status: statusOf(pa, conditions, scalesOf(pa, SCALE_UNKNOWN, noPods)),
  };
}

interface Context {
  readonly observed: Observed;
  readonly config: ServingConfig;
  readonly now: number;
  readonly marksPods: boolean;
}

function withServices(
  pa: Stored<PodAutoscaler>,
  sks: Stored<ServerlessService>,
  before: Conditions,
  options: ScalingOptions,
  { observed, config, now, marksPods }: Context,
): Plan {
  const { namespace, name } = pa.metadata;
  const target = observed.get(DeploymentType, namespace, pa.spec.scaleTargetRef.name ?? '');
  const pods = podsOf(pa, observed);
  const spec = deciderSpec(options, config.autoscaler, pods.ready);
  const key = `${namespace}/${name}`;
  const answer = observed.answer(SCALE_TOPIC, key) as ScaleAnswer | undefined;
  const desired = answer?.desired ?? SCALE_UNKNOWN;
  const excess = answer?.excessBurstCapacity ?? initialBurstCapacity(spec);

  // A gateway that holds the first request raises the scale before the autoscaler has decided: that is an activation like any.
  const raised = desired <= 0 && before.is('Active', 'False') && raisedFromZero(target, pa.status?.annotations);
  const activated = raised ? markActivating(before) : before;

  const verdict = scaleVerdict(desired, { conditions: activated, options, config, sks, now });
  const inactive = activated.is('Active', 'False');
  const patch = verdict.apply && target ? scalePatch(target, verdict.want) : [];
  const marks =
    marksPods && verdict.apply && target ? markDeparting(revisionPods(pa, observed), replicasOf(target), verdict.want) : [];
  const serves = verdict.want > 0 && excess >= 0;
  const serviceName = sks.status?.serviceName ?? '';
  const sksMarked = isReady(sks)
    ? activated.markTrue('SKSReady')
    : activated.markUnknown('SKSReady', 'NotReady', readyMessage(sks));
  const conditions = markActive(sksMarked, verdict.want, pods, options, serviceName);
  const sentToZero = patch.length > 0 && verdict.want === 0;
  const atZero = sentToZero || (inactive && target !== undefined && replicasOf(target) === 0);

  return {
    apply: [
      serverlessServiceOf(pa, serves ? 'Serve' : 'Proxy', activatorsFor(spec)),
      metricOf(pa, options, sks.status?.privateServiceName ?? ''),
    ],
    patch: [...marks, ...patch],
    asks: [{ topic: SCALE_TOPIC, key, input: spec }],
    status: statusOf(pa, conditions, {
      serviceName,
      metricsServiceName: sks.status?.privateServiceName ?? '',
      annotations: rememberZero(pa.status?.annotations, target, atZero),
      ...scalesOf(pa, verdict.want, pods),
    }),
    ...(verdict.requeueAfter === undefined ? {} : { requeueAfter: verdict.requeueAfter }),
  };
}

const readyMessage = (sks: ServerlessService): string =>
  sks.status?.conditions?.find(({ type }) => type === 'Ready')?.message ?? '';

/** After a restart the scale is not known for a moment: the last one known stays. */
function scalesOf(pa: PodAutoscaler, want: number, pods: PodCounts): Partial<PodAutoscalerStatus> {
  const before = pa.status?.desiredScale ?? SCALE_UNKNOWN;
  return { desiredScale: want === SCALE_UNKNOWN ? before : want, actualScale: pods.ready };
}
