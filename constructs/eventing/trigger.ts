import type { Construct } from 'constructs';
import { type Trigger as TriggerObject, type TriggerProps, triggerRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * The events of a broker that go to one subscriber; what it answers goes back to the broker.
 *
 * @example
 * new Trigger(chart, 'audit', { broker: orders, where: Filter.prefix({ type: 'order.' }), to: audit });
 * @see https://knative.dev/docs/eventing/triggers/
 */
export class Trigger extends EventingResource<TriggerProps, TriggerObject> {
  constructor(scope: Construct, id: string, props: TriggerProps) {
    super(scope, id, triggerRecipe, props);
  }
}
