import { AuthStatus, DeliverySpec, Destination, deliveryStatus } from '../eventing/duck.schema';
import { define, str } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { kind, status } from '../schema/meta.schema';

const SubscriptionSpec = define(
  'SubscriptionSpec',
  'Which channel, who gets its events, and where the answers go.',
  { channel: KReference, subscriber: Destination, reply: Destination, delivery: DeliverySpec },
  {
    required: ['channel'],
    rules: [
      { rule: 'has(self.subscriber)', message: 'missing field(s): subscriber' },
      { rule: 'self.channel == oldSelf.channel', message: 'Immutable fields changed (-old +new): channel' },
    ],
  },
);

const PhysicalSubscription = define('PhysicalSubscription', 'The subscription with its addresses resolved.', {
  subscriberUri: str('Where events are sent.'),
  subscriberCACerts: str('PEM certificates of that place.'),
  subscriberAudience: str('Audience of that place.'),
  replyUri: str('Where answers are sent.'),
  replyCACerts: str('PEM certificates of that place.'),
  replyAudience: str('Audience of that place.'),
  ...deliveryStatus,
});

export const Subscription = kind(
  'messaging.knative.dev/v1',
  'Subscription',
  'The events of a channel that go to one subscriber, whose answers may go further.',
  SubscriptionSpec,
  status('SubscriptionStatus', 'What is known of a subscription.', {
    physicalSubscription: PhysicalSubscription,
    auth: AuthStatus,
  }),
);
