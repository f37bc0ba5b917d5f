import { define, int32, str } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { kind, status } from '../schema/meta.schema';
import { AuthStatus, addressStatus, DeliverySpec, isoDuration, policiesStatus } from './duck.schema';

const attribute = (description: string) =>
  str(description, {
    maxLength: 63,
    rules: [
      {
        rule: "!(self in ['id', 'type', 'source', 'specversion'])",
        messageExpression: "'invalid value: ' + self",
        message: 'cannot be a core cloudevent attribute (id, type, specversion, source)',
      },
    ],
  });

const RequestReplySpec = define(
  'RequestReplySpec',
  'Which broker, and how an answer is told to which request it belongs.',
  {
    brokerRef: KReference,
    correlationAttribute: attribute('Attribute that is set on the request. Default: correlationid.'),
    replyAttribute: attribute('Attribute of the answer that holds what correlationAttribute held. Default: replyid.'),
    timeout: isoDuration('How long an answer is waited for (ISO-8601). Default: PT30S.'),
    delivery: DeliverySpec,
  },
  {
    required: ['brokerRef'],
    rules: [
      { rule: "self.brokerRef.kind.lowerAscii() == 'broker'", message: 'invalid value: brokerRef kind must be Broker' },
      {
        rule: "!has(self.brokerRef.__namespace__) || self.brokerRef.__namespace__ == ''",
        message: 'must not set the field(s): brokerRef.namespace',
      },
    ],
  },
);

export const RequestReply = kind(
  'eventing.knative.dev/v1alpha1',
  'RequestReply',
  'An address that takes a request as an event, sends it to a broker, and answers with the event that replies to it.',
  RequestReplySpec,
  status('RequestReplyStatus', 'What is known of it.', {
    ...addressStatus,
    ...policiesStatus,
    desiredReplicas: int32('How many of its pods there should be.'),
    readyReplicas: int32('How many of them are ready.'),
    auth: AuthStatus,
  }),
);
