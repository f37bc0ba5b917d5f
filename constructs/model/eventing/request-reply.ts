import { apiVersionOf, BrokerType, type RequestReply, RequestReplyType } from '../../../lib/api';
import type { DurationInput } from '../duration';
import { defined, ifSet } from '../shape';
import { type DeliveryLike, deliverySpec, isoDurationText } from './delivery';
import { type EventingProps, eventingPropNames, eventingRecipe } from './eventing-props';
import { referenceTo, type SinkTarget } from './sink';

/**
 * An address that takes a request as an event, sends it to a broker, and answers with the event that replies to it.
 * @see https://knative.dev/docs/eventing/requestreply/
 */
export interface RequestReplyProps extends EventingProps {
  /** The broker, or the name of one; of the same namespace. */
  readonly broker: string | SinkTarget;
  /** Attribute that is set on the request. @default 'correlationid' */
  readonly correlationAttribute?: string;
  /** Attribute of the answer that holds what `correlationAttribute` held. @default 'replyid' */
  readonly replyAttribute?: string;
  /** How long an answer is waited for. @default - the installation's: 30 s */
  readonly timeout?: DurationInput;
  /** How the request is delivered. @default - as the broker says */
  readonly delivery?: DeliveryLike;
}

export const requestReplyRecipe = eventingRecipe<RequestReplyProps, RequestReply>(
  RequestReplyType,
  {
    ...eventingPropNames,
    ...{ broker: 'any', correlationAttribute: 'any', replyAttribute: 'any', timeout: 'any', delivery: 'any' },
  },
  (props, namespace) => {
    const target: SinkTarget = typeof props.broker === 'string' ? { name: props.broker } : props.broker;
    const own = target?.namespace ?? target?.metadata?.namespace;
    const broker = { apiVersion: apiVersionOf(BrokerType), kind: BrokerType.kind, name: target?.name, namespace: own };
    return {
      brokerRef: referenceTo(broker, namespace),
      ...defined({
        correlationAttribute: props.correlationAttribute,
        replyAttribute: props.replyAttribute,
        timeout: ifSet(props.timeout, isoDurationText),
        delivery: deliverySpec(props.delivery, namespace),
      }),
    };
  },
);
