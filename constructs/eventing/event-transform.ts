import type { Construct } from 'constructs';
import { type EventTransform as EventTransformObject, type EventTransformProps, eventTransformRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Changes events with JSONata: an addressable thing that sends them on, or answers with them.
 * @see https://knative.dev/docs/eventing/transforms/
 */
export class EventTransform extends EventingResource<EventTransformProps, EventTransformObject> {
  constructor(scope: Construct, id: string, props: EventTransformProps) {
    super(scope, id, eventTransformRecipe, props);
  }
}
