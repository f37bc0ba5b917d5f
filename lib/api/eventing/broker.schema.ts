import { define } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { status } from '../schema/meta.schema';
import { addressStatus, DeliverySpec, deliveryStatus, kindWithoutSpec, policiesStatus } from './duck.schema';

const BrokerSpec = define('BrokerSpec', 'Settings of the broker, and how it delivers.', {
  config: KReference,
  delivery: DeliverySpec,
});

export const Broker = kindWithoutSpec(
  'eventing.knative.dev/v1',
  'Broker',
  'A place to which events are sent, and from which triggers take those that they want.',
  BrokerSpec,
  status('BrokerStatus', 'What is known of a broker.', { ...addressStatus, ...deliveryStatus, ...policiesStatus }),
);
