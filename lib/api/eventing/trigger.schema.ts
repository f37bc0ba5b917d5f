import { define, notEmpty, str, stringMap } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { kind, status } from '../schema/meta.schema';
import { AuthStatus, DeliverySpec, Destination, deliveryStatus, filters } from './duck.schema';

const TriggerFilter = define('TriggerFilter', 'Which events pass, in the older way.', {
  attributes: stringMap('Attributes that must have these values; an empty one stands for any value.'),
});

const TriggerSpec = define(
  'TriggerSpec',
  'Which events of which broker go where.',
  {
    broker: str('Name of the broker, in the same namespace. Either this or brokerRef.', { maxLength: 253, rules: notEmpty }),
    brokerRef: KReference,
    filter: TriggerFilter,
    filters: filters('Filters that must all match; they count instead of filter. None: every event passes.'),
    subscriber: Destination,
    delivery: DeliverySpec,
  },
  {
    required: ['subscriber'],
    rules: [
      { rule: 'has(self.broker) || has(self.brokerRef)', message: 'missing field(s): broker' },
      { rule: '!has(self.broker) || !has(self.brokerRef)', message: 'expected exactly one, got both: broker, brokerRef' },
      {
        rule: '(has(self.broker) ? self.broker : "") == (has(oldSelf.broker) ? oldSelf.broker : "")',
        message: 'Immutable fields changed (-old +new): broker',
      },
    ],
  },
);

export const Trigger = kind(
  'eventing.knative.dev/v1',
  'Trigger',
  'The events of a broker that go to one subscriber.',
  TriggerSpec,
  status('TriggerStatus', 'What is known of a trigger.', {
    subscriberUri: str('Where events are sent.'),
    subscriberCACerts: str('PEM certificates of that place.'),
    subscriberAudience: str('Audience of that place.'),
    ...deliveryStatus,
    auth: AuthStatus,
  }),
);
