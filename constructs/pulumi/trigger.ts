import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type Trigger as TriggerObject, type TriggerProps, triggerRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * The events of a broker that go to one subscriber, made from the same model as the cdk8s construct.
 *
 * @example
 * new Trigger('created', { broker: orders, type: 'order.created', to: fulfil });
 * @see https://knative.dev/docs/eventing/triggers/
 */
export class Trigger extends EventingComponent<TriggerProps, TriggerObject> {
  constructor(name: string, args: EventingArgs<TriggerProps>, opts?: ComponentResourceOptions) {
    super(name, triggerRecipe, args, opts);
  }
}
