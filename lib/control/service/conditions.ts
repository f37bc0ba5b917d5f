import { ConditionSet, type Conditions, type Configuration, conditionOf, type Route } from '../../api';
import { notOwnedMessage } from '../status';

/** Conditions of a Service (serving.knative.dev/v1). */
export const serviceConditions = new ConditionSet('Ready', ['ConfigurationsReady', 'RoutesReady']);

export function markConfigurationNotOwned(conditions: Conditions, name: string): Conditions {
  return conditions.markFalse('ConfigurationsReady', 'NotOwned', notOwnedMessage('Configuration', name));
}

export function markRouteNotOwned(conditions: Conditions, name: string): Conditions {
  return conditions.markFalse('RoutesReady', 'NotOwned', notOwnedMessage('Route', name));
}

export function markConfigurationOutOfDate(conditions: Conditions): Conditions {
  const message = 'The Configuration is still working to reflect the latest desired specification.';
  return conditions.markUnknown('ConfigurationsReady', 'OutOfDate', message);
}

export function markRouteOutOfDate(conditions: Conditions): Conditions {
  const message = 'The Route is still working to reflect the latest desired specification.';
  return conditions.markUnknown('RoutesReady', 'OutOfDate', message);
}

export function markRevisionNameTaken(conditions: Conditions, name: string): Conditions {
  const message = `The revision name ${JSON.stringify(name)} is taken by a conflicting Revision, so traffic will not be migrated`;
  return conditions.markFalse('RoutesReady', 'RevisionNameTaken', message);
}

export function markTrafficNotMigrated(conditions: Conditions): Conditions {
  const message = 'Traffic is not yet migrated to the latest revision.';
  return conditions.markUnknown('RoutesReady', 'TrafficNotMigrated', message);
}

/** Copies the child's Ready, if it has one. */
export function propagateReady(
  conditions: Conditions,
  type: 'ConfigurationsReady' | 'RoutesReady',
  child: Configuration | Route,
): Conditions {
  const ready = conditionOf(child.status?.conditions, 'Ready');
  if (!ready) return conditions;
  return ready.status === 'True' ? conditions.markTrue(type) : conditions.mark(type, ready.status, ready.reason, ready.message);
}
