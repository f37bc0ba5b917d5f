import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type Subscription as SubscriptionObject, type SubscriptionProps, subscriptionRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * The events of a channel that go to one subscriber, made from the same model as the cdk8s construct.
 *
 * @example
 * new Subscription('ledger', { channel: payments, to: ledger, reply: orders });
 * @see https://knative.dev/docs/eventing/channels/subscriptions/
 */
export class Subscription extends EventingComponent<SubscriptionProps, SubscriptionObject> {
  constructor(name: string, args: EventingArgs<SubscriptionProps>, opts?: ComponentResourceOptions) {
    super(name, subscriptionRecipe, args, opts);
  }
}
