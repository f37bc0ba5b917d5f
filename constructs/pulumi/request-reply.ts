import type { ComponentResourceOptions } from '@pulumi/pulumi';
import { type RequestReply as RequestReplyObject, type RequestReplyProps, requestReplyRecipe } from '../model';
import { type EventingArgs, EventingComponent } from './eventing-component';

/**
 * An address that takes a request as an event, sends it to a broker, and answers with the event that replies to it, made from the same model as the cdk8s construct.
 *
 * @example
 * const ask = new RequestReply('ask', { broker: orders, timeout: '10s' });
 * @see https://knative.dev/docs/eventing/requestreply/
 */
export class RequestReply extends EventingComponent<RequestReplyProps, RequestReplyObject> {
  constructor(name: string, args: EventingArgs<RequestReplyProps>, opts?: ComponentResourceOptions) {
    super(name, requestReplyRecipe, args, opts);
  }
}
