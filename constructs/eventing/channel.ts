import type { Construct, IConstruct } from 'constructs';
import { ChannelType } from '../../lib/api';
import {
  type Channel as ChannelObject,
  type ChannelProps,
  channelRecipe,
  type SinkTarget,
  type SubscriptionOptions,
} from '../model';
import { EventingResource } from './eventing-resource';
import { Existing, type ExistingOptions } from './existing';
import { type Subscription, subscribeTo } from './subscription';

/** A channel, made here or existing already. */
export interface IChannel extends IConstruct, SinkTarget {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | undefined;
  /** Leads the events of the channel to a subscriber. */
  subscribe(id: string, options: SubscriptionOptions): Subscription;
}

/**
 * A channel of the kind that the installation provides: events that are sent to it go to all of its subscriptions.
 *
 * @example
 * const payments = new Channel(chart, 'payments');
 * payments.subscribe('ledger', { to: ledger, reply: orders });
 * @see https://knative.dev/docs/eventing/channels/
 */
export class Channel extends EventingResource<ChannelProps, ChannelObject> implements IChannel {
  /** A channel that exists already, or is defined elsewhere. */
  static fromChannelName(scope: Construct, id: string, name: string, options: ExistingOptions = {}): IChannel {
    return new ExistingChannel(scope, id, ChannelType, name, options);
  }

  constructor(scope: Construct, id: string, props: ChannelProps = {}) {
    super(scope, id, channelRecipe, props);
  }

  subscribe(id: string, options: SubscriptionOptions): Subscription {
    return subscribeTo(this, id, options);
  }
}

/** What `fromChannelName` gives. */
class ExistingChannel extends Existing implements IChannel {
  subscribe(id: string, options: SubscriptionOptions): Subscription {
    return subscribeTo(this, id, options);
  }
}
