import type { Construct } from 'constructs';
import { type EventTypeObject, type EventTypeProps, eventTypeRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Events that can be subscribed to: an entry of the catalogue. Triggers are checked against those of their broker.
 *
 * @example
 * new EventType(chart, 'created', { type: 'order.created', reference: orders });
 * @see https://knative.dev/docs/eventing/event-registry/
 */
export class EventType extends EventingResource<EventTypeProps, EventTypeObject> {
  constructor(scope: Construct, id: string, props: EventTypeProps) {
    super(scope, id, eventTypeRecipe, props);
  }
}
