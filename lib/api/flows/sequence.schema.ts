import {
  AuthStatus,
  addressStatus,
  ChannelTemplateSpec,
  DeliverySpec,
  Destination,
  destinationFields,
  destinationRules,
  flowPart,
  policiesStatus,
} from '../eventing/duck.schema';
import { define, list } from '../schema/builders.schema';
import { kind, status } from '../schema/meta.schema';

const SequenceStep = define(
  'SequenceStep',
  'A step: what it answers goes to the next.',
  { ...destinationFields, delivery: DeliverySpec },
  { rules: destinationRules },
);

const SequenceSpec = define(
  'SequenceSpec',
  'Steps that an event passes one after the other.',
  {
    steps: list(SequenceStep, 'The steps.', {
      maxItems: 100,
      rules: [{ rule: 'size(self) > 0', message: 'missing field(s): steps' }],
    }),
    channelTemplate: ChannelTemplateSpec,
    reply: Destination,
  },
  { required: ['steps'] },
);

export const Sequence = kind(
  'flows.knative.dev/v1',
  'Sequence',
  'Steps that an event passes one after the other: each gets what the one before it answered.',
  SequenceSpec,
  status('SequenceStatus', 'What is known of a sequence.', {
    channelStatuses: list(flowPart('SequenceChannelStatus', 'channel'), 'Its channels, one a step.'),
    subscriptionStatuses: list(flowPart('SequenceSubscriptionStatus', 'subscription'), 'Its subscriptions, one a step.'),
    ...addressStatus,
    ...policiesStatus,
    auth: AuthStatus,
  }),
);
