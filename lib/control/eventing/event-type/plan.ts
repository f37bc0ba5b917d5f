import {
  type EventTypeObject,
  type EventTypeStatus,
  EventTypeType,
  eventTypeConditions,
  type KReference,
  type ServingConfig,
  type Stored,
  setDefaults,
} from '../../../api';
import type { Observed, Plan, Reconciler } from '../../reconciler';
import { notFoundText, typeAmong } from '../../resolve';
import { beginConditions, errorEvents, finishStatus } from '../../status';
import { referableKinds } from '../kinds';

const TYPE = 'ReferenceExists';

function referenceOf(eventType: EventTypeObject, config: ServingConfig): KReference | undefined {
  const { reference } = setDefaults(eventType, config).spec;
  return reference?.name || reference?.kind ? reference : undefined;
}

function plan(parent: Stored<EventTypeObject>, observed: Observed, config: ServingConfig, now: number): Plan {
  const reference = referenceOf(parent, config);
  const begun = beginConditions(parent, eventTypeConditions, now);
  const status = (conditions: typeof begun): EventTypeStatus => finishStatus(parent, conditions, {});
  if (!reference) return { status: status(begun.markTrue(TYPE, 'ReferenceNotSet', 'spec.reference is not set')) };
  const type = typeAmong(referableKinds, reference);
  if (!type) {
    const message = `no objects of ${reference.apiVersion}, Kind=${reference.kind} are served here`;
    const conditions = begun.markUnknown(TYPE, 'ReferenceGetFailed', `Failed to get reference: ${message}`);
    return { status: status(conditions), events: errorEvents(parent, conditions, message) };
  }
  if (observed.get(type, reference.namespace, reference.name)) return { status: status(begun.markTrue(TYPE)) };
  const message = 'Resource in spec.reference does not exist';
  const conditions = begun.markFalse(TYPE, 'ResourceDoesNotExist', message);
  return { status: status(conditions), events: errorEvents(parent, conditions, notFoundText(type, reference.name)) };
}

/** Says of an entry of the catalogue of events whether what it refers to is there. */
export const eventTypeReconciler: Reconciler<EventTypeObject, ServingConfig> = {
  name: 'eventtype-controller',
  type: EventTypeType,
  watches: referableKinds,
  reads(parent, config) {
    const reference = referenceOf(parent, config);
    const type = reference && typeAmong(referableKinds, reference);
    return type ? [{ type, namespace: reference.namespace, name: reference.name }] : [];
  },
  plan,
};
