import { type Condition, ConditionSet, type Conditions } from '../../api';
import type { PodCounts } from './pod-counts';
import type { ScalingOptions } from './scaling-options';

/** No decision: the load is not known (yet). */
export const SCALE_UNKNOWN = -1;

/** The conditions of a PodAutoscaler. */
export const podAutoscalerConditions = new ConditionSet('Ready', ['Active', 'ScaleTargetInitialized', 'SKSReady']);

/** How long the Active condition has had a status, in milliseconds; -1 if it has another. */
export function activeConditionFor(conditions: Conditions, status: Condition['status'], now: number): number {
  const active = conditions.get('Active');
  if (active?.status !== status) return -1;
  return active.lastTransitionTime ? now - Date.parse(active.lastTransitionTime) : -1;
}

/** Requests wait for pods. */
export function markActivating(conditions: Conditions): Conditions {
  const message = 'Requests to the target are being buffered as resources are provisioned.';
  return conditions.markUnknown('Active', 'Queued', message);
}

/** How many ready pods it takes to be active. */
export function activeThreshold(conditions: Conditions, { minScale, initialScale }: ScalingOptions): number {
  return Math.max(minScale, conditions.is('ScaleTargetInitialized', 'True') ? 1 : initialScale);
}

/** The bounds that count now: until the initial scale has been reached once, it is the least. */
export function withinBounds(desired: number, conditions: Conditions, options: ScalingOptions): number {
  const { minScale, maxScale, initialScale, reachable } = options;
  const initializing = initialScale > 1 && reachable && !conditions.is('ScaleTargetInitialized', 'True');
  const min = initializing ? Math.max(minScale, initialScale) : minScale;
  if (desired < min) return min;
  return maxScale !== 0 && desired > maxScale ? maxScale : desired;
}

/**
 * Whether the target is active, by what is wanted and what is ready:
 *
 * | wanted | ready | was | becomes |
 * |---|---|---|---|
 * | 0 | any | any | inactive |
 * | more | too few | any | activating |
 * | more | enough | any | active |
 * | unknown | too few | inactive | inactive |
 * | unknown | too few | activating, active | activating |
 * | unknown | enough | inactive | inactive |
 * | unknown | enough | activating, active | active; inactive if none is enough |
 */
export function markActive(
  before: Conditions,
  want: number,
  pods: PodCounts,
  options: ScalingOptions,
  serviceName: string,
): Conditions {
  const threshold = activeThreshold(before, options);
  const enough = pods.ready >= threshold;
  const conditions = enough && serviceName !== '' ? before.markTrue('ScaleTargetInitialized') : before;
  const wanted = want > 0 || !conditions.is('Active', 'False');
  if (want === 0 || threshold === 0) {
    // Scaled to zero while activating: the pods never became ready in time.
    const timedOut = conditions.is('Active', 'Unknown') && threshold > 0;
    return timedOut
      ? conditions.markFalse('Active', 'TimedOut', 'The target could not be activated.')
      : markNoTraffic(conditions);
  }
  if (enough) return wanted ? conditions.markTrue('Active') : conditions;
  return wanted ? markActivating(conditions) : markNoTraffic(conditions);
}

function markNoTraffic(conditions: Conditions): Conditions {
  return conditions.markFalse('Active', 'NoTraffic', 'The target is not receiving traffic.');
}
