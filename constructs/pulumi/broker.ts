import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type Broker as BrokerObject, type BrokerProps, brokerRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * A place to which events are sent, and from which triggers take those that they want, made from the same model as the cdk8s construct.
 *
 * @example
 * const orders = new Broker('orders', { delivery: Delivery.retry(5).backoff('exponential', '200ms') });
 * @see https://knative.dev/docs/eventing/brokers/
 */
export class Broker extends EventingComponent<BrokerProps, BrokerObject> {
  constructor(name: string, args: EventingArgs<BrokerProps> = {}, opts?: ComponentResourceOptions) {
    super(name, brokerRecipe, args, opts);
  }
}
