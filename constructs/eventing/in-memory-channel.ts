import type { Construct } from 'constructs';
import {
  type InMemoryChannel as InMemoryChannelObject,
  type InMemoryChannelProps,
  inMemoryChannelRecipe,
  type SubscriptionOptions,
} from '../model';
import type { IChannel } from './channel';
import { EventingResource } from './eventing-resource';
import { type Subscription, subscribeTo } from './subscription';

/**
 * A channel that keeps events in memory: what is not delivered when it ends is lost.
 * @see https://knative.dev/docs/eventing/channels/
 */
export class InMemoryChannel extends EventingResource<InMemoryChannelProps, InMemoryChannelObject> implements IChannel {
  constructor(scope: Construct, id: string, props: InMemoryChannelProps = {}) {
    super(scope, id, inMemoryChannelRecipe, props);
  }

  subscribe(id: string, options: SubscriptionOptions): Subscription {
    return subscribeTo(this, id, options);
  }
}
