import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type Channel as ChannelObject, type ChannelProps, channelRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * A channel of the kind that the installation provides, made from the same model as the cdk8s construct.
 *
 * @example
 * const payments = new Channel('payments');
 * @see https://knative.dev/docs/eventing/channels/
 */
export class Channel extends EventingComponent<ChannelProps, ChannelObject> {
  constructor(name: string, args: EventingArgs<ChannelProps> = {}, opts?: ComponentResourceOptions) {
    super(name, channelRecipe, args, opts);
  }
}
