import type { Construct } from 'constructs';
import { type EventPolicy as EventPolicyObject, type EventPolicyProps, eventPolicyRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * Who may send events to the receivers of a namespace.
 * @see https://knative.dev/docs/eventing/features/authorization/
 */
export class EventPolicy extends EventingResource<EventPolicyProps, EventPolicyObject> {
  constructor(scope: Construct, id: string, props: EventPolicyProps) {
    super(scope, id, eventPolicyRecipe, props);
  }
}
