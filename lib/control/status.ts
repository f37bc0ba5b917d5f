import type { Condition, ConditionSet, Conditions, KResourceStatus, KubeObject, Stored } from '../api';
import { semanticEqual } from './engine/json';
import type { PlannedEvent } from './reconciler';

type Parent = Stored<KubeObject> & { readonly status?: KResourceStatus };

/**
 * Conditions to begin a plan with: those of the parent, and Ready Unknown if the spec has changed since, so that a plan that
 * fails to say otherwise does not leave a stale Ready (knative.dev/pkg/reconciler PreProcessReconcile).
 */
export function beginConditions(parent: Parent, set: ConditionSet, now: number): Conditions {
  const conditions = set.manage(parent.status?.conditions, now);
  if ((parent.status?.observedGeneration ?? 0) === (parent.metadata.generation ?? 0)) return conditions;
  return conditions.markUnknown(set.happy, 'NewObservedGenFailure', 'unsuccessfully observed a new generation');
}

/**
 * The status to write: the fields, the generation that was observed, and the conditions. A condition that ends as it began keeps
 * its time, whatever it was in between.
 */
export function finishStatus<F extends object>(parent: Parent, conditions: Conditions, fields: F): F & KResourceStatus {
  const before = parent.status?.conditions;
  const annotations = parent.status?.annotations;
  return {
    ...fields,
    ...(annotations ? { annotations } : {}),
    observedGeneration: parent.metadata.generation ?? 0,
    conditions: conditions.list.map((condition) => before?.find((old) => saysTheSame(old, condition)) ?? condition),
  };
}

function saysTheSame(a: Condition, b: Condition): boolean {
  return a.type === b.type && semanticEqual({ ...a, lastTransitionTime: '' }, { ...b, lastTransitionTime: '' });
}

/** Message of a child that exists already and belongs to somebody else. */
export function notOwnedMessage(kind: string, name: string): string {
  return `There is an existing ${kind} ${JSON.stringify(name)} that we do not own.`;
}

/** An error that will be there again with the next plan: an event only when it changes the conditions. */
export function errorEvents(parent: Parent, conditions: Conditions, message: string): readonly PlannedEvent[] {
  const { observedGeneration, conditions: now } = finishStatus(parent, conditions, {});
  const seen = { observedGeneration: parent.status?.observedGeneration, conditions: parent.status?.conditions };
  if (semanticEqual(seen, { observedGeneration, conditions: now })) return [];
  return [{ type: 'Warning', reason: 'InternalError', message }];
}
