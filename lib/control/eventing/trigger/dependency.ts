import {
  annotationOf,
  annotations,
  type Conditions,
  conditionOf,
  type KReference,
  type KResourceStatus,
  type ResourceType,
  type Trigger,
} from '../../../api';
import { errorMessage, isJsonObject } from '../../../base';
import type { Observed, Read } from '../../reconciler';
import { notFoundText, typeAmong } from '../../resolve';
import { referableKinds } from '../kinds';

const TYPE = 'DependencyReady';
type Reference = Pick<KReference, 'apiVersion' | 'kind' | 'name'>;

/** The object that a trigger waits for, or what is wrong with how it says so; undefined if it waits for none. */
function dependencyOf({ metadata }: Trigger): Reference | { readonly problem: string } | undefined {
  const text = annotationOf(metadata.annotations, annotations.dependency);
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? (value as unknown as Reference) : { problem: 'not an object' };
  } catch (error) {
    return { problem: errorMessage(error) };
  }
}

export function dependencyReads(trigger: Trigger): Read[] {
  const reference = dependencyOf(trigger);
  if (!reference || 'problem' in reference) return [];
  const type = typeAmong(referableKinds, reference);
  return type ? [{ type, namespace: trigger.metadata.namespace, name: reference.name }] : [];
}

/** Whether what the trigger waits for is ready. */
export function markDependency(conditions: Conditions, trigger: Trigger, observed: Observed): Conditions {
  const reference = dependencyOf(trigger);
  if (!reference) return conditions.markTrue(TYPE);
  if ('problem' in reference) {
    const message = `Unable to unmarshal objectReference from dependency annotation of trigger: ${reference.problem}`;
    return conditions.markFalse(TYPE, 'ReferenceError', message);
  }
  const type = typeAmong(referableKinds, reference);
  if (type) return markReadiness(conditions, type, reference.name, trigger.metadata.namespace, observed);
  const why = `no objects of ${reference.apiVersion}, Kind=${reference.kind} are served here`;
  return conditions.markUnknown(TYPE, 'ListerDoesNotExist', `Failed to retrieve lister: ${why}`);
}

function markReadiness(
  conditions: Conditions,
  type: ResourceType,
  name: string,
  namespace: string | undefined,
  observed: Observed,
): Conditions {
  const object = observed.get(type, namespace, name);
  if (!object) {
    const message = `Dependency does not exist: ${notFoundText(type, name)}`;
    return conditions.markFalse(TYPE, 'DependencyDoesNotExist', message);
  }
  const status = (object.status ?? {}) as KResourceStatus;
  const { generation = 0 } = object.metadata;
  const { observedGeneration = 0 } = status;
  if (generation !== observedGeneration) {
    const message = `The dependency's metadata.generation, "${generation}", is not equal to its status.observedGeneration, "${observedGeneration}".`;
    return conditions.markUnknown(TYPE, 'GenerationNotEqual', message);
  }
  const ready = conditionOf(status.conditions, 'Ready');
  if (!ready) return conditions.markUnknown(TYPE, 'DependencyNotConfigured', 'Dependency has not yet been reconciled.');
  return ready.status === 'True' ? conditions.markTrue(TYPE) : conditions.mark(TYPE, ready.status, ready.reason, ready.message);
}
