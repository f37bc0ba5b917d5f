import type { Construct } from 'constructs';
import { type RequestReply as RequestReplyObject, type RequestReplyProps, requestReplyRecipe } from '../model';
import { EventingResource } from './eventing-resource';

/**
 * An address that takes a request as an event, sends it to a broker, and answers with the event that replies to it.
 * @see https://knative.dev/docs/eventing/requestreply/
 */
export class RequestReply extends EventingResource<RequestReplyProps, RequestReplyObject> {
  constructor(scope: Construct, id: string, props: RequestReplyProps) {
    super(scope, id, requestReplyRecipe, props);
  }
}
