import { brokerOf, defaultServingConfig, type Trigger } from '../../../../lib/api';

const { features } = defaultServingConfig.eventing;
const linked = { ...features, crossNamespaceEventLinks: true };
const trigger = (spec: Partial<Trigger['spec']>): Trigger => ({
  apiVersion: 'eventing.knative.dev/v1',
  kind: 'Trigger',
  metadata: { name: 'paid', namespace: 'shop' },
  spec: { subscriber: { uri: 'http://sink' }, ...spec },
});
const brokerRef = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders', namespace: 'other' };

describe('the broker of a trigger', () => {
  it('is in its own namespace unless links across namespaces are switched on', () => {
    expect(brokerOf(trigger({ broker: 'orders' }), linked)).toEqual({ namespace: 'shop', name: 'orders' });
    expect(brokerOf(trigger({ brokerRef }), features)).toEqual({ namespace: 'shop', name: 'orders' });
    expect(brokerOf(trigger({ brokerRef }), linked)).toEqual({ namespace: 'other', name: 'orders' });
  });
});
