import type { Conditions, ServerlessService, ServingConfig } from '../../api';
import { activeConditionFor, SCALE_UNKNOWN, withinBounds } from './active';
import type { ScalingOptions } from './scaling-options';

/** Long enough for the present plan to be carried out. */
const NEXT_LOOK_MS = 3000;
/** Condition times are whole seconds: a deadline that must have passed is looked at one second later. */
const SECOND_MS = 1000;

/** What to do about a desired scale. */
export interface ScaleVerdict {
  /** What is wanted now; -1: not known. */
  readonly want: number;
  /** Whether the target is to be given that scale. */
  readonly apply: boolean;
  /** Look again after this many milliseconds. */
  readonly requeueAfter?: number;
}

/** What a verdict goes by. */
export interface ScaleSituation {
  readonly conditions: Conditions;
  readonly options: ScalingOptions;
  readonly config: ServingConfig;
  readonly sks: ServerlessService;
  readonly now: number;
}

/** From what the autoscaler desires (-1: unknown) to what is to be done. */
export function scaleVerdict(desired: number, situation: ScaleSituation): ScaleVerdict {
  const { conditions, options, config } = situation;
  // Load is not known: leave the target alone, unless it is on its way up and owes its bounds.
  if (desired < 0 && !conditions.is('Active', 'Unknown')) return { want: desired, apply: false };
  const bounded = withinBounds(desired, conditions, options);
  if (bounded !== 0) return { want: bounded, apply: true };
  if (!config.autoscaler.enableScaleToZero) return { want: 1, apply: true };
  if (conditions.is('Active', 'Unknown')) return whileActivating(situation);
  return conditions.is('Active', 'True') ? whileActive(situation) : whileInactive(situation);
}

/** Zero is wanted, but pods are still coming: wait for them until the deadline. */
function whileActivating({ conditions, options, now }: ScaleSituation): ScaleVerdict {
  const left = options.activationTimeout - activeConditionFor(conditions, 'Unknown', now);
  if (left < 0) return { want: 0, apply: true };
  return { want: SCALE_UNKNOWN, apply: false, requeueAfter: left + SECOND_MS };
}

/** Zero is wanted of an active target: it has to have been active for a window, and is then declared inactive first. */
function whileActive({ conditions, options, sks, now }: ScaleSituation): ScaleVerdict {
  const left = options.stableWindow - activeConditionFor(conditions, 'True', now);
  if (left > 0) return { want: 1, apply: true, requeueAfter: left };
  return { want: 0, apply: false, ...(sks.spec.mode === 'Proxy' ? { requeueAfter: NEXT_LOOK_MS } : {}) };
}

/**
 * Zero is wanted of an inactive target: its last pod goes once requests have been led past it for the grace period, and never
 * before the retention period. Upstream first proves by a probe that the activator is in the path; our gateways never leave
 * it, so that is taken as proven.
 */
function whileInactive({ conditions, options, config, sks, now }: ScaleSituation): ScaleVerdict {
  const grace = config.autoscaler.scaleToZeroGracePeriod;
  const retention = options.lastPodRetention;
  const inactive = activeConditionFor(conditions, 'False', now);
  if (inactive >= Math.max(grace, retention)) return { want: 0, apply: true };
  if (inactive < retention) return { want: 0, apply: false, requeueAfter: retention - inactive };
  const left = grace - proxyFor(sks, now);
  return left <= 0 ? { want: 0, apply: true } : { want: 0, apply: false, requeueAfter: left };
}

/** For how long requests have gone through gateways alone, in milliseconds. */
function proxyFor(sks: ServerlessService, now: number): number {
  const condition = sks.status?.conditions?.find(({ type }) => type === 'ActivatorEndpointsPopulated');
  if (condition?.status !== 'True' || !condition.lastTransitionTime) return 0;
  return now - Date.parse(condition.lastTransitionTime);
}
