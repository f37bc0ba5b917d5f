import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type EventTransform as EventTransformObject, type EventTransformProps, eventTransformRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * Changes events with JSONata: an addressable thing that sends them on, or answers with them, made from the same model as the cdk8s construct.
 *
 * @example
 * const sums = new EventTransform('sums', { jsonata: '{ "specversion": "1.0", "id": id, "source": source, "type": "order.sum", "data": $sum(data.items) }' });
 * @see https://knative.dev/docs/eventing/transforms/
 */
export class EventTransform extends EventingComponent<EventTransformProps, EventTransformObject> {
  constructor(name: string, args: EventingArgs<EventTransformProps>, opts?: ComponentResourceOptions) {
    super(name, eventTransformRecipe, args, opts);
  }
}
