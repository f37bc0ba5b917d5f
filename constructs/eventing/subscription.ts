import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import {
  type SinkTarget,
  type Subscription as SubscriptionObject,
  type SubscriptionOptions,
  type SubscriptionProps,
  subscriptionRecipe,
} from '../model';
import { EventingResource } from './eventing-resource';

/**
 * The events of a channel that go to one subscriber, whose answers may go further.
 * @see https://knative.dev/docs/eventing/channels/subscriptions/
 */
export class Subscription extends EventingResource<SubscriptionProps, SubscriptionObject> {
  constructor(scope: Construct, id: string, props: SubscriptionProps) {
    super(scope, id, subscriptionRecipe, props);
  }
}

/** A subscription below its channel, in the same namespace. */
export function subscribeTo(channel: Construct & SinkTarget, id: string, options: SubscriptionOptions): Subscription {
  const { namespace } = channel;
  const own = namespace !== undefined && namespace !== Chart.of(channel).namespace ? { namespace } : {};
  return new Subscription(channel, id, { ...options, channel, metadata: { ...own, ...options.metadata } });
}
