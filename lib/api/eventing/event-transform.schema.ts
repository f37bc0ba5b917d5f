import { bool, define, exactlyOne, opaque, str } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';
import { addressStatus, Destination, policiesStatus, sourceStatus } from './duck.schema';

const JsonataEventTransformationSpec = define('JsonataEventTransformationSpec', 'A transformation in JSONata.', {
  expression: str('The expression; it sees the event as one JSON document and gives the new event.'),
});

const EventTransformReply = define(
  'EventTransformReply',
  'What becomes of the answer of the sink.',
  { jsonata: JsonataEventTransformationSpec, discard: bool('Drop the answer. Default: false.') },
  {
    rules: [
      {
        rule: '!has(self.jsonata) || !has(self.discard) || !self.discard',
        message: 'expected exactly one, got both: discard, jsonata',
      },
    ],
  },
);

const EventTransformSpec = define(
  'EventTransformSpec',
  'How events are changed, and where they go.',
  { jsonata: JsonataEventTransformationSpec, sink: Destination, reply: EventTransformReply },
  {
    rules: [
      ...exactlyOne('jsonata').slice(0, 1),
      { rule: '!has(self.reply) || has(self.sink)', message: 'reply is set without spec.sink' },
      {
        rule: '!has(self.sink) || !has(self.sink.CACerts)',
        message: 'CACerts for the sink is not supported for JSONata transformations',
      },
    ],
  },
);

const EventTransformJsonataStatus = define('EventTransformJsonataStatus', 'What is known of what runs the expression.', {
  deployment: opaque('Status of the Deployment.'),
});

export const EventTransform = kind(
  'eventing.knative.dev/v1alpha1',
  'EventTransform',
  'An addressable thing that changes events and sends them on, or answers with them.',
  EventTransformSpec,
  status('EventTransformStatus', 'What is known of a transformation.', {
    ...sourceStatus,
    ...addressStatus,
    ...policiesStatus,
    jsonata: EventTransformJsonataStatus,
  }),
);
