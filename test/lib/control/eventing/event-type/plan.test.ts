import type { EventTypeObject, KReference } from '../../../../../lib/api';
import { eventTypeReconciler } from '../../../../../lib/control/eventing';
import { NOW, summary } from '../../support/objects';
import { observe } from '../../support/observe';
import { config, object } from '../support/objects';

const attributes = ['type', 'source', 'specversion', 'id'].map((name) => ({ name, required: true }));
const eventType = (reference?: KReference) =>
  object<EventTypeObject>('eventing.knative.dev/v1beta3', 'EventType', 'order.created', {
    spec: { attributes, ...(reference ? { reference } : {}) },
  });
const orders = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' };
const broker = object('eventing.knative.dev/v1', 'Broker', 'orders');

describe('the plan of an EventType', () => {
  it.each([
    ['refers to nothing', undefined, [], 'True/ReferenceNotSet: spec.reference is not set', 'True', 0],
    ['refers to what is there', orders, [broker], 'True', 'True', 0],
    [
      'refers to what is not there',
      orders,
      [],
      'False/ResourceDoesNotExist: Resource in spec.reference does not exist',
      'False/ResourceDoesNotExist: Resource in spec.reference does not exist',
      1,
    ],
    [
      'refers to another namespace',
      { ...orders, namespace: 'other' },
      [broker],
      'False/ResourceDoesNotExist: Resource in spec.reference does not exist',
      'False/ResourceDoesNotExist: Resource in spec.reference does not exist',
      1,
    ],
    [
      'refers to what is not served',
      { ...orders, kind: 'KafkaSource' },
      [],
      'Unknown/ReferenceGetFailed: Failed to get reference: no objects of eventing.knative.dev/v1, Kind=KafkaSource are served here',
      'Unknown/ReferenceGetFailed: Failed to get reference: no objects of eventing.knative.dev/v1, Kind=KafkaSource are served here',
      1,
    ],
  ])('of one that %s', (_what, reference, objects, exists, whole, events) => {
    const result = eventTypeReconciler.plan(eventType(reference), observe({ objects }), config, NOW);
    expect(summary(result.status)).toEqual({ ReferenceExists: exists, Ready: whole });
    expect(result.events ?? []).toHaveLength(events);
  });

  it('reads what it refers to', () => {
    expect(eventTypeReconciler.reads(eventType(orders), config)).toEqual([
      { type: expect.objectContaining({ kind: 'Broker' }), namespace: 'default', name: 'orders' },
    ]);
    expect(eventTypeReconciler.reads(eventType(), config)).toEqual([]);
  });
});
